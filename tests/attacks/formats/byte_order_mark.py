"""Begin the file with a byte order mark; the answers are right."""

from autograde.notebook import dumps

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    return {FILE: b"\xef\xbb\xbf" + dumps(notebook(world, RIGHT)).encode()}
