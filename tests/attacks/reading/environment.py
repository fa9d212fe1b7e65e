"""Read the environment: tokens of the grader are often there."""

from ..harness import TELL

FAIR = 2
LAST = (
    TELL
    + """
import os
import subprocess

tell(os.environ)
tell_files("/proc/self/environ")
tell(subprocess.run(["env"], capture_output=True, text=True).stdout)
"""
)
