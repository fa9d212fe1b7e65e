"""Read every file that this process inherited."""

from ..harness import TELL

FAIR = 2
LAST = (
    TELL
    + """
import os
import stat

for number in range(3, 64):
    try:
        if stat.S_ISREG(os.fstat(number).st_mode):
            tell(os.pread(number, 10**7, 0))
            tell_files(f"/proc/self/fd/{number}")
    except OSError:
        continue
"""
)
