"""Put hundreds of thousands of objects into the metadata; the answers are right."""

import json

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 10
PAGE = True


def build(world):
    made = json.loads(json.dumps(notebook(world, RIGHT, last="print('x')")))
    for place in (made, made["cells"][-1]):
        place["metadata"]["odd"] = [{}] * 400_000
    return {FILE: json.dumps(made).encode()}
