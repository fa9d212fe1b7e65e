"""Rebuild a submission on the release: only answers and free cells are taken from the learner.

Checks, locked cells, points and metadata are the instructor's own, whatever the file says; cells
that were deleted come back, copies are told apart. A cell whose metadata was lost is found again by
its id, by a text that nobody changed, by a name that it binds, or by its place between others.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from itertools import count
from typing import Any

from nbformat import NotebookNode

from .markers import SOLUTION
from .notebook import nbformat
from .parsing import parse

EMPTY: dict[str, dict[str, Any]] = {  # what cells of each type have besides their source
    "code": {"execution_count": None, "outputs": []},
    "markdown": {},
    "raw": {},
}
LONGEST = 50_000  # characters of a cell in which names are looked for
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")  # what a notebook's format allows
_PICTURE = re.compile(r"image/[a-z.+-]{1,40}")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_PYTHON = re.compile(r"\A(?:\s*%%(?:time|capture|prun|debug)\b.*)+")  # Python follows
_MAGIC = re.compile(r"^([ \t]*)(?:[%!?].*|[\w.]+\?{1,2}[ \t]*$)", re.MULTILINE)
_ASKED = re.compile(r"=[ \t]*[%!].*")  # files = !ls
UNFOUND = "This answer was not found in what was handed in; another cell may hold it."
ELSEWHERE = "# Answered in another cell."
_FLAGS = ("grade", "solution", "locked", "task")
_LISTED = 6  # names in a note


def rebuild(release: NotebookNode, submitted: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """The clean notebook, and notes on what was put right."""
    anchors = _anchors(release)
    match = _match(release, submitted)
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


def work_in(release: NotebookNode, submitted: NotebookNode) -> tuple[int, int]:
    """How many answers differ from the release, and how many of its cells are there at all."""
    anchors, names = _anchors(release), _match(release, submitted).names
    written = {
        name
        for name, cell in zip(names, submitted.cells, strict=True)
        if name
        and _is_answer(anchors[name])
        and cell.source.split() != anchors[name].source.split()
    }
    return len(written), len({name for name in names if name})


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


def _about(cell: NotebookNode) -> dict[str, Any]:
    """What nbgrader's metadata say of a cell."""
    metadata = cell.get("metadata", {})
    found = metadata.get("nbgrader", {}) if isinstance(metadata, dict) else {}
    return found if isinstance(found, dict) else {}


def _grade_id(cell: NotebookNode) -> str:
    name = _about(cell).get("grade_id", "")
    return name if isinstance(name, str) else ""


def _id(cell: NotebookNode) -> str:
    name = cell.get("id", "")
    return name if isinstance(name, str) else ""


def _anchors(release: NotebookNode) -> dict[str, NotebookNode]:
    """The instructor's cells that nbgrader knows, by its ids."""
    return {_grade_id(c): c for c in release.cells if _grade_id(c)}


def _is_answer(anchor: NotebookNode) -> bool:
    return bool(anchor.metadata.nbgrader.solution)


@dataclass
class Match:
    """Which cells are which."""

    names: list[str]  # for each submitted cell the nbgrader id it stands for, or nothing
    instead: dict[str, str]  # what stands in the place of answers that have no cell
    unfound: list[str]  # answers marked by hand that may be in some other cell


def _match(release: NotebookNode, submitted: NotebookNode) -> Match:
    """Find the instructor's cells among the submitted ones."""
    anchors, cells = _anchors(release), submitted.cells
    names = [name if name in anchors else "" for name in map(_grade_id, cells)]
    ids = {_id(cell): name for name, cell in anchors.items()}
    _fill(names, [ids.get(_id(cell), "") for cell in cells])
    texts = _once(release.cells)
    locked = {t: _grade_id(c) for t, c in texts.items() if _grade_id(c) and not _is_answer(c)}
    _fill(names, [locked.get(_text(cell), "") for cell in cells])
    lost = {
        name: number
        for number, name in enumerate(map(_grade_id, release.cells))
        if name and name not in names and _is_answer(anchors[name])
    }
    if not lost:
        return Match(names, {}, [])
    taken = set(_places(release, submitted, names).values())
    own = [i for i, c in enumerate(cells) if not names[i] and i not in taken and c.source.strip()]
    for find in (_by_name, _by_place):
        places = _places(release, submitted, names)
        left = {n: _window(at, places, len(cells)) for n, at in lost.items() if n not in names}
        find(anchors, cells, names, own, left)
    left = {name: window for name, window in left.items() if name not in names}
    others = [i for i in own if not names[i]]
    unfound = [n for n in left if others and anchors[n].metadata.nbgrader.grade]
    instead = {n: _as_comment(UNFOUND, anchors[n]) for n in unfound}
    bound = _bound_in(
        cells, {*others, *(i for i, name in enumerate(names) if name)}, anchors, names
    )
    wanted = _wanted(anchors)
    instead |= {n: ELSEWHERE for n in left if n not in unfound and wanted.get(n, set()) & bound}
    return Match(names, instead, unfound)


def _fill(names: list[str], found: list[str]) -> None:
    """Let each cell that stands for nothing yet stand for what was found, once for each."""
    known = set(names)
    for i, name in enumerate(found):
        if name and not names[i] and name not in known:
            names[i] = name
            known.add(name)


def _text(cell: NotebookNode) -> tuple[str, str]:
    return str(cell.get("cell_type")), cell.source.strip()


