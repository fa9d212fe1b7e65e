"""What a worker does: a submission's bytes come in, a verdict goes out. It sees no gradebook.

Workers are Dask's: threads of the grader itself, processes beside it, or other machines. What a
lesson needs comes once to each of them, as a plugin; then each submission is one task, and each
feedback page another.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import platform
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from distributed import Worker, WorkerPlugin, get_worker
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import GetGrades
from traitlets.config import Config

from . import intake
from .boxes.executor import ExecuteInBoxes, fingerprint
from .boxes.pool import POOL, Grading
from .boxes.rooms import Findings, Work
from .boxes.sandbox import BoxFailed, NoSandbox
from .notebook import loads, nbformat, reread
from .reading import Refused

JOINING = 60.0  # seconds
UNRUN = "not run"  # in the place of a sandbox
_over: set[str] = set()  # plugins that were taken away here
MEASURED = ("convnet-course", "nbgrader", "numpy", "torch")  # packages a mark may depend on


@dataclass(frozen=True)
class Assignment:
    """All that workers are told about a lesson."""

    topic: str
    release: str  # the released notebook, as text
    locked: dict[str, str]  # the instructor's cells, hidden tests too, by nbgrader's id
    seed: int
    config: Config
    forbidden: tuple[Path, ...]  # what no box may be able to read
    without: bool = False  # no sandbox, as was asked for
    runs: bool = True  # false: another executor runs the cells, when nbgrader comes to them


@dataclass
class Verdict:
    """What a worker found out about one submission."""

    status: str  # "ready" or "refused"
    notes: list[str]
    clean: str = ""  # the notebook that was run, as text
    fingerprint: str = ""  # of the work that the findings belong to
    findings: Findings = field(default_factory=Findings)
    made: dict[str, Any] = field(default_factory=dict)  # with what, when, within which limits


class Boxes(WorkerPlugin):  # type: ignore[misc]
    """A worker's part in grading one assignment: its boxes stay warm from task to task."""

    ready = False

    def __init__(self, assignment: Assignment, spare: int = 0) -> None:
        """Keep the assignment; nothing is started yet. spare: threads of a worker without boxes."""
        self.assignment, self.spare = assignment, spare
        told = hashlib.sha256(repr(assignment).encode("utf-8", "replace")).hexdigest()
        self.name = f"autograde-{told}"  # others may grade on the same cluster

    def setup(self, worker: Worker) -> None:
        """Prepare on the worker; its boxes start while the first submissions are read."""
        _over.discard(self.name)
        self.lock, self.paging = threading.Lock(), threading.Lock()
        self.grading: Grading | None = None
        self.skeleton = loads(self.assignment.release)
        self.executor = ExecuteInBoxes(config=self.assignment.config)
        self.exporter = _exporter(self.assignment.config)
        rooms = max(1, worker.state.nthreads - self.spare)
        self.seats = threading.Semaphore(rooms)
        self.ready = True
        if self.assignment.runs:
            threading.Thread(target=self._warm_up, args=(rooms,), daemon=True).start()

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002  (the signature is Dask's)
        """End the boxes."""
        _over.add(self.name)
        with self.lock:
            self.ready = False
            if self.grading:
                POOL.leave(self.assignment.forbidden, without=self.assignment.without)
                self.grading = None

    def _warm_up(self, rooms: int) -> None:
        with suppress(NoSandbox, BoxFailed, OSError), self.lock:  # the first task tells
            if self.ready:
                work = self._work(loads(self.assignment.release))
                self._boxes().warm_up(rooms, torch=work.torch)

    def _boxes(self) -> Grading:
        """The boxes of this process; hold the lock. Raises NoSandbox where none works."""
        if not self.ready:
            raise RuntimeError("the run is over")
        if self.grading is None:
            known = self.assignment
            self.grading = POOL.join(known.forbidden, without=known.without)
        return self.grading

    def judge(self, content: bytes) -> Verdict:
        """Take the bytes in, run what they hold."""
        known = self.assignment
        try:
            text, notes = intake.clean(content, self.skeleton)
        except Refused as reason:
            return Verdict("refused", [str(reason)], made=made(known))
        if not known.runs:
            return Verdict("ready", notes, text, made=made(known))
        with self.lock:
            boxes = self._boxes()
        work = self._work(reread(text))
        with self.seats:
            start = time.monotonic()
            found = boxes.findings(work)
            seconds = time.monotonic() - start
        limits = {
            **found.limits,
            "cell_seconds": work.cell_seconds,
            "notebook_seconds": work.all_seconds,
            "call_seconds": work.call_seconds,
        }
        how = made(known, seconds, boxes.sandbox.name, limits)
        return Verdict("ready", notes, text, fingerprint(work), found, how)

    def _work(self, notebook: NotebookNode) -> Work:
        """The notebook with the instructor's locked cells, as nbgrader will hand it over."""
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if name in self.assignment.locked:
                cell.source = self.assignment.locked[name]
        return self.executor.work(notebook, self.skeleton, self.assignment.seed)

    def page(self, text: str, resources: dict[str, Any]) -> str:
        """The feedback page of an autograded notebook, in JSON, that holds its scores."""
        notebook = nbformat.from_dict(json.loads(text))
        with self.paging:  # nbconvert's parts keep what they work on in themselves
            html, _ = self.exporter.from_notebook_node(notebook, resources)
        return str(html)


def _exporter(config: Config) -> HTMLExporter:
    """What makes feedback pages, one after another: nbgrader's, with its steps."""
    converter = GenerateFeedback(coursedir=CourseDirectory(config=config), config=config)
    exporter: HTMLExporter = converter.exporter_class(parent=converter, config=converter.config)
    for step in converter.preprocessors:
        if step is not GetGrades:  # the gradebook is not here, and its scores are in the cells
            exporter.register_preprocessor(step)  # type: ignore[no-untyped-call]
    return exporter


def made(
    known: Assignment,
    seconds: float = 0.0,
    sandbox: str = UNRUN,
    limits: dict[str, float] | None = None,
) -> dict[str, Any]:
    """What each verdict carries: when and with what it was made, and within which limits.

    Work that no box has run has the limits of what is read.
    """
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 2),
        "seed": known.seed,
        "sandbox": sandbox,
        "versions": versions(),
        "limits": {"submission": intake.LARGEST, **(limits or {})},
    }


@functools.cache
def versions() -> dict[str, str]:
    """What the marks were made with."""
    found = {"python": platform.python_version()}
    for name in MEASURED:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "unknown"
    return found


def judge(name: str, content: bytes) -> Verdict:
    """The task of a submission; `name`: the plugin's."""
    return _here(name).judge(content)


def page(name: str, text: str, resources: dict[str, Any]) -> str:
    """The task of a feedback page."""
    return _here(name).page(text, resources)


def _here(name: str) -> Boxes:
    """This worker's plugin. A worker that joins late may get its first task before it is set up."""
    end = time.monotonic() + JOINING
    while time.monotonic() < end and name not in _over:
        found: Boxes | None = get_worker().plugins.get(name)
        if found is not None and found.ready:
            return found
        time.sleep(0.05)
    raise RuntimeError(f"the run is over, or the worker was not set up within {JOINING:.0f} s")
