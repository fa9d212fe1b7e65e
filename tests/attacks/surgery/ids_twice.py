"""Give all cells the same id, and ids that are too long or empty; the answers are right."""

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    made = notebook(world, RIGHT)
    for number, cell in enumerate(made.cells):
        cell.id = ("same", "x" * 500, "no good id!")[number % 3]
    return {FILE: made}
