"""Run a clean submission: the one place where a learner's code is executed.

A submission goes in, the executed notebook comes out; what ran is marked by nbgrader's next
steps. Another executor takes this one's place in `c.Autograde.autograde_preprocessors`.

Here the code runs in an ordinary kernel with the rights of whoever grades. A kernel that dies, or
no longer answers, costs the cell that killed it: the rest is run again without that cell.
"""

from __future__ import annotations

import os
import queue
import re
import secrets
import time
from pathlib import Path
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute
from nbgrader.utils import is_grade, is_solution
from traitlets import Integer

from .notebook import nbformat
from .whole import write_whole

DIED = "KernelDied"
LATE = "OutOfTime"
TIMEOUT = "CellTimeoutError"  # nbgrader's name for a cell that was interrupted
NOTES = {
    DIED: "the kernel died in it",
    LATE: "not run, the time for the notebook was over",
    TIMEOUT: "stopped after its time limit",
}
_LEAVES = re.compile(r"^\s*(?:exit|quit)\b", re.MULTILINE)  # ends the kernel after the reply


def check_seed(root: Path, assignment: str) -> int:
    """The seed of the checks' cases: drawn once for an assignment, so that marks are comparable
    and a second grading gives the same mark."""
    path = root / "reports" / assignment / "seed.txt"
    if not path.is_file():
        write_whole(path, f"{secrets.randbelow(2**32)}\n")
    return int(path.read_text(encoding="ascii"))


class ExecuteForMarks(Execute):  # type: ignore[misc]
    """nbgrader's Execute, with the course's settings in the kernel and local deaths."""

    notebook_seconds = Integer(900, help="Seconds for all cells of a notebook").tag(config=True)
    restarts = Integer(3, help="How often a kernel that died is replaced").tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run every cell; afterwards each code cell has its outputs or says why it has none."""
        self.deadline = time.monotonic() + self.notebook_seconds
        self.culprits: set[int] = set()
        self.assignment = resources["nbgrader"]["assignment"]
        self.timeout_func = lambda _cell: max(1, min(self.timeout, self._seconds_left()))
        for _ in range(self.restarts + 1):
            self.done: list[int] = []
            self.now = 0
            try:
                super().preprocess(nb, resources, km)
                break
            except (DeadKernelError, CellTimeoutError):
                self.culprits.add(self._culprit(nb))
        else:
            for index in range(self.now, len(nb.cells)):
                fail(nb.cells[index], DIED)
        for cell in nb.cells:
            _keep_warnings_harmless(cell)
        return nb, resources

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run one cell, unless it killed a kernel before or the time is over."""
        if index in self.culprits:
            fail(cell, DIED)
            return cell, resources
        if self._seconds_left() <= 0:
            fail(cell, LATE)
            return cell, resources
        self.now = index
        cell, resources = super().preprocess_cell(cell, resources, index)
        if TIMEOUT in _errors(cell) and not self._answers():
            raise DeadKernelError("the kernel does not answer")
        if cell.cell_type == "code":
            self.done.append(index)
        return cell, resources

    def start_new_kernel(self, **kwargs: Any) -> None:
        """Start the kernel with the course's settings in its environment."""
        root = Path(self.config.CourseDirectory.root or ".")
        kwargs["env"] = {
            "OMP_NUM_THREADS": "1",  # threads that wait for each other cost more than they gain
            "OPENBLAS_NUM_THREADS": "1",  # where several programs compute at once
            **os.environ,
            "COURSE_PROGRESS": "off",
            "COURSE_CHECK_SEED": str(check_seed(root, self.assignment)),
        }
        super().start_new_kernel(**kwargs)

    def _seconds_left(self) -> float:
        return self.deadline - time.monotonic()

    def _culprit(self, nb: NotebookNode) -> int:
        """The cell the kernel died of: the one that ran, or one before it that said exit()."""
        if self.done and _LEAVES.search(nb.cells[self.done[-1]].source):
            return self.done[-1]
        return self.now

    def _answers(self) -> bool:
        """Whether an interrupted kernel came back: its late reply arrives."""
        try:
            run_sync(self.kc.get_shell_msg)(timeout=5)
        except queue.Empty:
            return False
        return True


def troubles(nb: NotebookNode) -> list[str]:
    """Which cells did not run to their end for another reason than an error in them."""
    found = []
    for number, cell in enumerate(nb.cells, start=1):
        name = cell.metadata.get("nbgrader", {}).get("grade_id") or f"number {number}"
        found += [f"cell {name}: {NOTES[error]}" for error in _errors(cell) if error in NOTES]
    return found


def _errors(cell: NotebookNode) -> list[str]:
    return [o.ename for o in cell.get("outputs", []) if o.output_type == "error"]


def fail(cell: NotebookNode, name: str) -> None:
    """Give a code cell an error output: a check without any output would count as passed."""
    if cell.cell_type == "code":
        text = f"{name}: {NOTES[name]}"
        error = nbformat.v4.new_output("error", ename=name, evalue=NOTES[name], traceback=[text])
        cell.outputs = [error]


def _keep_warnings_harmless(cell: NotebookNode) -> None:
    """nbgrader gives 0 points for any text on stderr; a warning is not a wrong answer."""
    if is_grade(cell) and not is_solution(cell):
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.name = "stdout"
