"""Hand in cells that are numbers, and sources that are dictionaries."""

import json

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 0


def build(world):
    made = json.loads(json.dumps(notebook(world, RIGHT)))
    made["cells"] = [1, None, "x", {"cell_type": "code", "source": {"a": 1}}]
    return {FILE: json.dumps(made).encode()}
