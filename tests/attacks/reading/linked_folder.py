"""Hand in links to whole folders: the grader's home, the course, the root."""

from ..harness import FILE, notebook
from ..lesson import RIGHT
from ..world import Link

FAIR = 10


def build(world):
    made = notebook(world, RIGHT)
    return {FILE: made, "data": Link("@HOME@/.ssh"), "more": Link("@GRADING@/source")}
