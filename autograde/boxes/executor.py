"""nbgrader's step that runs a submission, with the two boxes in place of a kernel."""

from __future__ import annotations

import ast
import functools
import hashlib
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_locked, is_solution

from ..execute import DIED, LATE, NOTES, TIMEOUT, ExecuteForMarks, check_seed, fail
from ..notebook import loads, nbformat
from ..parsing import parse
from .frameworks import FRAMEWORK, asks_for
from .pool import Grading, forbidden
from .rooms import Findings, Work

BROKEN = "CheckBroken"
NOTES[BROKEN] = "this locked cell fails beside the checks, look at the lesson"
CALL = 60.0  # seconds that a call of a checked function may take, if a cell may
AWAY = (
    "(This cell of the lesson was not run to its end: PyTorch and the reference are away while "
    "grading.)\n"
)


class Delivered:
    """Findings that a worker made, for nbgrader to ask for; one at a time."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.ready: dict[str, Findings] = {}

    def put(self, name: str, found: Findings) -> None:
        """Keep them for when nbgrader asks for the work with this fingerprint."""
        self.ready = {name: found}

    def findings(self, work: Work) -> Findings:
        """What came of a submission."""
        try:
            return self.ready.pop(fingerprint(work))
        except KeyError:
            raise RuntimeError(
                "the cells that ran are not those that nbgrader marks: have the workers another "
                "version of the course?"
            ) from None


def fingerprint(work: Work) -> str:
    """The same for the same work."""
    return hashlib.sha256(repr(work).encode("utf-8", "replace")).hexdigest()


class ExecuteInBoxes(ExecuteForMarks):
    """Run the learner's cells in one box and the checks in another."""

    grading: Grading | Delivered | None = None  # set for a run; made where nobody did

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run every cell; afterwards each code cell has its outputs or says why it has none."""
        del km
        root = Path(self.config.CourseDirectory.root or ".")
        assignment = resources["nbgrader"]["assignment"]
        release = root / "release" / assignment / f"{resources['nbgrader']['notebook']}.ipynb"
        given = _release(release.read_text(encoding="utf-8"))
        work = self.work(nb, given, check_seed(root, assignment))
        shared = ExecuteInBoxes.grading
        if shared is None:
            shared = ExecuteInBoxes.grading = Grading(forbidden(root))
        enter(nb, shared.findings(work))
        _leave_out_what_needs_the_reference(nb, {c.source for c in given.cells if _is_code(c)})
        return nb, resources

    def work(self, nb: NotebookNode, given: NotebookNode, seed: int) -> Work:
        """The notebook as work for a room; `given`: the release.

        PyTorch is there where an exercise or a check asks for it. That a lesson compares with it
        elsewhere, or imports it in its first cell, is no leave to answer with it.
        """
        asked = [c.source for c in given.cells if _is_code(c) and is_solution(c)]
        asked += [c.source for c in nb.cells if _is_code(c) and kind_of(c) == "check"]
        seconds = float(self.timeout or 180)
        return Work(
            cells=tuple((kind_of(c), c.source, _title(c)) for c in nb.cells if _is_code(c)),
            names=tuple(names_of(given)),
            seed=str(seed),
            cell_seconds=seconds,
            call_seconds=min(CALL, seconds),
            all_seconds=float(self.notebook_seconds),
            torch=asks_for(FRAMEWORK, asked, [c.source for c in given.cells if is_locked(c)]),
        )


@functools.lru_cache(maxsize=4)
def _release(text: str) -> NotebookNode:
    """The released notebook; the same for a class, and only read."""
    return loads(text)


def _is_code(cell: NotebookNode) -> bool:
    return bool(cell.cell_type == "code")


def _title(cell: NotebookNode) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id") or "cell")


def kind_of(cell: NotebookNode) -> str:
    """Where a code cell runs."""
    if is_grade(cell) and not is_solution(cell):
        return "check"
    return "locked" if is_locked(cell) and not is_solution(cell) else "run"


def names_of(release: NotebookNode) -> list[str]:
    """What the instructor's own solution cells define: all that a check may take from a learner."""
    found: list[str] = []
    for cell in release.cells:
        if _is_code(cell) and is_solution(cell):
            found += _bound(cell.source)
    return sorted(set(found))


def _bound(source: str) -> list[str]:
    """The names that a source binds at its top level."""
    try:
        body = parse(source).body
    except SyntaxError:
        return []
    found = []
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found += [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
    return found


def enter(nb: NotebookNode, found: Findings) -> None:
    """Write the findings into the notebook's cells; as in a kernel, empty cells do not count."""
    count = 0
    for number, cell in enumerate(c for c in nb.cells if _is_code(c)):
        cell.outputs = [_node(output, number) for output in found.outputs.get(number, [])]
        if number in found.died:
            fail(cell, DIED)
        elif number in found.late:
            fail(cell, TIMEOUT)
        elif number in found.broken:
            fail(cell, BROKEN)
        elif number in found.unrun or (kind_of(cell) == "check" and number not in found.outputs):
            fail(cell, LATE)
        count += bool(cell.source.strip())
        cell.execution_count = count if cell.source.strip() else None
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = count


def _leave_out_what_needs_the_reference(nb: NotebookNode, given: set[str]) -> None:
    """The lesson's own cells that fail without the reference say so, instead of an error."""
    for cell in nb.cells:
        if _is_code(cell) and kind_of(cell) == "run" and cell.source in given:
            names = [o.ename for o in cell.outputs if o.output_type == "error"]
            if names and not is_solution(cell) and names[0] not in NOTES:
                cell.outputs = [_node({"type": "stream", "name": "stdout", "text": AWAY}, 0)]


def _node(output: dict[str, Any], number: int) -> Any:
    """An output as nbformat has it; the notebook is validated when it is whole."""
    kind = output["type"]
    told: dict[str, Any]
    if kind == "stream":
        name = "stderr" if output["name"] == "stderr" else "stdout"
        told = {"name": name, "text": _written(output["text"])}
    elif kind == "error":
        told = {"ename": _written(output["name"]), "evalue": _written(output["value"])}
        told["traceback"] = [_written(line) for line in output["traceback"]]
    else:
        data = {name: _written(text) for name, text in output["data"].items()}
        told = {"metadata": {}, "data": data}
        if kind == "execute_result":
            told["execution_count"] = number
    return nbformat.from_dict({"output_type": kind, **told})


def _written(text: str) -> str:
    """Text that can be written as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")
