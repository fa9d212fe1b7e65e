"""Read the gradebook as a file."""

from ..harness import TELL

FAIR = 2
LAST = TELL + 'tell_files("@GRADING@/gradebook.db*", "gradebook.db", "../../../gradebook.db")'
