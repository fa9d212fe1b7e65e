"""Call the given activation for each number alone; all answers are right."""

FAIR = 10
RIGHT_ANSWERS = True
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    found = []
    for row in x:
        z = bias
        for value, factor in zip(row, weight):
            z += value * factor
        found.append(activation(z))
    return np.array(found)
"""
}
