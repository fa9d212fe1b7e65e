"""Hand in a time of submission that is none; the answers are right."""

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    return {FILE: notebook(world, RIGHT), "timestamp.txt": "yesterday\x00, 99:99 UTC"}
