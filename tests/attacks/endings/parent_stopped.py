"""Stop the parent process without ending it."""

FAIR = 10
RIGHT_ANSWERS = True
LAST = """
import os
import signal

if os.getppid() not in (1, @HARNESS@):
    try:
        os.kill(os.getppid(), signal.SIGSTOP)
    except OSError as error:
        print(type(error).__name__)
"""
