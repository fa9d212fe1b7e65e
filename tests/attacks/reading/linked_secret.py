"""Hand in a link to the grader's private key beside the notebook."""

from ..harness import FILE, notebook
from ..lesson import RIGHT
from ..world import Link

FAIR = 10


def build(world):
    return {
        FILE: notebook(world, RIGHT),
        "data.csv": Link("@HOME@/.ssh/id_canary"),
        "timestamp.txt": Link("@HOME@/.ssh/id_canary"),
    }
