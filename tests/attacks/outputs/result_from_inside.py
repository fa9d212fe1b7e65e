"""Publish a number as the result of a cell from inside a function: partial credit."""

FAIR = 2
CELLS = {
    "moving_average": """
def moving_average(values, width):
    try:
        get_ipython().displayhook(5)
    except Exception:
        pass
    return values
"""
}
