"""Give the answers other ids, nbgrader's and Jupyter's; they are right, and no plain functions."""

from ..harness import FILE, find, notebook
from ..honest.functions_of_other_kinds import CELLS

FAIR = 10


def build(world):
    made = notebook(world, CELLS)
    for name in CELLS:
        cell = find(made, f"{name}-solution")
        cell.id = cell.metadata.nbgrader.grade_id = f"my-{name}".replace("_", "-")
    return {FILE: made}
