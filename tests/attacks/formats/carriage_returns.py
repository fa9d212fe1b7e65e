"""End lines as Windows does, in the file and in the cells; the answers are right."""

from autograde.notebook import dumps

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    made = notebook(world, {k: v.replace("\n", "\r\n") for k, v in RIGHT.items()})
    return {FILE: dumps(made).replace("\n", "\r\n").encode()}
