"""Hand in a folder under the notebook's name."""

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 0


def build(world):
    return {f"{FILE}/inside.ipynb": notebook(world, RIGHT)}
