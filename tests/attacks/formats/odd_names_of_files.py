"""Hand in files with line breaks, quotes and letters of all sorts in their names."""

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 10


def build(world):
    names = ("a\nb.txt", "$(touch x).csv", "'; drop table grade; --", "ü\u202etxt.exe", "-rf")
    return {FILE: notebook(world, RIGHT), **dict.fromkeys(names, b"x")}
