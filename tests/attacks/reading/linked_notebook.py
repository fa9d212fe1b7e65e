"""Hand in a link to a classmate's notebook as one's own."""

from ..harness import FILE
from ..world import Link

FAIR = 0


def build(world):
    return {FILE: Link(f"@SUBMITTED@/@HONEST@/@ASSIGNMENT@/{FILE}")}
