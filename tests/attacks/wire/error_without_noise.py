"""Raise the exceptions that end loops, generators and threads silently."""

FAIR = 2
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    raise StopIteration([0.0])
""",
    "moving_average": """
def moving_average(values, width):
    raise GeneratorExit
""",
}
