"""Look at this computer: what the course needs, and whether it is here."""

from __future__ import annotations


def preflight() -> str:
    """A table of what this machine brings along."""
    import platform

    return f"Python {platform.python_version()}"
