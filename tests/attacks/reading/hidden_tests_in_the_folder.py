"""Read the notebook that is being graded from the working folder: it holds the hidden tests."""

from ..harness import TELL

FAIR = 2
LAST = TELL + 'tell_files("*", "*/*", "@GRADING@/autograded/@ME@/**/*")'
