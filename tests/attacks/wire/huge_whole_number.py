"""Return a whole number of ten million bits."""

FAIR = 2
CELLS = {
    "moving_average": """
def moving_average(values, width):
    return 1 << 10**7
""",
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    return [1 << 10**6, -(1 << 2000), 10**400]
""",
}
