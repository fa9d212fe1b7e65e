"""Start fifty processes that stay for a minute."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = """
import os
import time

for _ in range(50):
    try:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
    except OSError as error:
        print(type(error).__name__)
        break
"""
