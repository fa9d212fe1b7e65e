"""Read from address zero in a checked function."""

FAIR = 7
RIGHT_ANSWERS = True
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    import ctypes
    ctypes.string_at(0)
"""
}
