"""Take from the parent process, and all that it starts, the right to more memory and to files."""

FAIR = 10
RIGHT_ANSWERS = True
LAST = """
import os
import resource

if os.getppid() not in (1, @HARNESS@):
    for kind, most in ((resource.RLIMIT_AS, 2**20), (resource.RLIMIT_FSIZE, 0)):
        try:
            resource.prlimit(os.getppid(), kind, (most, most))
        except (OSError, ValueError) as error:
            print(type(error).__name__)
"""
