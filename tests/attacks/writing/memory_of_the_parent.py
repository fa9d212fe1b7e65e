"""Overwrite the memory of the parent process."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = """
import os

parent = os.getppid()
try:
    if parent in (1, @HARNESS@):
        raise OSError("not that one")
    with open(f"/proc/{parent}/maps") as maps, open(f"/proc/{parent}/mem", "r+b", 0) as memory:
        for line in maps:
            if line.rstrip().endswith("[heap]"):
                start, end = (int(x, 16) for x in line.split()[0].split("-"))
                memory.seek(start)
                memory.write(bytes(min(end - start, 2**24)))
except OSError as error:
    print(type(error).__name__)
"""
