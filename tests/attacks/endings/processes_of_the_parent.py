"""Take from the parent process the right to start others: the next student's, for instance."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = """
import os
import resource

if os.getppid() not in (1, @HARNESS@):
    try:
        resource.prlimit(os.getppid(), resource.RLIMIT_NPROC, (0, 0))
    except (OSError, ValueError) as error:
        print(type(error).__name__)
"""
