"""Hand in the notebook as it was given out, and the work under another name; the work is right."""

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    return {FILE: world.released(), "my windows.ipynb": notebook(world, RIGHT)}
