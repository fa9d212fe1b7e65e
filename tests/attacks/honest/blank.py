"""Hand in the notebook as it was given out."""

from ..harness import FILE

FAIR = 0


def build(world):
    return {FILE: world.released()}
