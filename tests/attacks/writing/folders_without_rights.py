"""Leave folders that cannot be read and folders nested four hundred deep, for the next student."""

FAIR = 10
RIGHT_ANSWERS = True
LAST = """
import os
import tempfile

start = os.getcwd()
try:
    here = tempfile.mkdtemp(prefix="@WAS_HERE@")
    os.chdir(here)
    for name in ("course", "numpy", "autograde"):
        os.mkdir(name)
        open(name + "/__init__.py", "w").close()
    for _ in range(400):
        os.mkdir("d")
        os.chdir("d")
    os.chmod(here, 0)
except OSError as error:
    print(type(error).__name__)
finally:
    os.chdir(start)
"""
