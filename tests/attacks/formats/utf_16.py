"""Save the file in UTF-16; the answers are right."""

import json

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    return {FILE: json.dumps(notebook(world, RIGHT)).encode("utf-16")}
