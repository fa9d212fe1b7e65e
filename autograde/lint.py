"""Warn of check cells that a wrong answer can pass, or whose mark changes from run to run.

It reads the source only, cell by cell, in the order of the lines: what a helper function does
elsewhere it does not see. A warning that is wrong is silenced on its line: # lint: ok CODE reason.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from .boxes.touched import kind_of_check, uses, waives
from .cells import Cell
from .course import Course, LessonName
from .rules import read_lesson

RULES = {
    "after": "the expected value is computed after {name} was called and may have changed its "
    "arguments; compute it before, or call {name} with a copy",
    "truth": "any answer that counts as true passes; compare it with the value it should have",
    "shape": "an answer of another shape passes (one number for all, or nothing at all); use "
    "np.testing.assert_allclose(..., strict=True)",
    "seed": "{name} draws other numbers in each run; take them from np.random.default_rng(SEED)",
    "visible": "all inputs stand in the released cell, so a table of answers passes; put some "
    "between ### BEGIN HIDDEN TESTS and ### END HIDDEN TESTS, or draw them",
    "caught": "a failure is caught here, so the cell may pass; let the error out",
    "never": "nothing in this cell can fail; write an assert, or call check(...)",
    "itself": "the expected value comes from the answer itself; compute it without {name}",
}
DRAWN = re.compile(
    r"(?:np|numpy)\.random\.(?!default_rng|seed|Generator|SeedSequence)\w+|random\.(?!seed|Random)\w+"
    r"|torch\.(?:rand|randn|randint|randperm|normal|bernoulli)(?:_like)?"
)
SEEDED = re.compile(r"\bseed\(|manual_seed\(")
HIDDEN = "### BEGIN HIDDEN TESTS"
Warn = Callable[..., Iterator["Warned"]]


@dataclass(frozen=True, order=True)
class Warned:
    """A line of a lesson that breaks a rule."""

    line: int
    code: str
    text: str


def lint(course: Course, lessons: list[LessonName]) -> list[str]:
    """The warnings for these lessons, as `file:line: code: what to do`."""
    found = []
    for lesson in lessons:
        shown = course.shown(lesson.path)
        warned = examine(read_lesson(lesson.path, shown))
        found += [f"{shown}:{w.line}: {w.code}: {w.text}" for w in warned]
    return found


def examine(cells: list[Cell]) -> list[Warned]:
    """The warnings for a lesson's cells, in the order of the lines."""
    theirs: set[str] = set()
    seeded = False
    found: list[Warned] = []
    for cell in cells:
        if cell.marker.type != "code":
            continue
        try:
            tree = ast.parse(cell.text)
        except SyntaxError:
            continue  # the build says so
        if cell.marker.role == "solve":
            theirs |= {n for node in tree.body for n in _binds(node)}
        elif cell.marker.role == "lock":
            seeded |= bool(SEEDED.search(cell.text))
        elif cell.marker.role == "test":
            found += _check_cell(cell, tree, theirs, seeded)
    return sorted(set(found))


def _check_cell(cell: Cell, tree: ast.Module, theirs: set[str], seeded: bool) -> Iterator[Warned]:
    lines = cell.text.split("\n")

    def warn(code: str, node: ast.AST | None = None, name: str = "") -> Iterator[Warned]:
        number = getattr(node, "lineno", 1)
        if not waives(lines[number - 1], code):
            yield Warned(cell.first_line + number - 1, code, RULES[code].format(name=name))

    nodes = list(_in_order(tree))
    if not any(_can_fail(node) for node in nodes):
        yield from warn("never")
        return
    for node in nodes:
        if isinstance(node, ast.Try):
            for handler in node.handlers:
                if _hides(handler) and any(_can_fail(n) for n in ast.walk(node)):
                    yield from warn("caught", handler)
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            unseeded = DRAWN.fullmatch(name) and not seeded and not SEEDED.search(cell.text)
            if unseeded or (name.endswith("default_rng") and not node.args and not node.keywords):
                yield from warn("seed", node, name)
    yield from _comparisons(nodes, theirs, warn)
    for late, name in uses(tree, theirs).late:
        yield from warn("after", late, name)
    checks = any(isinstance(n, ast.Call) and kind_of_check(n) == "check" for n in nodes)
    draws = any(isinstance(n, ast.Call) and "rng" in ast.unparse(n.func) for n in nodes)
    if theirs and not checks and not draws and HIDDEN not in cell.text:
        yield from warn("visible")


