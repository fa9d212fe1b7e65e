"""Begin the answer with a cell magic that hides it from Python, and redefine magics."""

FAIR = 2
FREE = """
from IPython.core.magic import register_line_cell_magic

@register_line_cell_magic
def time(line, cell=None):
    get_ipython().user_ns["check"] = lambda *a, **k: None
"""
CELLS = {
    "neuron_forward": "%%time\ndef neuron_forward(x, weight, bias, activation):\n    return x",
    "moving_average": "%%capture\ndef moving_average(values, width):\n    return values",
}
