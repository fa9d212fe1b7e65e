"""Return texts and numbers of a hundred million digits, and raise errors as long."""

FAIR = 2
CELLS = {
    "moving_average": """
def moving_average(values, width):
    return "1" * 10**8
""",
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    raise ValueError("x" * 10**8)
""",
}
