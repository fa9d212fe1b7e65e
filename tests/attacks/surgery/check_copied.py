"""Put empty copies of the checks behind the real ones."""

from copy import deepcopy

from ..harness import FILE, find, notebook
from ..lesson import RIGHT, WRONG

FAIR = 2


def build(world):
    made = notebook(world, {**RIGHT, **WRONG})
    for name in ("neuron_forward", "moving_average"):
        copy = deepcopy(find(made, name))
        copy.source, copy.id = "pass", f"{name}-copy"
        made.cells.append(copy)
    return {FILE: made}
