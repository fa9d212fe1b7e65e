"""Hand in a pipe beside a notebook whose answers are right."""

from ..harness import FILE, notebook
from ..lesson import RIGHT
from ..world import Pipe

FAIR = 10


def build(world):
    return {FILE: notebook(world, RIGHT), "data.csv": Pipe(), "timestamp.txt": Pipe()}
