"""Leave a syntax error in one answer and an unknown name in another; one is right."""

FAIR = 2
CELLS = {
    "neuron_forward": "def neuron_forward(x, weight, bias, activation)\n    return x\n",
    "moving_average": """
def moving_average(values, width):
    return np.convolve(values, kernel_that_i_forgot, "valid")
""",
}
