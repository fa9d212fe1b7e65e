"""Fork in the checked function, so that two processes answer."""

FAIR = 2
CELLS = {
    "moving_average": """
def moving_average(values, width):
    import os
    try:
        child = os.fork()
    except OSError:
        child = 1
    return np.zeros(2) if child else np.array([1.5, 3.0])
"""
}
