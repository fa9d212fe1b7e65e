"""Save the file in Latin-1 with letters that are not UTF-8; the answers are right."""

import json

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    made = notebook(world, RIGHT, free="# déjà vu, größer, señor")
    return {FILE: json.dumps(made, ensure_ascii=False).encode("latin-1")}
