"""Put the checks above the answers; the answers are right."""

from ..harness import FILE, grade_id, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    made = notebook(world, RIGHT)
    made.cells.sort(key=lambda cell: grade_id(cell) not in RIGHT)
    return {FILE: made}
