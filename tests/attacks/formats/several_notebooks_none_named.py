"""Hand in the work and other notebooks, none of them under the right name; the work is right."""

from nbformat.v4 import new_notebook

from ..harness import notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    return {
        "work.ipynb": notebook(world, RIGHT),
        "windows (1).ipynb": world.released(),
        "windows (2).ipynb": "no notebook",
        "x.ipynb": new_notebook(),
    }
