"""What a lesson must hold: exercise and check in pairs, closed blocks, checks to be trusted."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from .cells import Cell, LessonError, Problem, magics, read_text, split
from .parsing import parse

# nbgrader's block -> the roles it may stand in
BLOCKS = {
    "SOLUTION": ("solve", "answer"),
    "HIDDEN TESTS": ("test",),
    "MARK SCHEME": ("task",),
}
_EDGE = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)")


def read_lesson(path: Path, shown: str = "") -> list[Cell]:
    """The cells of a lesson that keeps every rule; else LessonError with all that is wrong."""
    cells, problems = examine(read_text(path))
    if problems:
        raise LessonError.of(shown or path, problems)
    return cells


def examine(text: str) -> tuple[list[Cell], list[Problem]]:
    """Read a source and hold it against every rule; nothing stops at the first mistake."""
    cells, problems = split(text)
    for cell in cells:
        problems += _blocks(cell)
        if cell.marker.type == "code":
            problems += _code(cell)
    return cells, problems + _ids(cells) + _pairs(cells) + _opening(cells)


def _opening(cells: list[Cell]) -> list[Problem]:
    """A lesson begins with its title and says how long it takes: the index is made from them."""
    if not cells:
        return []
    first = cells[0]
    if first.marker.type != "markdown" or not re.match(r"# \S", first.text):
        return [
            Problem(first.line, "the first cell is markdown and begins with '# ' and the title")
        ]
    if minutes(cells) is None:
        return [Problem(first.line, "say in the first three cells how long it takes: 'N minutes'")]
    return []


def minutes(cells: list[Cell]) -> str | None:
    """How long a lesson takes, as its opening says: '90', '60 to 90'."""
    opening = "\n".join(cell.text for cell in cells[:3] if cell.marker.type == "markdown")
    found = re.search(r"(\d+(?:\s*(?:to|-|–)\s*\d+)?)[\s*]*(?:-|\s)?minutes", opening)
    return found[1] if found else None


def _blocks(cell: Cell) -> list[Problem]:
    """Blocks are opened and closed in turn, spelt exactly, in the cells they belong to."""
    problems: list[Problem] = []
    opened: tuple[str, int] | None = None
    seen = False
    for number, line in enumerate(cell.text.split("\n"), start=cell.first_line):
        if "AUTOTEST" in line:
            problems.append(Problem(number, "nbgrader's AUTOTEST is not used in this course"))
        edge = _EDGE.search(line)
        if edge is None:
            continue
        side, name = edge.groups()
        if line.strip() != f"### {side} {name}":
            problems.append(Problem(number, f"write this line as '### {side} {name}'"))
        if cell.marker.role not in BLOCKS[name]:
            where = " or ".join(BLOCKS[name])
            problems.append(Problem(number, f"a {name} block belongs in a {where} cell"))
        if side == "BEGIN":
            if opened:
                problems.append(Problem(number, f"a block inside the one of line {opened[1]}"))
            opened, seen = (name, number), seen or name == "SOLUTION"
        elif opened is None or opened[0] != name:
            problems.append(Problem(number, f"END {name} without BEGIN {name}"))
        else:
            opened = None
    if opened:
        problems.append(Problem(opened[1], f"BEGIN {opened[0]} is never closed"))
    if cell.marker.role == "solve" and not seen:
        text = "a solve cell without ### BEGIN SOLUTION: the release would not clear it"
        problems.append(Problem(cell.line, text))
    return problems


def _code(cell: Cell) -> list[Problem]:
    """Code is Python, without magics; exercises define their function; checks keep the rules."""
    spells = magics(cell)
    if spells:
        return spells
    try:
        tree = parse(cell.text)
    except SyntaxError as error:
        line = cell.first_line + (error.lineno or 1) - 1
        return [Problem(line, f"not valid Python: {error.msg}")]
    if cell.marker.role == "solve":
        return _defines(cell, tree)
    if cell.marker.role == "test":
        return _check_cell(cell, tree)
    return []


def _defines(cell: Cell, tree: ast.Module) -> list[Problem]:
    names = [n.name for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef))]
    if cell.marker.id in names or not cell.marker.id:
        return []
    has = f"it defines {', '.join(names)}" if names else "it defines none"
    return [Problem(cell.line, f"the cell must define the function {cell.marker.id!r}; {has}")]


def _check_cell(cell: Cell, tree: ast.Module) -> list[Problem]:
    """A number on a check cell's last line would *be* the score; a bare assert can be fooled."""
    problems = []
    name = cell.marker.id
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and _calls(node.test, name):
            line = cell.first_line + node.lineno - 1
            text = f"assert {name}(...) believes any object that calls itself true; compare values"
            problems.append(Problem(line, text))
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr) and not isinstance(last.value, (ast.Call, ast.Await)):
        line = cell.first_line + last.lineno - 1
        text = "a value on a check cell's last line would be taken for the score"
        problems.append(Problem(line, text))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if name and name not in names:
        problems.append(Problem(cell.line, f"the check of {name!r} never uses {name}"))
    return problems


def _calls(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def _ids(cells: list[Cell]) -> list[Problem]:
    """Every id is nbgrader's key into the gradebook: no two cells share one."""
    first: dict[str, int] = {}
    problems = []
    for cell in cells:
        key = cell.marker.grade_id
        if not cell.marker.id:
            continue
        if key in first:
            text = f"the id {cell.marker.id!r} was used in line {first[key]}"
            problems.append(Problem(cell.line, text))
        first.setdefault(key, cell.line)
    return problems


def _pairs(cells: list[Cell]) -> list[Problem]:
    """Each exercise has its check below it, and each check its exercise above."""
    solved = {c.marker.id: c.line for c in cells if c.marker.role == "solve" and c.marker.id}
    tested = {c.marker.id: c.line for c in cells if c.marker.role == "test" and c.marker.id}
    problems = [
        Problem(line, f'exercise {name!r} has no check; add # %% test="{name}" points=N below it')
        for name, line in solved.items()
        if name not in tested
    ]
    for name, line in tested.items():
        if name not in solved:
            problems.append(Problem(line, f"check {name!r} has no exercise with that id"))
        elif solved[name] > line:
            problems.append(Problem(line, f"check {name!r} stands above its exercise"))
    return problems
