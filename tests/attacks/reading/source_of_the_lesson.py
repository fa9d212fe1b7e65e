"""Read the lesson's source, with answers and hidden tests in it, and the next lesson's."""

from ..harness import TELL

FAIR = 2
LAST = TELL + 'tell_files("@COURSE@/solutions/*.py")'
