"""Change, in the last cell, a constant that the right answers above depend on."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = "SCALE = 255.0\noptions = {'mode': 'valid'}"
CELLS = {
    "to_unit_range": "def to_unit_range(image):\n    return image / SCALE",
    "moving_average": """
def moving_average(values, width):
    return np.convolve(values, np.ones(width) / width, **options)
""",
}
LAST = "SCALE = 1\noptions.clear()\nnp = None"
