"""Loop in a free cell for much longer than a cell may take; all answers are right."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = """
import time

end = time.monotonic() + 150
while time.monotonic() < end:
    pass
"""
