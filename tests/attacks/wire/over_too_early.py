"""Report that the notebook is over in its first cell, and go on with one's own answers."""

FAIR = 0
TOP = """
def over():
    import gc
    gc.unfreeze()  # else what a box imported before is not in the list
    for thing in gc.get_objects():
        if type(thing).__name__ == "Channel" and "boxes" in type(thing).__module__:
            for number in range(8, 16):
                try:
                    thing.send({"at": number, "state": "over"})
                except Exception:
                    break

try:
    over()
except BaseException as error:
    print(type(error).__name__)
"""
CELLS = {
    "to_unit_range": "def to_unit_range(image):\n    return image",
    "moving_average": """
def moving_average(values, width):
    print(values)
    return values
""",
}
