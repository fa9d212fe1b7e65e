"""Give free cells types that are lists, in a format of the near future; the answers are right."""

import json

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    made = json.loads(json.dumps(notebook(world, RIGHT)))
    made["nbformat_minor"] = 99
    for number, kind in enumerate((["code"], {"a": 1}, 5, None, "heading")):
        cell = {"cell_type": kind, "metadata": {}, "source": "x", "id": f"odd-{number}"}
        made["cells"].append(cell)
    return {FILE: json.dumps(made).encode()}
