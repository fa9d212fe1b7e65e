"""Name a kernel that does not exist, in a language that is not Python; the answers are right."""

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    made = notebook(world, RIGHT)
    made.metadata.kernelspec = {"name": "../../conda-env", "display_name": "J", "language": "julia"}
    made.metadata.language_info = {"name": "julia", "version": 1}
    return {FILE: made}
