"""Hand in a link to a device that never ends."""

from ..harness import FILE
from ..world import Link

FAIR = 0


def build(world):
    return {FILE: Link("/dev/zero")}
