"""Hand in outputs of 100 MB; the answers are right."""

from nbformat.v4 import new_output

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    made = notebook(world, RIGHT, last="print('x')")
    made.cells[-1].outputs = [new_output("stream", name="stdout", text="x" * 100_000_000)]
    return {FILE: made}
