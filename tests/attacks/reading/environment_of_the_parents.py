"""Read the environment and the command line of the processes above this one."""

from ..harness import TELL

FAIR = 2
LAST = (
    TELL
    + """
import os

pid = os.getpid()
for _ in range(6):
    tell_files(f"/proc/{pid}/environ", f"/proc/{pid}/cmdline")
    try:
        with open(f"/proc/{pid}/stat") as file:
            pid = int(file.read().rsplit(")", 1)[1].split()[1])
    except OSError:
        break
    if pid in (0, @HARNESS@):
        break
"""
)