def _once(cells: list[NotebookNode]) -> dict[tuple[str, str], NotebookNode]:
    """The cells whose text is in no other of them."""
    found: dict[tuple[str, str], list[NotebookNode]] = {}
    for cell in cells:
        found.setdefault(_text(cell), []).append(cell)
    return {text: alike[0] for text, alike in found.items() if len(alike) == 1 and text[1]}


def _places(release: NotebookNode, submitted: NotebookNode, names: list[str]) -> dict[int, int]:
    """Where the cells of the release are, those without nbgrader's id as well."""
    first = {name: i for i, name in reversed(list(enumerate(names))) if name}
    free = [i for i, name in enumerate(names) if not name]
    texts = {t: i for i in reversed(free) for t in [_text(submitted.cells[i])]}
    ids = {_id(submitted.cells[i]): i for i in reversed(free)}
    found: dict[int, int] = {}
    for number, cell in enumerate(release.cells):
        place = first.get(_grade_id(cell))
        if not _grade_id(cell):
            place = ids.get(_id(cell), texts.get(_text(cell)))
        if place is not None and place not in found.values():
            found[number] = place
    return found


def _window(number: int, places: dict[int, int], end: int) -> range:
    """Where a cell of the release can be, from those that were found before and behind it."""
    before = max((n for n in places if n < number), default=None)
    behind = min((n for n in places if n > number), default=None)
    start = -1 if before is None else places[before]
    return range(start + 1, end if behind is None else places[behind])


def _by_name(
    anchors: dict[str, NotebookNode],
    cells: list[NotebookNode],
    names: list[str],
    own: list[int],
    windows: dict[str, range],
) -> None:
    """Give lost code answers the cells that bind their names: in their place, else a definition.

    The last one in its place counts: the others stay above it, as they were.
    """
    wanted = {name: found for name, found in _wanted(anchors).items() if name in windows}
    bound = {i: _bound(cells[i].source) for i in own if wanted and cells[i].cell_type == "code"}
    for name, asked in wanted.items():
        stub = anchors[name].source.split()
        free = [i for i in bound if not names[i]]
        near = [i for i in free if i in windows[name] and asked & {*bound[i]}]
        far = [i for i in free if any(bound[i].get(one) for one in asked)]
        found = near or far
        written = [i for i in found if cells[i].source.split() != stub]
        if found:
            names[(written or found)[-1]] = name


def _by_place(
    anchors: dict[str, NotebookNode],
    cells: list[NotebookNode],
    names: list[str],
    own: list[int],
    windows: dict[str, range],
) -> None:
    """Give lost answers the learner's cells in their place, where there are as many of both."""
    groups: dict[tuple[range, str], list[str]] = {}
    for name, window in windows.items():
        if name not in names:
            groups.setdefault((window, anchors[name].cell_type), []).append(name)
    for (window, kind), lost in groups.items():
        here = [i for i in own if i in window and not names[i] and cells[i].cell_type == kind]
        stubs = {_text(anchors[name]) for name in lost}
        written = [i for i in here if _text(cells[i]) not in stubs]
        for found in (here, written):
            if len(found) == len(lost):
                for i, name in zip(found, lost, strict=True):
                    names[i] = name
                break


def _wanted(anchors: dict[str, NotebookNode]) -> dict[str, set[str]]:
    """By which names an exercise's answer is known: the exercise's own, else all that it binds."""
    found = {}
    for name, cell in anchors.items():
        if _is_answer(cell) and cell.cell_type == "code":
            bound, own = set(_bound(cell.source)), name.removesuffix(SOLUTION)
            found[name] = {own} if own in bound else bound
    every = [one for bound in found.values() for one in bound]
    return {name: {b for b in bound if every.count(b) == 1} for name, bound in found.items()}


def _bound_in(
    cells: list[NotebookNode],
    places: set[int],
    anchors: dict[str, NotebookNode],
    names: list[str],
) -> set[str]:
    """All names that the learner's own cells bind."""
    return {
        one
        for i in places
        if cells[i].cell_type == "code" and (not names[i] or _is_answer(anchors[names[i]]))
        for one in _bound(cells[i].source)
    }


def _bound(source: str) -> dict[str, bool]:
    """The names that a cell binds at its top level, and whether as a function or class."""
    found: dict[str, bool] = {}
    waiting: list[ast.AST] = [*_tree(source)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found[node.name] = True
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.setdefault(node.id, False)
        elif isinstance(node, ast.alias):
            found.setdefault((node.asname or node.name).partition(".")[0], False)
        elif not isinstance(node, ast.Lambda | ast.comprehension):
            waiting += ast.iter_child_nodes(node)
    return found


def _tree(source: str) -> list[ast.stmt]:
    """A cell's statements, magics left out; none where it is not Python, or too long for people."""
    if len(source) > LONGEST:
        return []  # a tree takes 600 times the memory of its source
    plain = _PYTHON.sub("", source)
    if plain.lstrip().startswith("%%"):
        return []
    for text in (plain, _MAGIC.sub(r"\1pass", _ASKED.sub("= 0", plain))):
        try:
            return parse(text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return []


def _as_comment(text: str, anchor: NotebookNode) -> str:
    return f"# {text}" if anchor.cell_type == "code" else text


def _notes(submitted: NotebookNode, match: Match, anchors: dict[str, NotebookNode]) -> list[str]:
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in anchors}
    for cell, name in zip(submitted.cells, match.names, strict=True):
        if name:
            found[name].append(_about(cell))
    ours = {name: _about(cell) for name, cell in anchors.items()}

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
            name for name in twice if _is_answer(anchors[name])
        ],
        "several copies of a cell that is ours, taken once": [
            name for name in twice if not _is_answer(anchors[name])
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
