"""Say that the metadata has a version of the future; the answers are right."""

from ..harness import FILE, grade_id, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    made = notebook(world, RIGHT)
    for cell in made.cells:
        if grade_id(cell):
            cell.metadata.nbgrader.schema_version = 99
    return {FILE: made}
