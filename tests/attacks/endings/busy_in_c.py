"""Compute in C for a minute, where no signal of Python's arrives."""

FAIR = 7
RIGHT_ANSWERS = True
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    return sum(range(4 * 10**9)) + x[:, 0]
"""
}
