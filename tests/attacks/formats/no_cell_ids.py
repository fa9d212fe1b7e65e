"""Save the notebook as older programs do, without ids of cells; the answers are right."""

import json

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    made = json.loads(json.dumps(notebook(world, RIGHT)))
    made["nbformat_minor"] = 2
    for cell in made["cells"]:
        del cell["id"]
    return {FILE: json.dumps(made).encode()}
