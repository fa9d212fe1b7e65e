"""Bind the checked names to something else while one of them is called."""

FAIR = 2
CELLS = {
    "moving_average": """
def moving_average(values, width):
    global moving_average, np, check
    moving_average = lambda *a: 1
    check = lambda *a: None
    del globals()["to_unit_range"]
    return values
"""
}
LAST = "np = None"
