"""Close the process's standard streams; all answers are right."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = """
import os
import sys

sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = None
for number in (0, 1, 2):
    try:
        os.close(number)
    except OSError:
        pass
"""
