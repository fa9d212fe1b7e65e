"""Loop in a checked function."""

FAIR = 5
RIGHT_ANSWERS = True
CELLS = {
    "moving_average": """
def moving_average(values, width):
    import time
    end = time.monotonic() + 150
    while time.monotonic() < end:
        pass
"""
}
