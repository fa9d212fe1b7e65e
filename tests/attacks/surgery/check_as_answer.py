"""Declare the checks answers, to be marked by hand and filled in by the student."""

from ..harness import FILE, find, notebook
from ..lesson import RIGHT, WRONG

FAIR = 2


def build(world):
    made = notebook(world, {**RIGHT, **WRONG})
    for name in ("neuron_forward", "moving_average"):
        cell = find(made, name)
        cell.source = "pass"
        cell.metadata.nbgrader.update(solution=True, locked=False)
    return {FILE: made}
