"""What a check cell does with arguments after the call: read off its source, before it runs.

An expected value that is computed from an argument after the call is the learner's to choose: they
write zeros into the argument, and return zeros.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

WRITE, MARK, LEAVE = "write", "mark", "leave"
CHECKS = ("check", "assert_", "raises")  # how the names of functions that check begin
COMPARED = ("allclose", "isclose", "array_equal", "array_equiv", "equal", "all", "any")
ASKS = ("len", "id", "type", "isinstance", "print", "shares_memory", "may_share_memory")
SIZES = ("shape", "dtype", "ndim", "size")
SAME = ("T", "mT", "real", "imag", "data")  # attributes that share the array's numbers
VIEWS = (
    *("reshape", "ravel", "view", "transpose", "swapaxes", "squeeze", "asarray", "from_numpy"),
    *("numpy", "detach", "zip", "enumerate", "list", "tuple", "reversed", "items", "values"),
    *("dict", "get", "pop"),
)
FILLS = ("append", "extend", "insert", "add", "update", "setdefault", "appendleft")
UNREADABLE = ("eval", "exec", "globals", "locals", "vars")
ASKED_OF_NETWORKS = ("eval", "forward", "gradients", "load_state_dict", "train")
TAKE_FUNCTIONS = ("check", "judge", "raises", "assert_raises")
WAIVER = re.compile(r"#\s*lint:\s*ok\s+(\w+)\s+\S")
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass
class Uses:
    """`late`: expressions that compute an expected value after the call, with the function's name.

    `looks`: an argument itself is compared. `unseen`: a call stands where this cannot follow.
    `lasting`: an argument is a variable of another cell. `given`: all that may have changed.
    """

    late: list[tuple[ast.expr, str]] = field(default_factory=list)
    looks: bool = False
    unseen: bool = False
    lasting: bool = False
    given: set[str] = field(default_factory=set)


def uses(tree: ast.Module, theirs: set[str]) -> Uses:
    """What a cell does with the arguments it gives to the learner's functions."""
    reader = _Reader(theirs)
    for statement in tree.body:
        reader.visit(statement)
    reader.uses.unseen |= bool(reader.free & reader.uses.given)
    return reader.uses


def way(source: str, theirs: Iterable[str], later: Iterable[str] = ()) -> str:
    """What to do with arguments that the learner's functions changed, in a check cell.

    WRITE: put what they became into the check's own objects, as Python would. MARK: only make
    visible that they changed, where calls stand that cannot be followed. LEAVE: keep them as they
    were, where an expected value is computed from them, here or in the cells that come `later`,
    and nothing asks whether they changed.
    """
    try:
        found = uses(ast.parse(source), set(theirs))
        kept = any(found.given & outside(ast.parse(text)) for text in later)
    except (SyntaxError, RecursionError):
        return MARK
    lines = source.split("\n")
    late = any(not waives(lines[node.lineno - 1], "after") for node, _ in found.late)
    if found.unseen or ((late or kept or found.lasting) and found.looks):
        return MARK
    return LEAVE if late or kept or found.lasting else WRITE


