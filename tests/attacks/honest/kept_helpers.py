"""Use helpers, constants and imports from free cells; all answers are right."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = """
from functools import lru_cache
from math import fsum

SCALE = 255.0

@lru_cache
def kernel(width):
    return tuple([1.0 / width] * width)

def windows(values, width):
    return [values[i : i + width] for i in range(len(values) - width + 1)]
"""
CELLS = {
    "to_unit_range": "def to_unit_range(image):\n    return image / SCALE",
    "moving_average": """
def moving_average(values, width):
    return np.array([fsum(np.asarray(w) * kernel(width)) for w in windows(values, width)])
""",
}
