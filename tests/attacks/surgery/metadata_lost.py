"""Lose all metadata and ids, as some services do; the answers are right."""

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    made = notebook(world, RIGHT)
    for number, cell in enumerate(made.cells):
        cell.metadata.clear()
        cell.id = f"cell-{number}"
    made.metadata.clear()
    return {FILE: made}