def outside(tree: ast.Module) -> set[str]:
    """The variables that a cell reads before it gives them a value."""
    places: dict[int, tuple[int, int, ast.Name]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            places.setdefault(id(node), (node.lineno, node.col_offset, node))
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for name in (n for target in targets for n in ast.walk(target)):
                if isinstance(name, ast.Name):  # has its value when the statement ends
                    places[id(name)] = (node.end_lineno or 0, node.end_col_offset or 0, name)
    names = [name for *_, name in sorted(places.values(), key=lambda place: place[:2])]
    first = {name.id: name for name in reversed(names)}
    grown = {id(n.target) for n in ast.walk(tree) if isinstance(n, ast.AugAssign)}
    return {i for i, n in first.items() if isinstance(n.ctx, ast.Load) or id(n) in grown}


def waives(line: str, code: str) -> bool:
    """Whether a line says, with a reason, that a rule does not concern it."""
    found = WAIVER.search(line)
    return found is not None and found[1] == code


def last(node: ast.expr) -> str:
    """The last word of a dotted name: `array_equal` of `np.array_equal`."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def kind_of_check(call: ast.Call) -> str | None:
    """How a call checks: "check" (of course.checks), "assert_" (NumPy's, unittest's), or None."""
    return next((kind for kind in CHECKS if last(call.func).startswith(kind)), None)


class _Reader:
    """Walks through a cell in the order in which it runs; loops twice."""

    def __init__(self, theirs: set[str]) -> None:
        self.theirs, self.uses = theirs, Uses()
        self.answers: dict[str, str] = {}  # variable: the function that it comes from
        self.touched: dict[str, str] = {}  # variable: the function that was given it
        self.around: dict[str, str] = {}  # the same for what such a variable is a part of
        self.within: dict[str, set[str]] = {}  # variable: what it is a part of
        self.after: set[int] = set()  # names read after they were touched
        self.aside: set[int] = set()  # names of which only the size is asked
        self.plain: set[int] = set()  # functions of theirs that are called, or given to a check
        self.inner = 0  # functions of the cell that this stands in
        self.free: set[str] = set()  # variables of the cell that such functions read
        self.bound: set[str] = set()  # variables of this cell
        self.foreign: set[str] = set()  # those that hold a part of who knows what

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, ast.For | ast.AsyncFor | ast.While):
            self.loop(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            read = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            self.free |= read - {a.arg for a in ast.walk(node) if isinstance(a, ast.arg)}
            self.inner += 1
            self.children(node)
            self.inner -= 1
            self.forget(getattr(node, "name", ""))
        elif isinstance(node, COMPREHENSIONS):
            for part in node.generators:
                self.visit(part.iter)
                self.bind(part.target, part.iter, loop=True)
            self.children(node)
        else:
            if isinstance(node, ast.Attribute) and node.attr in SIZES:
                self.aside.add(id(node.value))
            if isinstance(node, ast.Call):
                word = last(node.func)
                self.plain |= {id(node.func), *(id(a) for a in node.args if word in TAKE_FUNCTIONS)}
                self.aside |= {id(n) for n in ast.walk(node)} if word in ASKS else set()
            if isinstance(node, ast.Attribute):
                self.plain.add(id(node.value))
            if isinstance(node, ast.Assert) and node.msg:
                self.aside |= {id(n) for n in ast.walk(node.msg)}
            self.children(node)
            self.leave(node)

    def children(self, node: ast.AST) -> None:
        for child in ast.iter_child_nodes(node):
            self.visit(child)

    def loop(self, node: ast.For | ast.AsyncFor | ast.While) -> None:
        self.visit(node.test if isinstance(node, ast.While) else node.iter)
        for _ in range(2):  # the second round finds what the first one touched
            if not isinstance(node, ast.While):
                self.bind(node.target, node.iter, loop=True)
            for statement in node.body:
                self.visit(statement)
        for statement in node.orelse:
            self.visit(statement)

    def leave(self, node: ast.AST) -> None:
        """All parts of a node were computed: now it is."""
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            self.uses.unseen |= node.id in self.theirs and id(node) not in self.plain
            self.uses.unseen |= node.id in UNREADABLE
            given = node.id in self.touched or node.id in self.around
            if given and id(node) not in self.aside and node.id not in self.answers:
                self.after.add(id(node))
        elif isinstance(node, ast.Call):
            self.call(node)
        elif isinstance(node, ast.BinOp):
            if self.answer(node):
                self.computed(node)
        elif isinstance(node, ast.Compare):
            if not all(isinstance(op, ast.Is | ast.IsNot) for op in node.ops):
                self.comparison(node, [node.left, *node.comparators])
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self.bind(target, node.value)
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value:
            self.bind(node.target, node.value)
        elif isinstance(node, ast.AugAssign):
            self.fill(node.target, node.value)
        elif isinstance(node, ast.Match):
            self.uses.unseen = True

    def call(self, node: ast.Call) -> None:
        name, word = self.learners(node), last(node.func)
        given = [*node.args, *(k.value for k in node.keywords)]
        if name:
            self.uses.unseen |= self.inner > 0
            for argument in given:
                for variable in self.parts(argument):
                    self.touch(variable, name)
                self.after -= {id(n) for n in ast.walk(argument)}
        elif kind_of_check(node) or word in COMPARED:
            own = [node.func.value] if isinstance(node.func, ast.Attribute) else []
            self.comparison(node, [*own, *given])
        elif word not in ASKS:
            self.computed(node)
            if word in FILLS and isinstance(node.func, ast.Attribute):
                for argument in given:
                    self.fill(node.func.value, argument)

    def computed(self, node: ast.expr) -> None:
        """A call or a sum: does it join an answer and an argument, or several arguments?"""
        late = self.late(node)
        several = isinstance(node, ast.Call) and last(node.func) not in VIEWS
        if late and (self.answer(node) or (several and self.count(node) > 1)):
            self.uses.late.append((node, late))

    def count(self, node: ast.AST) -> int:
        return len({getattr(n, "id", "") for n in ast.walk(node) if id(n) in self.after})

    def comparison(self, node: ast.expr, operands: list[ast.expr]) -> None:
        bare = [v for o in operands for v in self.parts(o, quiet=True)]
        given = [self.touched[v] for v in bare if v in self.touched and v not in self.answers]
        late = self.late(node) or "".join(given[:1])
        both = len(operands) > 1 and all(self.late(o) for o in operands)
        if late and (both or self.answer(node)):
            self.uses.late.append((node, late))
        elif late:
            self.uses.looks = True

    def late(self, node: ast.AST) -> str:
        """The function that was given what is read in a node afterwards."""
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and id(inner) in self.after:
                return self.touched.get(inner.id) or self.around.get(inner.id, "")
        return ""

    def answer(self, node: ast.AST) -> str:
        """The function that an answer in a node comes from."""
        for inner in ast.walk(node):
            if isinstance(inner, ast.Call) and (name := self.learners(inner)):
                return name
            if isinstance(inner, ast.Name) and inner.id in self.answers:
                return self.answers[inner.id]
        return ""

    def learners(self, call: ast.Call) -> str:
        """The name of the learner's function that is called, or that gave what is called."""
        func = call.func
        while not isinstance(func, ast.Name):
            if isinstance(func, ast.Call):
                func = func.func
            elif isinstance(func, ast.Attribute) and func.attr in ASKED_OF_NETWORKS:
                func = func.value
            else:
                return ""
        return func.id if func.id in self.theirs else self.answers.get(func.id, "")

    def parts(self, node: ast.expr, quiet: bool = False) -> Iterator[str]:
        """The variables whose own objects an expression holds."""
        if isinstance(node, ast.Name):
            if id(node) not in self.aside:
                yield node.id
        elif isinstance(node, ast.Starred):
            yield from self.parts(node.value, quiet)
        elif isinstance(node, ast.List | ast.Tuple | ast.Set):
            for element in node.elts:
                yield from self.parts(element, quiet)
        elif isinstance(node, ast.Dict):
            for value in node.values:
                yield from self.parts(value, quiet)
        elif isinstance(node, ast.Subscript):
            named = isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
            self.uses.unseen |= named and not quiet
            yield from () if named else self.parts(node.value, quiet)
        elif isinstance(node, ast.Attribute) and node.attr not in SIZES:
            self.uses.unseen |= node.attr not in SAME and not quiet
            yield from self.parts(node.value, quiet) if node.attr in SAME else ()
        elif isinstance(node, ast.Call) and last(node.func) in VIEWS:
            if isinstance(node.func, ast.Attribute):
                yield from self.parts(node.func.value, quiet)
            for argument in (*node.args, *(k.value for k in node.keywords)):
                yield from self.parts(argument, quiet)
        elif isinstance(node, ast.IfExp):
            yield from (*self.parts(node.body, quiet), *self.parts(node.orelse, quiet))
        elif isinstance(node, ast.NamedExpr):
            yield from (node.target.id, *self.parts(node.value, quiet))

    def touch(self, variable: str, name: str) -> None:
        """A function was given a variable: it may have changed what is in it, or what it is in."""
        self.touched[variable] = name
        self.known(variable)
        todo = [variable]
        while todo:
            for outer in self.within.get(todo.pop(), ()):
                if outer not in self.around:
                    self.around[outer] = name
                    self.known(outer)
                    todo.append(outer)
        todo = [variable]
        while todo:
            whole = todo.pop()
            for part in [p for p, outer in self.within.items() if whole in outer]:
                if part not in self.touched:
                    self.touched[part] = name
                    self.known(part)
                    todo.append(part)

    def known(self, variable: str) -> None:
        self.uses.given.add(variable)
        self.uses.lasting |= variable not in self.bound or variable in self.foreign

    def bind(self, target: ast.expr, value: ast.expr, loop: bool = False) -> None:
        """A variable has a new value."""
        if (
            isinstance(target, ast.Tuple)
            and isinstance(value, ast.Tuple)
            and len(target.elts) == len(value.elts)
            and not loop
        ):
            for one, its in zip(target.elts, value.elts, strict=True):
                self.bind(one, its)
            return
        if isinstance(target, ast.Subscript | ast.Attribute):
            self.fill(target, value)
            return
        answer, late = self.answer(value), "" if loop else self._strongly(value)
        parts = set(self.parts(value, quiet=True))
        for node in ast.walk(target):
            if isinstance(node, ast.Name):
                self.forget(node.id)
                self.bound.add(node.id)
                if isinstance(value, ast.Attribute | ast.Subscript) and not parts:
                    self.foreign.add(node.id)
                if answer:
                    self.answers[node.id] = answer
                elif late:
                    self.touched[node.id] = late
                if parts - {node.id} and not answer:
                    self.within[node.id] = parts - {node.id}

    def fill(self, target: ast.expr, value: ast.expr) -> None:
        """A value is put into what a variable holds already."""
        answer, late = self.answer(value), self._strongly(value)
        while isinstance(target, ast.Subscript | ast.Attribute):
            target = target.value
        for variable in self.parts(target, quiet=True):
            if late and variable in self.answers:
                self.uses.late.append((value, late))
            if answer:
                self.answers[variable] = answer
            elif late:
                self.touched[variable] = late
            self.within.setdefault(variable, set()).update(self.parts(value, quiet=True))

    def _strongly(self, value: ast.expr) -> str:
        names = [n for n in ast.walk(value) if isinstance(n, ast.Name) and id(n) in self.after]
        return next((self.touched[n.id] for n in names if n.id in self.touched), "")

    def forget(self, name: str) -> None:
        self.foreign.discard(name)
        for known in (self.answers, self.touched, self.around, self.within):
            known.pop(name, None)
