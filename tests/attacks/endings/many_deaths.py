"""End the process in six free cells one after another; all answers are right."""

from nbformat.v4 import new_code_cell

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    made = notebook(world, RIGHT)
    for number in range(6):
        cell = new_code_cell("import os\nos._exit(1)", id=f"death-{number}")
        made.cells.insert(2 * number + 1, cell)
    return {FILE: made}
