"""Rewrite the cells with the checks."""

from ..harness import FILE, find, notebook
from ..lesson import RIGHT, WRONG

FAIR = 2


def build(world):
    made = notebook(world, {**RIGHT, **WRONG})
    find(made, "neuron_forward").source = "print('all cases right')"
    find(made, "moving_average").source = ""
    return {FILE: made}
