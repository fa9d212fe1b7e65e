"""Warn and write to the standard error in every answer; all of them are right."""

FAIR = 10
RIGHT_ANSWERS = True
CELLS = {
    "neuron_forward": """
import sys
import warnings

def neuron_forward(x, weight, bias, activation):
    warnings.warn("an old habit", DeprecationWarning, stacklevel=1)
    print("still working", file=sys.stderr)
    np.log(np.zeros(1))
    return activation(x @ weight + bias)
""",
    "moving_average": """
def moving_average(values, width):
    warnings.warn("an old habit", UserWarning, stacklevel=1)
    print("still working", file=sys.stderr)
    np.zeros(1) / np.zeros(1)
    return np.convolve(values, np.ones(width) / width, "valid")
""",
}
