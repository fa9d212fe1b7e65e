"""Search the memory of the parent process for the hidden tests."""

from ..harness import TELL

FAIR = 2
LAST = (
    TELL
    + """
import os

parent, budget = os.getppid(), 300 * 2**20
try:
    if parent == @HARNESS@:
        raise OSError("not that one")
    with open(f"/proc/{parent}/maps") as maps, open(f"/proc/{parent}/mem", "rb", 0) as memory:
        for line in maps:
            span, rights, *rest = line.split()
            start, end = (int(x, 16) for x in span.split("-"))
            if "rw" not in rights or len(rest) > 3 and "heap" not in rest[-1]:
                continue
            if end - start > budget:
                continue
            budget -= end - start
            memory.seek(start)
            try:
                tell(memory.read(end - start))
            except OSError:
                continue
except OSError as error:
    print(type(error).__name__)
"""
)
