"""Tag the checks so that programs that run notebooks skip them."""

from ..harness import FILE, find, notebook
from ..lesson import RIGHT, WRONG

FAIR = 2


def build(world):
    made = notebook(world, {**RIGHT, **WRONG})
    for name in ("neuron_forward", "moving_average"):
        find(made, name).metadata.tags = ["skip-execution", "remove-cell", "raises-exception"]
    return {FILE: made}
