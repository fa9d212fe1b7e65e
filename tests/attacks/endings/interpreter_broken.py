"""Remove what every later statement needs: built-in functions and modules."""

FAIR = 10
RIGHT_ANSWERS = True
LAST = """
import builtins
import sys

for name in ("print", "len", "isinstance", "__import__", "open", "Exception"):
    delattr(builtins, name)
sys.modules.clear()
"""
