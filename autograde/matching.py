"""Find the instructor's cells among those that came back, also where metadata and ids were lost.

By nbgrader's id, by the cell's id, by a text that nobody changed, by a name that a cell binds, and
by its place between others.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Any

from nbformat import NotebookNode

from .markers import SOLUTION
from .parsing import parse

LONGEST = 50_000  # characters of a cell in which names are looked for
_PYTHON = re.compile(r"\A(?:\s*%%(?:time|capture|prun|debug)\b.*)+")  # Python follows
_MAGIC = re.compile(r"^([ \t]*)(?:[%!?].*|[\w.]+\?{1,2}[ \t]*$)", re.MULTILINE)
_ASKED = re.compile(r"=[ \t]*[%!].*")  # files = !ls
UNFOUND = "This answer was not found in what was handed in; another cell may hold it."
ELSEWHERE = "# Answered in another cell."


def about(cell: NotebookNode) -> dict[str, Any]:
    """What nbgrader's metadata say of a cell."""
    metadata = cell.get("metadata", {})
    found = metadata.get("nbgrader", {}) if isinstance(metadata, dict) else {}
    return found if isinstance(found, dict) else {}


def grade_id(cell: NotebookNode) -> str:
    """nbgrader's id of a cell, or nothing."""
    name = about(cell).get("grade_id", "")
    return name if isinstance(name, str) else ""


def _id(cell: NotebookNode) -> str:
    name = cell.get("id", "")
    return name if isinstance(name, str) else ""


def anchors_of(release: NotebookNode) -> dict[str, NotebookNode]:
    """The instructor's cells that nbgrader knows, by its ids."""
    return {grade_id(c): c for c in release.cells if grade_id(c)}


def is_answer(anchor: NotebookNode) -> bool:
    """Whether a learner writes in this cell of the instructor's."""
    return bool(anchor.metadata.nbgrader.solution)


@dataclass
class Match:
    """Which cells are which."""

    names: list[str]  # for each submitted cell the nbgrader id it stands for, or nothing
    instead: dict[str, str]  # what stands in the place of answers that have no cell
    unfound: list[str]  # answers marked by hand that may be in some other cell


def find_cells(release: NotebookNode, submitted: NotebookNode) -> Match:
    """Find the instructor's cells among the submitted ones."""
    anchors, cells = anchors_of(release), submitted.cells
    names = [name if name in anchors else "" for name in map(grade_id, cells)]
    ids = {_id(cell): name for name, cell in anchors.items()}
    _fill(names, [ids.get(_id(cell), "") for cell in cells])
    texts = _once(release.cells)
    locked = {t: grade_id(c) for t, c in texts.items() if grade_id(c) and not is_answer(c)}
    _fill(names, [locked.get(_text(cell), "") for cell in cells])
    lost = {
        name: number
        for number, name in enumerate(map(grade_id, release.cells))
        if name and name not in names and is_answer(anchors[name])
    }
    if not lost:
        return Match(names, {}, [])
    taken = set(_places(release, submitted, names).values())
    own = [i for i, c in enumerate(cells) if not names[i] and i not in taken and c.source.strip()]
    search = _Search(anchors, cells, names, own)
    for find in (search.by_name, search.by_place):
        places = _places(release, submitted, names)
        left = {n: _window(at, places, len(cells)) for n, at in lost.items() if n not in names}
        find(left)
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


@dataclass
class _Search:
    """A search for lost answers; what is found is entered into `names`."""

    anchors: dict[str, NotebookNode]
    cells: list[NotebookNode]
    names: list[str]  # for each cell whom it stands for
    own: list[int]  # the numbers of the learner's own cells

    def by_name(self, windows: dict[str, range]) -> None:
        """Give lost code answers the cells that bind their names: near, else a definition.

        The last one in its place counts: the others stay above it, as they were.
        """
        wanted = {name: found for name, found in _wanted(self.anchors).items() if name in windows}
        bound = {
            i: _bound(self.cells[i].source)
            for i in self.own
            if wanted and self.cells[i].cell_type == "code"
        }
        for name, asked in wanted.items():
            stub = self.anchors[name].source.split()
            free = [i for i in bound if not self.names[i]]
            near = [i for i in free if i in windows[name] and asked & {*bound[i]}]
            far = [i for i in free if any(bound[i].get(one) for one in asked)]
            found = near or far
            written = [i for i in found if self.cells[i].source.split() != stub]
            if found:
                self.names[(written or found)[-1]] = name

    def by_place(self, windows: dict[str, range]) -> None:
        """Give lost answers the learner's cells in their place, where there are as many of both."""
        groups: dict[tuple[range, str], list[str]] = {}
        for name, window in windows.items():
            if name not in self.names:
                groups.setdefault((window, self.anchors[name].cell_type), []).append(name)
        for (window, kind), lost in groups.items():
            here = [
                i
                for i in self.own
                if i in window and not self.names[i] and self.cells[i].cell_type == kind
            ]
            stubs = {_text(self.anchors[name]) for name in lost}
            written = [i for i in here if _text(self.cells[i]) not in stubs]
            for found in (here, written):
                if len(found) == len(lost):
                    for i, name in zip(found, lost, strict=True):
                        self.names[i] = name
                    break


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
        place = first.get(grade_id(cell))
        if not grade_id(cell):
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


def _wanted(anchors: dict[str, NotebookNode]) -> dict[str, set[str]]:
    """By which names an exercise's answer is known: the exercise's own, else all that it binds."""
    found = {}
    for name, cell in anchors.items():
        if is_answer(cell) and cell.cell_type == "code":
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
        if cells[i].cell_type == "code" and (not names[i] or is_answer(anchors[names[i]]))
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


def work_in(release: NotebookNode, submitted: NotebookNode) -> tuple[int, int]:
    """How many answers differ from the release, and how many of its cells are there at all."""
    anchors, names = anchors_of(release), find_cells(release, submitted).names
    written = {
        name
        for name, cell in zip(names, submitted.cells, strict=True)
        if name and is_answer(anchors[name]) and cell.source.split() != anchors[name].source.split()
    }
    return len(written), len({name for name in names if name})
