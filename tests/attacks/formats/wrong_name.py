"""Hand in under the name that a browser gave the download; the answers are right."""

from ..harness import notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    return {"windows (1).ipynb": notebook(world, RIGHT)}
