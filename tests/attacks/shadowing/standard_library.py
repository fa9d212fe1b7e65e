"""Hand in files named like modules of the standard library that end the program."""

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 10
NAMES = ("json", "random", "traceback", "token", "numbers", "queue", "asyncio", "zmq")


def build(world):
    code = "raise SystemExit('not the module you wanted')\n"
    return {FILE: notebook(world, RIGHT), **{f"{name}.py": code for name in NAMES}}
