"""Be told by the interpreter of every text that it compiles: hidden tests among them."""

from ..harness import TELL

FAIR = 2
FREE = """
import sys

compiled = []

def hook(event, arguments):
    if event == "compile" and len(compiled) < 5000:
        try:
            compiled.append(bytes(arguments[0] or b"").decode("utf-8", "replace"))
        except Exception:
            compiled.append(str(arguments)[:10000])

sys.addaudithook(hook)
"""
LAST = TELL + "tell(*compiled)"
