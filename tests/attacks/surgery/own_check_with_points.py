"""Add a check of one's own that is worth fifty points."""

from copy import deepcopy

from ..harness import FILE, find, notebook
from ..lesson import RIGHT, WRONG

FAIR = 2


def build(world):
    made = notebook(world, {**RIGHT, **WRONG})
    bonus = deepcopy(find(made, "to_unit_range"))
    bonus.source, bonus.id = "pass", "bonus"
    bonus.metadata.nbgrader.update(grade_id="bonus", points=50)
    made.cells.append(bonus)
    return {FILE: made}
