"""Lose all metadata and ids; each right answer has its helper below it."""

from ..harness import FILE, notebook, without_metadata
from ..lesson import RIGHT

FAIR = 10
HELPER = "\n\ndef halve(number):\n    return number / 2\n"


def build(world):
    cells = {name: source + HELPER for name, source in RIGHT.items()}
    return {FILE: without_metadata(notebook(world, cells))}
