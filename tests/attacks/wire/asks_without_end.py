"""Call the test's function a hundred thousand times; the next answer is right."""

from ..lesson import RIGHT

FAIR = 7
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    for _ in range(10**6):
        activation(x)
    return x[:, 0]
""",
    "moving_average": RIGHT["moving_average"],
}
