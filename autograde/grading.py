"""Grade a folder of submissions, end to end: intake, nbgrader's autograde, feedback, marks.

Workers run the submissions and make the pages (`worker`); this process alone writes: nbgrader's
gradebook and files, one submission after another, and what became of each of them.
"""

from __future__ import annotations

import builtins
import hashlib
import json
import shutil
from asyncio import CancelledError
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy.exc
from distributed import Client, Future, wait
from distributed.scheduler import KilledWorker
from nbconvert.exporters import HTMLExporter
from nbgrader.api import MissingEntry, TaskCell
from nbgrader.preprocessors import GetGrades
from tqdm import tqdm
from traitlets.config import Config

from . import intake, worker
from .boxes.executor import Delivered, ExecuteInBoxes
from .boxes.pool import forbidden
from .boxes.sandbox import BoxFailed, NoSandbox
from .cluster import workers
from .course import Course, CourseError, LessonName
from .execute import check_seed, troubles
from .guards import WAITING, Stop, Trouble, alone, stoppable, wait_for
from .intake import Packet, Received, Submission
from .jobs import SPARE, enough
from .notebook import reread
from .outcomes import GRADED, HUMAN, UNBOXED, UNFINISHED, Memory, Outcome
from .releasing import gradebook, interface, opened_once, reason, release
from .settings import load_config

CLEAN = "reports/intake"  # where the clean copies lie, below autograde/


def grade(
    course: Course,
    lesson: LessonName,
    *,
    submissions: Path | None = None,
    students: list[str] | None = None,
    due: str | None = None,
    late: str | None = None,
    sandbox: bool = True,
    jobs: int | None = 1,
    cluster: object = None,
    resume: bool = False,
    tell: Callable[[str], None] = print,
) -> list[Outcome]:
    """Grade everyone in the folder (default: autograde/submitted), or the named students.

    jobs: how many submissions run at a time; None: what this machine can do. cluster: the address
    of a Dask scheduler, or Dask's cluster object, whose workers are taken instead. resume: leave
    out those that an earlier run of the same bytes finished. sandbox: without it strangers' code
    has the grader's rights.
    """
    with alone(course), stoppable() as stop:
        wait_for(course, tell)
        release(course, lesson, due)
        found = intake.find(submissions or course.grading / "submitted", lesson.assignment)
        unknown = sorted(set(students or []) - {s.student for s in found})
        if unknown:
            raise CourseError(f"no submission of {', '.join(unknown)}")
        if not found:
            raise CourseError(f"{submissions}: no submissions found")
        chosen = [s for s in found if not students or s.student in students]
        run = _Run(course, lesson, submissions, late, sandbox, stop, tell)
        if resume:
            chosen = run.left_over(chosen)
        with workers(jobs or enough(len(chosen)), cluster) as client, opened_once():
            run.all(chosen, client, spare=0 if cluster else SPARE)
        return sorted(run.outcomes, key=lambda outcome: outcome.student)


