"""Lose all metadata and ids; the right answers begin with magics."""

from ..harness import FILE, notebook, without_metadata
from ..lesson import RIGHT

FAIR = 10
MAGICS = ("%%time\n", "%matplotlib inline\nfiles = !ls\n", "%%capture out\n")


def build(world):
    cells = {n: magic + RIGHT[n] for n, magic in zip(RIGHT, MAGICS, strict=True)}
    return {FILE: without_metadata(notebook(world, cells))}
