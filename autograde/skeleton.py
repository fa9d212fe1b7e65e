"""Rebuild a submission on the release: only answers and free cells are taken from the learner.

Checks, locked cells, points and metadata are the instructor's own, whatever the file says; cells
that were deleted come back, copies are told apart. A cell whose metadata was lost is found again by
its id, by a text that nobody changed, by a name that it binds, or by its place between others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from itertools import count
from typing import Any

from nbformat import NotebookNode

from .matching import Match, about, anchors_of, find_cells, is_answer
from .notebook import nbformat

EMPTY: dict[str, dict[str, Any]] = {  # what cells of each type have besides their source
    "code": {"execution_count": None, "outputs": []},
    "markdown": {},
    "raw": {},
}
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")  # what a notebook's format allows
_PICTURE = re.compile(r"image/[a-z.+-]{1,40}")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_FLAGS = ("grade", "solution", "locked", "task")
_LISTED = 6  # names in a note


def rebuild(release: NotebookNode, submitted: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """The clean notebook, and notes on what was put right."""
    anchors = anchors_of(release)
    match = find_cells(release, submitted)
    answers: dict[str, list[NotebookNode]] = {name: [] for name in anchors}
    free: dict[str, list[NotebookNode]] = {name: [] for name in ["", *anchors]}
    here = ""
    for cell, name in zip(submitted.cells, match.names, strict=True):
        if name:
            here = name
            answers[name].append(cell)
        elif isinstance(cell.cell_type, str) and cell.cell_type in EMPTY:
            free[here].append(cell)
    clean = deepcopy(release)
    for name, text in match.instead.items():
        answers[name] = [nbformat.from_dict({"source": text})]
    clean.cells = list(_cells(anchors, answers, free))
    return clean, _notes(submitted, match, anchors)


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


def _notes(submitted: NotebookNode, match: Match, anchors: dict[str, NotebookNode]) -> list[str]:
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in anchors}
    for cell, name in zip(submitted.cells, match.names, strict=True):
        if name:
            found[name].append(about(cell))
    ours = {name: about(cell) for name, cell in anchors.items()}

    def where(test: Callable[[dict[str, Any], dict[str, Any]], bool]) -> list[str]:
        """Where the first cell with nbgrader's metadata passes a test against ours."""
        return [
            name
            for name, cells in found.items()
            if any(cell and test(cell, ours[name]) for cell in cells[:1])
        ]

    twice = [name for name, cells in found.items() if len(cells) > 1]
    told = {
        "cells were missing and put back": [
            name for name, cells in found.items() if not cells and name not in match.unfound
        ],
        "answers marked by hand were not found, look for them in other cells": match.unfound,
        "cells whose ids were lost or changed, found again by text, name or place": [
            name
            for name, cells in found.items()
            if cells and all(cell.get("grade_id") != name for cell in cells)
        ],
        "several copies of an answer, the last one counts": [
            name for name in twice if is_answer(anchors[name])
        ],
        "several copies of a cell that is ours, taken once": [
            name for name in twice if not is_answer(anchors[name])
        ],
        "points were changed, ours count": where(lambda c, o: c.get("points") != o.get("points")),
        "nbgrader's settings were changed, ours count": where(
            lambda c, o: any(bool(c.get(flag)) != bool(o.get(flag)) for flag in _FLAGS)
        ),
        "nbgrader's metadata have another version, ours are taken": where(
            lambda c, o: c.get("schema_version") != o.get("schema_version")
        ),
    }
    return [f"{what}: {_listed(names)}" for what, names in told.items() if names]


def _listed(names: list[str]) -> str:
    """Some of the names, and how many more there are."""
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")
