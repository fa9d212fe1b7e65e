"""Print while being called; all answers are right."""

FAIR = 10
RIGHT_ANSWERS = True
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    print("x is", x, "and its shape", x.shape, activation)
    z = x @ weight + bias
    print(f"{z=}")
    return activation(z)
""",
    "moving_average": """
def moving_average(values, width):
    from IPython.display import display
    result = []
    for i in range(len(values) - width + 1):
        display(i)
        print("window", i, values[i : i + width])
        result.append(sum(values[i : i + width]) / width)
    return np.array(result)
""",
}
