"""Delete the cells with the checks; all answers are right."""

from ..harness import FILE, grade_id, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    made = notebook(world, RIGHT)
    made.cells = [c for c in made.cells if grade_id(c) not in RIGHT]
    return {FILE: made}
