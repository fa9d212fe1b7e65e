"""Hand in a pipe: whoever opens it waits for ever."""

from ..harness import FILE
from ..world import Pipe

FAIR = 0


def build(world):
    return {FILE: Pipe()}
