"""Hand in modules that Python imports by itself when it starts in this folder."""

from ..harness import FILE, notebook
from ..lesson import RIGHT, WRONG

FAIR = 2
CODE = """
import builtins
import sys

def quiet(*args, **kwargs):
    pass

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "course.checks":
            import importlib.machinery
            import types
            module = types.ModuleType(name)
            module.check = quiet
            sys.modules[name] = module
        return None

sys.meta_path.insert(0, Finder())
"""


def build(world):
    made = notebook(world, {**RIGHT, **WRONG})
    return {FILE: made, "sitecustomize.py": CODE, "usercustomize.py": CODE, "readline.py": CODE}
