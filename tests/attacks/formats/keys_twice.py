"""Give the list of cells twice: the last one counts, and its answers are right."""

import json

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    text = json.dumps(notebook(world, RIGHT))
    return {FILE: ('{"cells": [], ' + text[1:]).encode()}
