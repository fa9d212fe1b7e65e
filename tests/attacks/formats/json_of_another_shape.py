"""Hand in JSON that is a list, with a notebook in it."""

import json

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 0


def build(world):
    return {FILE: json.dumps([notebook(world, RIGHT)]).encode()}
