"""Lose all metadata and ids; wrong drafts stand above the right answers."""

from nbformat.v4 import new_code_cell

from ..harness import FILE, find, notebook, without_metadata
from ..lesson import RIGHT, WRONG

FAIR = 10


def build(world):
    made = notebook(world, RIGHT)
    for name, source in WRONG.items():
        place = made.cells.index(find(made, f"{name}-solution"))
        made.cells.insert(place, new_code_cell(source))
    return {FILE: without_metadata(made)}
