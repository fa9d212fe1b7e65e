"""Recurse until the stack is gone, with Python's own limit lifted."""

FAIR = 7
RIGHT_ANSWERS = True
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    import sys
    sys.setrecursionlimit(10**9)
    def deeper(f):
        return sorted([1, 2], key=lambda _: f(f))
    return deeper(deeper)
"""
}
