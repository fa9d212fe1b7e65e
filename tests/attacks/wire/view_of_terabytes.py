"""Return a view that claims eight terabytes and holds one number."""

FAIR = 2
CELLS = {
    "moving_average": """
def moving_average(values, width):
    return np.broadcast_to(np.float64(0), (10**6, 10**6))
""",
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    return np.lib.stride_tricks.as_strided(np.zeros(1), (2**40,), (0,))
""",
}
