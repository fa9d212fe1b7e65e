"""Return infinite numbers, and one number in place of many."""

FAIR = 2
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    return np.full(len(x), np.inf)
""",
    "moving_average": """
def moving_average(values, width):
    return np.float64(np.inf)
""",
}
