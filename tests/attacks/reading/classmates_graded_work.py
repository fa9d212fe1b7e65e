"""Read what was graded before: a classmate's work and feedback."""

from ..harness import TELL

FAIR = 2
STUDENT = "zed"
LAST = (
    TELL
    + """
tell_files(
    "@GRADING@/autograded/@HONEST@/**/*",
    "@GRADING@/feedback/@HONEST@/**/*",
    "@GRADING@/reports/**/@HONEST@/**/*",
    "../../@HONEST@/**/*",
)
"""
)
