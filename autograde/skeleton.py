"""Rebuild a submission on the release: only answers and free cells are taken from the learner.

Checks, locked cells, points and metadata are the instructor's own, whatever the file says; cells
that were deleted come back, copies are told apart, lost metadata is found again by id or by the
name of the function.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from copy import deepcopy
from itertools import count
from typing import Any

from nbformat import NotebookNode

from .notebook import nbformat
from .parsing import parse

EMPTY: dict[str, dict[str, Any]] = {  # what cells of each type have besides their source
    "code": {"execution_count": None, "outputs": []},
    "markdown": {},
    "raw": {},
}
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")  # what a notebook's format allows
_PICTURE = re.compile(r"image/[a-z.+-]{1,40}")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")


def rebuild(release: NotebookNode, submitted: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """The clean notebook, and notes on what was put right."""
    anchors = {_grade_id(c): c for c in release.cells if _grade_id(c)}
    names = _match(anchors, submitted)
    answers: dict[str, list[NotebookNode]] = {name: [] for name in anchors}
    free: dict[str, list[NotebookNode]] = {name: [] for name in ["", *anchors]}
    here = ""
    for cell, name in zip(submitted.cells, names, strict=True):
        if name:
            here = name
            answers[name].append(cell)
        elif isinstance(cell.cell_type, str) and cell.cell_type in EMPTY:
            free[here].append(cell)
    clean = deepcopy(release)
    clean.cells = list(_cells(anchors, answers, free))
    return clean, _notes(answers, anchors)


def _cells(
    anchors: dict[str, NotebookNode],
    answers: dict[str, list[NotebookNode]],
    free: dict[str, list[NotebookNode]],
) -> Iterator[NotebookNode]:
    """The clean notebook's cells: each of the instructor's, then what the learner put below it."""
    used = {cell.id for cell in anchors.values()}
    fresh = map("free-{}".format, count(1))
    for name in ["", *anchors]:
        if name:
            cell = deepcopy(anchors[name])
            if cell.metadata.nbgrader.solution and answers[name]:
                answer = _best(answers[name], cell.source)
                cell.source = answer.source
                _paste(answer, cell)
            yield cell
        for extra in free[name]:
            more = {"id": _free_id(extra, used, fresh), "source": extra.source, "metadata": {}}
            kind = extra.cell_type
            cell = nbformat.from_dict({"cell_type": kind, **more, **EMPTY[kind]})
            _paste(extra, cell)
            yield cell


def _free_id(cell: NotebookNode, used: set[str], fresh: Iterator[str]) -> str:
    """The learner's id of a cell; another one where it cannot be a cell's, or is another's."""
    name = cell.get("id", "")
    if not (isinstance(name, str) and _ID.fullmatch(name)) or name in used:
        name = next(n for n in fresh if n not in used)
    used.add(name)
    return name


def _paste(source: NotebookNode, cell: NotebookNode) -> None:
    """Take over the pictures that were pasted into a text; without them it cannot be shown."""
    found = pictures(source) if cell.cell_type == "markdown" else {}
    if found:
        cell.attachments = nbformat.from_dict(found)


def pictures(cell: NotebookNode) -> dict[str, dict[str, str]]:
    """The pictures in a cell's attachments, by name and by type, that are what they should be."""
    found = {}
    attached = cell.get("attachments", {})
    for name, bundle in attached.items() if isinstance(attached, dict) else ():
        kept = {
            kind: data
            for kind, data in (bundle.items() if isinstance(bundle, dict) else ())
            if _PICTURE.fullmatch(kind) and isinstance(data, str) and _BASE64.fullmatch(data)
        }
        if kept:
            found[name] = kept
    return found


def _best(answers: list[NotebookNode], stub: str) -> NotebookNode:
    """Of several copies of an answer, the last that says something."""
    written = [answer for answer in answers if answer.source.strip() != stub.strip()]
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
        found = [n.name for n in parse(source).body if isinstance(n, ast.FunctionDef)]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    return found[-1] if found else ""


def _notes(answers: dict[str, list[NotebookNode]], anchors: dict[str, NotebookNode]) -> list[str]:
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
