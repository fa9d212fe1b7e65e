"""Return a list that is nested a hundred thousand times."""

FAIR = 2
CELLS = {
    "moving_average": """
def moving_average(values, width):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    return deep
"""
}
