"""Hand in an archive under the notebook's name."""

import io
import zipfile

from autograde.notebook import dumps

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 0


def build(world):
    room = io.BytesIO()
    with zipfile.ZipFile(room, "w") as archive:
        archive.writestr("../../../" + FILE, dumps(notebook(world, RIGHT)))
    return {FILE: room.getvalue()}
