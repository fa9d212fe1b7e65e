"""Exchange the notebook that is being graded while it is graded."""

FAIR = 2
LAST = """
import glob
import os

for name in glob.glob("*.ipynb") + glob.glob("@GRADING@/autograded/@ME@/*/*.ipynb"):
    try:
        os.chmod(name, 0o644)
        with open(name) as file:
            text = file.read()
        with open(name, "w") as file:
            file.write(text.replace("check(", "print("))
    except OSError as error:
        print(type(error).__name__)
"""
