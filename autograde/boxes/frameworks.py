"""Does an exercise, or a check, use PyTorch? Only then it is there while they are graded."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

from ..parsing import parse

FRAMEWORK = "torch"


def guess(release: Path, source: Path) -> bool:
    """As far as two files tell, those that nbgrader's release step read and wrote.

    This is quickly done, and enough to start boxes early; what they are is decided by `asks_for`.
    """
    given, full = _cells(release), _cells(source)
    asked = [text for text, marks in given if marks.get("solution")]
    asked += [text for text, marks in full if marks.get("grade") and not marks.get("solution")]
    return asks_for(FRAMEWORK, asked, [text for text, marks in given if marks.get("locked")])


def _cells(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """A notebook's code cells, each with what nbgrader marked it with; none of a broken file."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [
            ("".join(cell["source"]), cell["metadata"].get("nbgrader", {}))
            for cell in cells
            if cell["cell_type"] == "code"
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []


def asks_for(package: str, sources: list[str], setup: list[str]) -> bool:
    """Whether sources use a package, by an import of their own or by one of the set-up's names."""
    names = set().union(*(_taken_from(package, source) for source in setup))
    return any(
        _taken_from(package, source)
        or any(isinstance(n, ast.Name) and n.id in names for n in _nodes(source))
        for source in sources
    )


def _taken_from(package: str, source: str) -> set[str]:
    """The names that a source's imports of a package bind."""
    found: set[str] = set()
    for node in _nodes(source):
        if isinstance(node, ast.Import):
            homes = [(alias.name, alias) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            homes = [(node.module or "", alias) for alias in node.names]
        else:
            continue
        for home, alias in homes:
            if home.partition(".")[0] == package:
                found.add(alias.asname or alias.name.partition(".")[0])
    return found


def _nodes(source: str) -> list[ast.AST]:
    try:
        return list(ast.walk(parse(source)))
    except SyntaxError:
        return []
