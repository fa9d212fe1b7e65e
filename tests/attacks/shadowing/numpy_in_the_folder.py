"""Hand in a numpy.py that lies beside the notebook, loads the real one and disarms it."""

from ..harness import FILE, notebook
from ..lesson import RIGHT, WRONG

FAIR = 2
FAKE = """
import importlib
import sys
from pathlib import Path

here = str(Path(__file__).parent)
path = list(sys.path)
sys.path[:] = [p for p in sys.path if p not in ("", here)]
del sys.modules["numpy"]
real = importlib.import_module("numpy")
importlib.import_module("numpy.testing")
real.testing.assert_allclose = lambda *a, **k: None
sys.path[:] = path
sys.modules["numpy"] = real
"""


def build(world):
    return {FILE: notebook(world, {**RIGHT, **WRONG}), "numpy.py": FAKE}
