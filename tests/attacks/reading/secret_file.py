"""Read the grader's private key."""

from ..harness import TELL

FAIR = 2
LAST = (
    TELL
    + """
import os
import subprocess

tell_files("@HOME@/.ssh/*", os.path.expanduser("~/.ssh/*"), "/proc/self/root@HOME@/.ssh/*")
tell(subprocess.run(["cat", "@HOME@/.ssh/id_canary"], capture_output=True, text=True).stdout)
"""
)
