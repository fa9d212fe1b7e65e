"""Hand in an empty file."""

from ..harness import FILE

FAIR = 0


def build(world):
    return {FILE: b""}