def _comparisons(nodes: list[ast.AST], theirs: set[str], warn: Warn) -> Iterator[Warned]:
    """Rules about what an assert looks at."""
    results = _results(nodes, theirs)
    for node in nodes:
        if isinstance(node, ast.Assert):
            test = node.test
            called = _called(test, theirs)
            if called and _is_answer(test, theirs, results):
                yield from warn("truth", node, called)
            elif isinstance(test, ast.Name) and test.id in results:
                yield from warn("truth", node, results[test.id])
            if isinstance(test, ast.Call) and _loose(test) and _mentions(test, theirs, results):
                yield from warn("shape", node)
            if isinstance(test, ast.Compare) and len(test.ops) == 1:
                yield from _same_on_both_sides(test.left, test.comparators[0], theirs, warn, node)
        if isinstance(node, ast.Call) and kind_of_check(node) == "assert_":
            strict = any(k.arg == "strict" and _is_true(k.value) for k in node.keywords)
            name = ast.unparse(node.func).rpartition(".")[2]
            arrays = name in ("assert_allclose", "assert_array_equal", "assert_equal")
            if arrays and not strict and _mentions(node, theirs, results):
                yield from warn("shape", node)
            if len(node.args) >= 2:
                yield from _same_on_both_sides(node.args[0], node.args[1], theirs, warn, node)


def _same_on_both_sides(
    left: ast.expr, right: ast.expr, theirs: set[str], warn: Warn, node: ast.AST
) -> Iterator[Warned]:
    one, other = _called(left, theirs), _called(right, theirs)
    if one and ast.dump(left) == ast.dump(right):
        yield from warn("itself", node, other)


def _in_order(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes, inner ones first, as they are computed."""
    for child in ast.iter_child_nodes(tree):
        yield from _in_order(child)
    yield tree


def _binds(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.For):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
    return set()


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _called(node: ast.AST, theirs: set[str]) -> str:
    """The first of the learner's functions that is called in a node."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and _name(inner.func) in theirs:
            return _name(inner.func)
    return ""


def _results(nodes: list[ast.AST], theirs: set[str]) -> dict[str, str]:
    """Variables that hold what one of the learner's functions returned."""
    found = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            name = _name(node.value.func)
            if name in theirs:
                for target in node.targets:
                    found.update({n.id: name for n in ast.walk(target) if isinstance(n, ast.Name)})
    return found


def _is_answer(test: ast.expr, theirs: set[str], results: dict[str, str]) -> bool:
    """Whether what is asserted is the answer as it came, perhaps with `not` before it."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test = test.operand
    return (isinstance(test, ast.Call) and _name(test.func) in theirs) or _name(test) in results


def _mentions(node: ast.AST, theirs: set[str], results: dict[str, str]) -> bool:
    """Whether an answer is part of an expression."""
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return bool(_called(node, theirs) or names & set(results))


def _loose(call: ast.Call) -> bool:
    """Whether a comparison spreads one operand over the other: np.allclose, (a == b).all()."""
    name = ast.unparse(call.func)
    if name in ("np.allclose", "numpy.allclose", "torch.allclose"):
        return name != "torch.allclose"
    if name in ("np.all", "numpy.all", "all"):
        return bool(call.args) and isinstance(call.args[0], ast.Compare)
    method = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return method == "all" and isinstance(getattr(call.func, "value", None), ast.Compare)


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _can_fail(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert):
        return not _is_true(node.test)
    return isinstance(node, ast.Raise) or (
        isinstance(node, ast.Call) and kind_of_check(node) is not None
    )


def _hides(handler: ast.ExceptHandler) -> bool:
    """Whether a handler catches failed checks and does not raise again."""
    kinds = "" if handler.type is None else ast.unparse(handler.type)
    broad = not kinds or re.search(r"\b(?:Base)?Exception\b|\bAssertionError\b", kinds)
    return bool(broad) and not any(isinstance(n, ast.Raise) for n in ast.walk(handler))
