"""Hand in a package called course whose check is always content."""

from ..harness import FILE, notebook
from ..lesson import RIGHT, WRONG

FAIR = 2


def build(world):
    return {
        FILE: notebook(world, {**RIGHT, **WRONG}),
        "course/__init__.py": "",
        "course/checks/__init__.py": "def check(*args, **kwargs):\n    pass\n",
        "course/checks.py": "def check(*args, **kwargs):\n    pass\n",
    }
