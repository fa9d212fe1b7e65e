"""Save the notebook in the format of ten years ago; the answers are right."""

import nbformat

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    old = nbformat.convert(notebook(world, RIGHT), 3)
    return {FILE: nbformat.v3.writes_json(old).encode()}
