"""Return eight hundred megabytes of zeros."""

FAIR = 2
CELLS = {
    "moving_average": """
def moving_average(values, width):
    return np.zeros(10**8)
"""
}
