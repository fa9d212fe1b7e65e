"""Send SIGKILL to the process that started this one."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = """
import os
import signal

if os.getppid() not in (1, @HARNESS@):
    try:
        os.kill(os.getppid(), signal.SIGKILL)
    except OSError as error:
        print(type(error).__name__)
"""
