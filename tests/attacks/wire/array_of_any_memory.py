"""Return an object that says its numbers lie at an address that is not its own."""

FAIR = 2
CELLS = {
    "moving_average": """
class Anywhere:
    __array_interface__ = {
        "shape": (10**6,), "typestr": "<f8", "data": (4096, False), "version": 3
    }

def moving_average(values, width):
    return Anywhere()
"""
}
