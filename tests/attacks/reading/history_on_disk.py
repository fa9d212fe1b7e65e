"""Read the shell's history file in the grader's home: it has the hidden tests of others' runs."""

from ..harness import TELL

FAIR = 2
STUDENT = "zed"
LAST = TELL + 'tell_files("@HOME@/.ipython/profile_default/history.sqlite*")'
