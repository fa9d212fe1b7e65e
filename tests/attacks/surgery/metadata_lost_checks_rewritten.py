"""Lose all metadata and ids, rewrite the checks and the set-up, and put decoys beside them."""

from nbformat.v4 import new_code_cell

from ..harness import FILE, find, notebook, without_metadata
from ..lesson import RIGHT, WRONG

FAIR = 2


def build(world):
    made = notebook(world, {**RIGHT, **WRONG})
    find(made, "setup").source += "\ncheck = np.testing.assert_allclose = lambda *a, **k: None"
    for name in WRONG:
        cell = find(made, name)
        made.cells.insert(made.cells.index(cell) + 1, new_code_cell(cell.source))
        cell.source = "print('all cases right')"
    return {FILE: without_metadata(made)}
