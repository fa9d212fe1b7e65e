"""End the process at every call of two functions; the third answer is right."""

FAIR = 2
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    import os
    os.kill(os.getpid(), 9)
""",
    "moving_average": """
def moving_average(values, width):
    import os
    os.kill(os.getpid(), 11)
""",
}