class _Run:
    """The submissions of one run, on their way from bytes to marks and pages."""

    def __init__(
        self,
        course: Course,
        lesson: LessonName,
        submissions: Path | None,
        late: str | None,
        sandbox: bool,
        stop: Stop,
        tell: Callable[[str], None],
    ) -> None:
        self.course, self.lesson, self.sandbox = course, lesson, sandbox
        self.stop, self.tell = stop, tell
        self.outcomes: list[Outcome] = []
        self.failures = 0
        self.book = Memory(course, lesson.assignment)
        self.delivered = Delivered()
        self.api = interface(course, _settings(late))
        self.assignment, self.tasks = _told(course, lesson, submissions, sandbox)
        self.checks = hashlib.sha256(
            repr(
                (
                    self.assignment.release,
                    sorted(self.assignment.locked.items()),
                    self.assignment.seed,
                )
            ).encode()
        ).digest()

    def left_over(self, chosen: list[Submission]) -> list[Submission]:
        """Those that no earlier run finished; what became of the others is kept."""
        done, left = self.book.read(), []
        for submission in chosen:
            entry = done.get(submission.student, {})
            packet = None
            if entry.get("digest") and self._is_whole(submission.student):
                _, packet = intake.receive(submission, self.lesson.topic)
            if packet and self._digest(packet) == entry["digest"]:
                self.outcomes.append(
                    Outcome(submission.student, entry["status"], list(entry["notes"]))
                )
            else:
                left.append(submission)
        if self.outcomes:
            self.tell(f"{len(self.outcomes)} were graded before, {len(left)} are left")
        return left

    def _is_whole(self, student: str) -> bool:
        """Whether all that grading makes of a submission is there."""
        paths = [
            self.course.grading / step / student / self.lesson.assignment / self.lesson.topic
            for step in ("autograded", "feedback")
        ]
        with gradebook(self.course) as book:
            try:
                book.find_submission(self.lesson.assignment, student)
            except MissingEntry:
                return False
        return all(
            p.with_suffix(s).is_file() for p, s in zip(paths, (".ipynb", ".html"), strict=True)
        )

    def _digest(self, packet: Packet) -> str:
        """The same for the same bytes, the same checks and the same seed."""
        small = repr(sorted(packet.small.items())).encode()
        parts = (hashlib.sha256(packet.content).digest(), small, self.checks)
        return hashlib.sha256(b"".join(parts)).hexdigest()

    def all(self, chosen: list[Submission], client: Client, spare: int) -> None:
        """Run them on the client's workers, a few more at a time than these can take."""
        self.client, boxes = client, worker.Boxes(self.assignment, spare)
        self.boxes = boxes.name
        client.register_plugin(boxes)
        waiting = deque(chosen)
        self.running: dict[Future, Callable[[Future], Outcome | None]] = {}
        ExecuteInBoxes.grading = self.delivered
        self.book.fold()
        try:
            with tqdm(total=len(chosen), unit="submission", disable=None, smoothing=0.05) as bar:
                while waiting or self.running:
                    self.stop.look(len(self.outcomes), len(waiting) + len(self.running))
                    while waiting and len(self.running) < 2 * self._width() + 1:
                        self._finish(self._begin(waiting.popleft()), bar)
                    for future in self._done():
                        self._finish(self.running.pop(future)(future), bar)
        finally:
            ExecuteInBoxes.grading = None
            client.cancel(list(self.running))
            with suppress(Exception):  # where the cluster is gone its boxes are as well
                client.unregister_worker_plugin(self.boxes)
        self.book.fold()

    def _width(self) -> int:
        threads: dict[str, int] = self.client.nthreads()
        return max(1, sum(threads.values()))

    def _done(self) -> list[Future]:
        """The tasks that are done, after a moment at the latest."""
        if not self.running:
            return []
        try:
            return list(wait(list(self.running), 0.5, return_when="FIRST_COMPLETED").done)
        except TimeoutError:
            return []

    def _finish(self, outcome: Outcome | None, bar: Any) -> None:
        """Tell of a submission that needs nothing more."""
        if outcome is None:
            return
        self.outcomes.append(outcome)
        with bar.external_write_mode():
            notes = "".join(f"; {note}" for note in outcome.notes)
            self.tell(f"{outcome.student}: {outcome.status}{notes}")
        self.failures += outcome.status != GRADED
        bar.set_postfix(to_look_at=self.failures, refresh=False)
        bar.update()

    def _begin(self, submission: Submission) -> Outcome | None:
        """Read one submission and hand it to a worker."""
        received, packet = intake.receive(submission, self.lesson.topic)
        if packet is None:
            return self._without_points(Outcome(received.student, received.status, received.notes))
        future = self.client.submit(worker.judge, self.boxes, packet.content, pure=False)
        self.running[future] = lambda done: self._judged(received, packet, done)
        return None

    def _judged(self, received: Received, packet: Packet, future: Future) -> Outcome | None:
        """Enter a verdict: nbgrader's own files and rows; then ask a worker for the page."""
        outcome = Outcome(received.student, HUMAN, received.notes)
        try:
            verdict = _result(future)
        except _Lost as error:  # nothing is known about the work: an earlier mark stays
            outcome.notes.append(f"not graded, --resume tries again: {error}")
            return self._noted(outcome)
        outcome.notes += verdict.notes
        if verdict.status != "ready":
            outcome.status = verdict.status
            return self._without_points(outcome, verdict.made)
        if not self.sandbox:
            outcome.notes.append(UNBOXED)
        self._start_writing(outcome.student, verdict.made)
        name, topic = self.lesson.assignment, self.lesson.topic
        if self.tasks and not self._folder("autograded", outcome.student).is_dir():
            self._open_tasks(outcome.student)
        intake.put(verdict.clean, packet.small, self._folder(CLEAN, outcome.student), topic)

        def enter() -> dict[str, Any]:
            self.delivered.put(verdict.fingerprint, verdict.findings)
            found: dict[str, Any] = self.api.autograde(name, outcome.student, force=True)
            return found

        result = self._unlocked(enter)
        if not result["success"]:
            _blame(result)
            outcome.notes.append(reason(result))
            return self._without_points(outcome, verdict.made)
        path = self._folder("autograded", outcome.student) / f"{topic}.ipynb"
        graded = reread(path.read_text(encoding="utf-8"))
        found = troubles(graded)
        outcome.status = HUMAN if found else GRADED
        outcome.notes += found
        names = {"student": outcome.student, "assignment": name, "notebook": topic}
        resources: dict[str, Any] = {
            "nbgrader": {**names, "db_url": self.api.coursedir.db_url},
            "unique_key": topic,
            "output_files_dir": f"{topic}_files",
            "metadata": {"name": topic},
        }
        scored, resources = GetGrades(config=self.api.config).preprocess(graded, resources)
        del resources["nbgrader"]["db_url"]
        text = json.dumps(scored)
        task = self.client.submit(worker.page, self.boxes, text, resources, pure=False, priority=1)
        entry = {"digest": self._digest(packet), **verdict.made}
        self.running[task] = lambda done: self._paged(outcome, entry, done)
        return None

    def _paged(self, outcome: Outcome, entry: dict[str, Any], future: Future) -> Outcome:
        """Write the feedback page, and note that the submission is done."""
        try:
            ReadyPage.html = _result(future)
        except _Lost as error:
            outcome.status = HUMAN
            outcome.notes.append(f"no feedback page, --resume tries again: {error}")
            return self._noted(outcome, {**entry, "digest": ""})
        name = self.lesson.assignment
        result = self._unlocked(
            lambda: self.api.generate_feedback(name, outcome.student, force=True)
        )
        if not result["success"]:
            _blame(result)
            outcome.status = HUMAN
            outcome.notes.append(f"no feedback page: {reason(result)}")
            entry = {**entry, "digest": ""}
        return self._noted(outcome, entry)

    def _noted(self, outcome: Outcome, entry: dict[str, Any] | None = None) -> Outcome:
        """Note what became of a submission, and with what, when and within which limits."""
        self.book.note(outcome, {**worker.made(self.assignment), **(entry or {})})
        return outcome

    def _unlocked(self, call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """What nbgrader's call comes to when no other program holds the gradebook meanwhile."""
        while True:
            result = call()
            said = f"{result.get('error', '')}{result.get('log', '')}"
            if result["success"] or "database is locked" not in said:
                return result
            self.tell(WAITING)
            wait_for(self.course, lambda _: None)

    def _open_tasks(self, student: str) -> None:
        """Let the tasks of an earlier submission without points wait for a mark by hand again."""
        with gradebook(self.course) as book, suppress(MissingEntry):
            name, topic = self.lesson.assignment, self.lesson.topic
            for grade in book.find_submission_notebook(topic, name, student).grades:
                if isinstance(grade.cell, TaskCell) and grade.manual_score is None:
                    grade.auto_score, grade.needs_manual_grade = None, True
            book.db.commit()

    def _without_points(self, outcome: Outcome, made: dict[str, Any] | None = None) -> Outcome:
        """Enter a submission without points; a mark given by hand stays."""
        self._start_writing(outcome.student, made)
        for step in ("autograded", "feedback", CLEAN):
            shutil.rmtree(self._folder(step, outcome.student), ignore_errors=True)
        with gradebook(self.course) as book:
            book.update_or_create_student(outcome.student)
            book.update_or_create_submission(self.lesson.assignment, outcome.student)
            found = book.find_submission(self.lesson.assignment, outcome.student)
            for notebook in found.notebooks:
                for entry in notebook.grades:
                    entry.auto_score = 0
                    entry.needs_manual_grade = entry.manual_score is not None
            book.db.commit()
        return self._noted(outcome, made)

    def _start_writing(self, student: str, made: dict[str, Any] | None) -> None:
        """From now on what is there of a student belongs to no finished run."""
        wait_for(self.course, self.tell)
        self._noted(Outcome(student, UNFINISHED), made)

    def _folder(self, step: str, student: str) -> Path:
        return self.course.grading / step / student / self.lesson.assignment


class _Lost(Exception):
    """A worker or a box ended under a submission, or failed in a way that nobody foresaw."""


def _result(future: Future) -> Any:
    """What a task returned. Raises Trouble for the machine's faults, _Lost for a lost task."""
    try:
        return future.result()
    except NoSandbox as error:
        raise CourseError(str(error)) from None
    except KilledWorker:
        raise _Lost("its worker was ended, time and again") from None
    except BoxFailed as error:
        raise _Lost(str(error)) from None
    except (OSError, MemoryError) as error:
        said = str(error) or repr(error)
        raise Trouble(f"a worker cannot go on: {said}; put that right, then --resume") from None
    except (Exception, CancelledError) as error:
        raise _Lost(f"{type(error).__name__}: {str(error)[:200]}") from None


def _told(
    course: Course, lesson: LessonName, submissions: Path | None, sandbox: bool
) -> tuple[worker.Assignment, bool]:
    """What workers are told about a lesson; and whether it has tasks that people mark."""
    path = course.released_notebook(lesson)
    config = load_config(course)
    steps = config.Autograde.get("autograde_preprocessors", [])
    with gradebook(course) as book:
        notebook = book.find_notebook(lesson.topic, lesson.assignment)
        locked = {c.name: c.source for c in notebook.source_cells if c.locked}
        tasks = bool(notebook.task_cells)
    told = worker.Assignment(
        topic=lesson.topic,
        release=path.read_text(encoding="utf-8"),
        locked=locked,
        seed=check_seed(course.grading, lesson.assignment),
        config=config,
        forbidden=tuple(forbidden(course.grading, submissions)),
        without=not sandbox,
        runs=any(isinstance(s, type) and issubclass(s, ExecuteInBoxes) for s in steps),
    )
    return told, tasks


class ReadyPage(HTMLExporter):
    """In place of nbgrader's exporter: the page that a worker made."""

    html = ""

    def from_filename(  # type: ignore[override]  # text, as HTMLExporter returns it
        self, filename: str, resources: dict[str, Any] | None = None, **_: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page, whatever the file."""
        del filename
        return ReadyPage.html, {**(resources or {}), "output_extension": ".html"}


def _settings(late: str | None, *, ready: bool = True) -> Config:
    config = Config()
    config.CourseDirectory.submitted_directory = CLEAN
    if ready:
        config.GenerateFeedback.exporter_class = ReadyPage
        config.GenerateFeedback.preprocessors = []
    if late:
        config.LateSubmissionPlugin.penalty_method = late
    return config


def _blame(result: dict[str, Any]) -> None:
    """Raise Trouble where nbgrader failed for a reason that is not the notebook's."""
    said = f"{result.get('error', '')}\n{result.get('log', '')}"
    for line in said.splitlines():
        name = line.removeprefix("[ERROR] ").partition(":")[0].strip().rpartition(".")[2]
        kind = getattr(builtins, name, None) or getattr(sqlalchemy.exc, name, None)
        machine = (OSError, MemoryError, KeyboardInterrupt, sqlalchemy.exc.SQLAlchemyError)
        if isinstance(kind, type) and issubclass(kind, machine):
            raise Trouble(
                f"autograde/ or its gradebook.db cannot be written: {line.strip()[:300]}\n"
                "Nothing was entered for this submission. Put that right, then go on with --resume"
            )


def feedback(course: Course, lesson: LessonName, students: list[str] | None = None) -> list[str]:
    """Make the feedback pages again, with the marks given by hand; the students' names."""
    api = interface(course, _settings(None, ready=False))
    folder = course.grading / "autograded"
    graded = sorted(p.parent.name for p in folder.glob(f"*/{lesson.assignment}"))
    chosen = [name for name in graded if not students or name in students]
    if not chosen:
        raise CourseError(f"{lesson.assignment}: nobody is graded yet")
    complaints = []
    for student in chosen:
        result = api.generate_feedback(lesson.assignment, student, force=True)
        if not result["success"]:
            complaints.append(f"{student}: no feedback page: {reason(result)}")
    if complaints:
        raise CourseError("\n".join(complaints))
    return chosen
