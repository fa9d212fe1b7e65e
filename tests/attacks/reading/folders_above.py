"""Walk up from the working folder and read whatever lies there."""

from ..harness import TELL

FAIR = 2
LAST = (
    TELL
    + """
import os

here = os.getcwd()
for _ in range(6):
    if here == "/" or here == "/tmp" and "@BASE@".startswith("/tmp"):
        break
    tell_files(here + "/*", here + "/*/*.ipynb", here + "/*/*.txt")
    here = os.path.dirname(here)
"""
)
