"""Close every file, pipe and socket from within a checked function."""

FAIR = 7
RIGHT_ANSWERS = True
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    import os
    os.closerange(0, 4096)
    return x[:, 0]
"""
}
