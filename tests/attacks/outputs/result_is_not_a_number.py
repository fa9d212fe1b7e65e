"""Publish NaN as the number of points."""

FAIR = 2
CELLS = {
    "moving_average": """
def moving_average(values, width):
    try:
        get_ipython().displayhook(float("nan"))
    except Exception:
        pass
    return values
"""
}
