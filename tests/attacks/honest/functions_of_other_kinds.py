"""Answer with a lambda, a partial function and an object that can be called."""

FAIR = 10
RIGHT_ANSWERS = True
CELLS = {
    "to_unit_range": "to_unit_range = lambda image: image / 255",
    "neuron_forward": """
from functools import partial

def layer(scale, x, weight, bias, activation):
    return activation(scale * (x @ weight) + bias)

neuron_forward = partial(layer, 1.0)
""",
    "moving_average": """
class Average:
    def __call__(self, values, width):
        return np.convolve(values, np.ones(width) / width, "valid")

moving_average = Average()
""",
}
