"""Put all right answers into the first answer's cell and delete the others' cells."""

from ..harness import FILE, find, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    made = notebook(world, {"to_unit_range": "\n\n".join(RIGHT.values())})
    for name in ("neuron_forward", "moving_average"):
        made.cells.remove(find(made, f"{name}-solution"))
    return {FILE: made}
