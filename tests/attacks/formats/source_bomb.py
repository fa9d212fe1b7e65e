"""Hand in a cell of a million lists, and some of many, beside answers that are right."""

from nbformat.v4 import new_code_cell

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 10
PAGE = True


def build(world):
    made = notebook(world, RIGHT)
    made.cells += [new_code_cell("x = [" + "[]," * 1_000_000 + "]")]
    made.cells += [new_code_cell("x = [" + "[]," * 13_000 + "]") for _ in range(10)]
    return {FILE: made}
