"""Write half of a two-part letter into a comment; the answers are right."""

import json

from ..harness import FILE, find, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    made = notebook(world, RIGHT, free="'\ud83d'")
    find(made, "moving_average-solution").source += "# \udc00\n"
    return {FILE: json.dumps(made).encode()}
