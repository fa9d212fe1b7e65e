"""Raise the points of the one exercise that is right."""

from ..harness import FILE, find, notebook
from ..lesson import RIGHT, WRONG

FAIR = 2


def build(world):
    made = notebook(world, {**RIGHT, **WRONG})
    find(made, "to_unit_range").metadata.nbgrader.points = 1000
    find(made, "to_unit_range").metadata.nbgrader.locked = False
    return {FILE: made}
