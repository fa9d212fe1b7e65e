"""Return a million small lists."""

FAIR = 2
CELLS = {
    "moving_average": """
def moving_average(values, width):
    return [[float(n)] for n in range(10**6)]
"""
}
