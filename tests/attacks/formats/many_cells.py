"""Hand in twenty thousand empty cells beside the right answers."""

import json

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    made = json.loads(json.dumps(notebook(world, RIGHT)))
    empty = {"cell_type": "markdown", "metadata": {}, "source": ""}
    made["cells"] += [{**empty, "id": f"e{n}"} for n in range(20_000)]
    return {FILE: json.dumps(made).encode()}
