"""Loop, and catch whatever should end the loop."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = """
import time

end = time.monotonic() + 150
while time.monotonic() < end:
    try:
        while time.monotonic() < end:
            time.sleep(0.01)
    except BaseException:
        pass
"""
