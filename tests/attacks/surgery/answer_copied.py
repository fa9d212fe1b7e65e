"""Copy an answer's cell, as Jupyter does it, with all its metadata; the answers are right."""

from copy import deepcopy

from ..harness import FILE, find, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    made = notebook(world, RIGHT)
    copy = deepcopy(find(made, "moving_average-solution"))
    copy.id = "another"
    made.cells.insert(made.cells.index(find(made, "moving_average")), copy)
    return {FILE: made}
