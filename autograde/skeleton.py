"""Rebuild a submission on the release: only answers and free cells are taken from the learner.

Checks, locked cells, points and metadata are the instructor's own, whatever the file says; cells
that were deleted come back, copies are told apart, lost metadata is found again by id or by the
name of the function.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell

MAKE: dict[str, Any] = {"code": new_code_cell, "markdown": new_markdown_cell, "raw": new_raw_cell}


def rebuild(release: NotebookNode, submitted: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """The clean notebook, and notes on what was put right."""
    anchors = {_grade_id(c): c for c in release.cells if _grade_id(c)}
    names = _match(anchors, submitted)
    answers: dict[str, list[str]] = {name: [] for name in anchors}
    free: dict[str, list[NotebookNode]] = {name: [] for name in ["", *anchors]}
    here = ""
    for cell, name in zip(submitted.cells, names, strict=True):
        if name:
            here = name
            answers[name].append(cell.source)
        elif isinstance(cell.cell_type, str) and cell.cell_type in MAKE:
            free[here].append(cell)
    clean = deepcopy(release)
    clean.cells = list(_cells(anchors, answers, free))
    return clean, _notes(answers, anchors)


def _cells(
    anchors: dict[str, NotebookNode],
    answers: dict[str, list[str]],
    free: dict[str, list[NotebookNode]],
) -> Iterator[NotebookNode]:
    """The clean notebook's cells: each of the instructor's, then what the learner put below it."""
    count = 0
    for name in ["", *anchors]:
        if name:
            cell = deepcopy(anchors[name])
            if cell.metadata.nbgrader.solution and answers[name]:
                cell.source = _best(answers[name], cell.source)
            yield cell
        for extra in free[name]:
            count += 1
            yield MAKE[extra.cell_type](extra.source, id=f"free-{count}")


def _best(answers: list[str], stub: str) -> str:
    """Of several copies of an answer, the last that says something."""
    written = [answer for answer in answers if answer.strip() != stub.strip()]
    return (written or answers)[-1]


def _grade_id(cell: NotebookNode) -> str:
    found = cell.get("metadata", {}).get("nbgrader", {})
    name = found.get("grade_id", "") if isinstance(found, dict) else ""
    return name if isinstance(name, str) else ""


def _match(anchors: dict[str, NotebookNode], submitted: NotebookNode) -> list[str]:
    """For each submitted cell the nbgrader id it stands for, or nothing."""
    ids = {cell.get("id", ""): name for name, cell in anchors.items()}
    names = [_grade_id(cell) for cell in submitted.cells]
    names = [name if name in anchors else "" for name in names]
    for i, cell in enumerate(submitted.cells):
        lost = ids.get(cell.get("id", ""), "")
        if not names[i] and lost not in names:
            names[i] = lost
    functions = {
        anchors[name].get("id", ""): name
        for name in anchors
        if anchors[name].metadata.nbgrader.solution and anchors[name].cell_type == "code"
    }
    wanted = {_defined(anchors[name].source): name for name in functions.values()}
    for i, cell in enumerate(submitted.cells):
        lost = wanted.get(_defined(cell.source), "") if cell.cell_type == "code" else ""
        if not names[i] and lost not in names:
            names[i] = lost
    return names


def _defined(source: str) -> str:
    """The name of the last function that a cell defines."""
    try:
        found = [n.name for n in ast.parse(source).body if isinstance(n, ast.FunctionDef)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    return found[-1] if found else ""


def _notes(answers: dict[str, list[str]], anchors: dict[str, NotebookNode]) -> list[str]:
    missing = [name for name, found in answers.items() if not found]
    twice = [
        name
        for name, found in answers.items()
        if len(found) > 1 and anchors[name].metadata.nbgrader.solution
    ]
    notes = []
    if missing:
        notes.append(f"cells were missing and put back: {', '.join(missing)}")
    if twice:
        notes.append(f"several copies of an answer, the last one counts: {', '.join(twice)}")
    return notes
