"""Return arrays of text, of records, of times and of nothing."""

FAIR = 2
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    kinds = ["M8[s]", "V16", "S3", "U5", [("a", "f8"), ("b", "O")], "c16", "g", "?", "f2", "m8"]
    return np.zeros(len(x), dtype=kinds[len(x) % len(kinds)])
""",
    "moving_average": """
def moving_average(values, width):
    return np.zeros(len(values) - width + 1, dtype=[("x", "f8", (10**5,))])
""",
}
