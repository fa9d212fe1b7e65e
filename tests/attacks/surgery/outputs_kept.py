"""Hand in outputs and marks that claim full credit."""

from nbformat.v4 import new_output

from ..harness import FILE, find, notebook
from ..lesson import POINTS, RIGHT, WRONG

FAIR = 2


def build(world):
    made = notebook(world, {**RIGHT, **WRONG})
    for name, points in POINTS.items():
        cell = find(made, name)
        cell.outputs = [new_output("execute_result", {"text/plain": str(points)})]
        cell.metadata.nbgrader.update(score=points, manual_score=points, extra_credit=points)
    return {FILE: made}
