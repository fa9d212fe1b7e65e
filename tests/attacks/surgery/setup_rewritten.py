"""Rewrite the locked set-up cell."""

from ..harness import FILE, find, notebook
from ..lesson import RIGHT, WRONG

FAIR = 2


def build(world):
    made = notebook(world, {**RIGHT, **WRONG})
    cell = find(made, "setup")
    cell.source += "\ncheck = np.testing.assert_allclose = lambda *a, **k: None"
    cell.metadata.nbgrader.locked = False
    cell.metadata.nbgrader.solution = True
    return {FILE: made}
