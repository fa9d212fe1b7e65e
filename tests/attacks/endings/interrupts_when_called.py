"""Raise KeyboardInterrupt, as if the grader had been stopped by hand."""

FAIR = 7
RIGHT_ANSWERS = True
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    raise KeyboardInterrupt
"""
}
