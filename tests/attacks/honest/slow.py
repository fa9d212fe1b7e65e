"""Take a third of a second for each call; all answers are right."""

FAIR = 10
RIGHT_ANSWERS = True
CELLS = {
    "moving_average": """
def moving_average(values, width):
    import time
    time.sleep(0.3)
    return np.convolve(values, np.ones(width) / width, "valid")
"""
}
