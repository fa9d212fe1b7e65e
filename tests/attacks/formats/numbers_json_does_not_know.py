"""Write NaN and infinite numbers into the file; the answers are right."""

import json

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    made = json.loads(json.dumps(notebook(world, RIGHT)))
    made["metadata"]["odd"] = [float("nan"), float("inf"), -float("inf"), 10**400]
    return {FILE: json.dumps(made).encode()}
