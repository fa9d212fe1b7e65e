"""Hand in an old attempt beside the right one."""

from ..harness import FILE, notebook
from ..lesson import RIGHT, WRONG

FAIR = 10


def build(world):
    old = notebook(world, {**RIGHT, **WRONG})
    return {FILE: notebook(world, RIGHT), "windows (1).ipynb": old, "Untitled.ipynb": old}
