"""Lose all metadata and ids; the right answers are assigned, imported or found by their place."""

from ..harness import FILE, notebook, without_metadata

FAIR = 10
CELLS = {
    "to_unit_range": "to_unit_range = lambda image: image / 255",
    "neuron_forward": """
if True:
    neuron_forward = lambda x, weight, bias, activation: activation(x @ weight + bias)
""",
    "moving_average": """
exec('''
def moving_average(values, width):
    return np.convolve(values, np.ones(width) / width, "valid")
''')
""",
}


def build(world):
    return {FILE: without_metadata(notebook(world, CELLS))}
