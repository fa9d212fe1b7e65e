"""Exchange the ids of two checks, so that the right answer counts for the larger one."""

from ..harness import FILE, find, notebook
from ..lesson import RIGHT, WRONG

FAIR = 2


def build(world):
    made = notebook(world, {**RIGHT, **WRONG})
    one, other = find(made, "to_unit_range"), find(made, "moving_average")
    one.metadata.nbgrader.grade_id = "moving_average"
    other.metadata.nbgrader.grade_id = "to_unit_range"
    one.id, other.id = other.id, one.id
    return {FILE: made}
