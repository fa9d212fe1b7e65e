"""Remove the gradebook."""

FAIR = 2
STUDENT = "zed"
LAST = """
import os

for name in ("@GRADING@/gradebook.db", "../../../gradebook.db"):
    try:
        os.remove(name)
    except OSError as error:
        print(type(error).__name__)
"""
