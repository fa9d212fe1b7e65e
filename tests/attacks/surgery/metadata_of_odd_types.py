"""Fill the metadata with what nobody expects there; the answers are right."""

from ..harness import FILE, find, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    made = notebook(world, RIGHT)
    find(made, "moving_average").metadata["nbgrader"] = [1, 2]
    find(made, "to_unit_range").metadata["nbgrader"] = {"grade_id": {"a": 1}, "points": "NaN"}
    find(made, "setup").metadata["tags"] = {"not": "a list"}
    made.metadata["junk"] = "x" * 5_000_000
    return {FILE: made}
