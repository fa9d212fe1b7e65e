"""Answer with lists where NumPy's comparison takes them."""

FAIR = 10
RIGHT_ANSWERS = True
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    return [float(activation(row @ weight + bias)) for row in x]
""",
    "moving_average": """
def moving_average(values, width):
    return [float(np.mean(values[i : i + width])) for i in range(len(values) - width + 1)]
""",
}
