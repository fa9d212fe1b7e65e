"""Make twenty thousand files."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = """
import os
import tempfile

folder = tempfile.mkdtemp(prefix="@WAS_HERE@")
try:
    for number in range(20_000):
        open(os.path.join(folder, str(number)), "w").close()
except OSError as error:
    print(type(error).__name__)
"""
