"""Python's parser, for threads."""

from __future__ import annotations

import ast
import threading

_one_at_a_time = threading.Lock()


def parse(source: str) -> ast.Module:
    """`ast.parse`, one thread at a time.

    CPython 3.11 counts how deep a tree is for all threads together. A collection of garbage can let
    another thread in (Dask is told of each, in Python); if that one parses as well, the count is
    wrong, which is "SystemError: AST constructor recursion depth mismatch".
    """
    with _one_at_a_time:
        return ast.parse(source)
