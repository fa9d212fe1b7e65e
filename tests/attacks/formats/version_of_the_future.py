"""Claim a version of the format that does not exist."""

import json

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 0


def build(world):
    made = notebook(world, RIGHT)
    return {FILE: json.dumps({**made, "nbformat": 99, "nbformat_minor": 0}).encode()}
