"""Grade a folder of submissions, end to end: intake, nbgrader's autograde, feedback, marks.

Each student is graded by a call of its own, so that one submission never stops the class.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbgrader.apps.api import NbGraderAPI
from traitlets.config import Config

from . import intake
from .ahead import CLEAN, Ahead
from .boxes.executor import ExecuteInBoxes, Grading, forbidden
from .boxes.sandbox import NoSandbox
from .course import Course, CourseError, LessonName
from .execute import troubles
from .intake import Received
from .notebook import loads
from .releasing import gradebook, interface, reason, release

UNBOXED = "graded without a sandbox"
GRADED, HUMAN, MISSING, REFUSED = "graded", "needs a human", "missing", "refused"


@dataclass
class Outcome:
    """What became of one student's submission."""

    student: str
    status: str
    notes: list[str] = field(default_factory=list)


def grade(
    course: Course,
    lesson: LessonName,
    *,
    submissions: Path | None = None,
    students: list[str] | None = None,
    due: str | None = None,
    late: str | None = None,
    sandbox: bool = True,
    jobs: int = 1,
    resume: bool = False,
    tell: Callable[[str], None] = print,
) -> list[Outcome]:
    """Grade everyone in the folder (default: autograde/submitted), or the named students.

    jobs: how many submissions run at a time. resume: leave out those that an earlier run of the
    same bytes finished. sandbox: without it strangers' code has the grader's rights.
    """
    release(course, lesson, due)
    found = intake.find(submissions or course.grading / "submitted", lesson.assignment)
    unknown = sorted(set(students or []) - {s.student for s in found})
    if unknown:
        raise CourseError(f"no submission of {', '.join(unknown)}")
    if not found:
        raise CourseError(f"{submissions}: no submissions found")
    api = interface(course, _settings(late))
    chosen = [s for s in found if not students or s.student in students]
    with _boxes(course, sandbox) as boxes:
        ahead = Ahead(course, lesson, boxes, jobs)
        done = remembered(course, lesson.assignment) if resume else {}
        outcomes: list[Outcome] = []
        if done:
            chosen, outcomes = _left_over(ahead, chosen, done)
            tell(f"{len(outcomes)} were graded before, {len(chosen)} are left")
        for ready in ahead.each(chosen):
            if ready.run:
                wait([ready.run])  # what went wrong shows again when nbgrader asks
            outcome = _grade_one(course, lesson, api, ready.received)
            if not sandbox and ready.received.status == "ready":
                outcome.notes.append(UNBOXED)
            kept = course.grading / "autograded" / outcome.student / lesson.assignment
            _remember(course, lesson, outcome, ready.digest if kept.is_dir() else "")
            tell(f"{outcome.student}: {outcome.status}" + "".join(f"; {n}" for n in outcome.notes))
            outcomes.append(outcome)
    return outcomes


def _left_over(
    ahead: Ahead, chosen: list[intake.Submission], done: dict[str, dict[str, Any]]
) -> tuple[list[intake.Submission], list[Outcome]]:
    """Which submissions an earlier run has not finished, and what became of the others."""
    left, outcomes = [], []
    for submission in chosen:
        entry = done.get(submission.student, {})
        ready = ahead.clean(submission).status == "ready" if entry.get("digest") else False
        if ready and ahead.digest(submission.student) == entry["digest"]:
            outcomes.append(Outcome(submission.student, entry["status"], list(entry["notes"])))
        else:
            left.append(submission)
    return left, outcomes


@contextmanager
def _boxes(course: Course, sandbox: bool) -> Iterator[Grading]:
    """The boxes for one run."""
    try:
        grading = Grading(forbidden(course.grading), without=not sandbox)
    except NoSandbox as error:
        raise CourseError(str(error)) from None
    ExecuteInBoxes.grading = grading
    try:
        yield grading
    finally:
        ExecuteInBoxes.grading = None
        grading.close()


def _settings(late: str | None) -> Config:
    config = Config()
    config.CourseDirectory.submitted_directory = CLEAN
    if late:
        config.LateSubmissionPlugin.penalty_method = late
    return config


def _grade_one(course: Course, lesson: LessonName, api: NbGraderAPI, received: Received) -> Outcome:
    """Autograde one clean submission and make its feedback; whatever goes wrong is its own."""
    outcome = Outcome(received.student, received.status, received.notes)
    if received.status != "ready":
        _no_points(course, lesson, received.student)
        return outcome
    result = api.autograde(lesson.assignment, received.student, force=True)
    if not result["success"]:
        _no_points(course, lesson, received.student)
        outcome.status = HUMAN
        outcome.notes.append(reason(result))
        return outcome
    folder = course.grading / "autograded" / received.student / lesson.assignment
    text = (folder / f"{lesson.topic}.ipynb").read_text(encoding="utf-8")
    found = troubles(loads(text))
    outcome.status = HUMAN if found else GRADED
    outcome.notes += found
    page = api.generate_feedback(lesson.assignment, received.student, force=True)
    if not page["success"]:
        outcome.notes.append(f"no feedback page: {reason(page)}")
    return outcome


def _no_points(course: Course, lesson: LessonName, student: str) -> None:
    """Enter a submission without points; a mark given by hand stays."""
    for step in ("autograded", "feedback"):
        shutil.rmtree(course.grading / step / student / lesson.assignment, ignore_errors=True)
    with gradebook(course) as book:
        book.update_or_create_student(student)
        book.update_or_create_submission(lesson.assignment, student)
        for notebook in book.find_submission(lesson.assignment, student).notebooks:
            for entry in notebook.grades:
                entry.auto_score = 0
                entry.needs_manual_grade = entry.manual_score is not None
        book.db.commit()


def feedback(course: Course, lesson: LessonName, students: list[str] | None = None) -> list[str]:
    """Make the feedback pages again, with the marks given by hand; the students' names."""
    api = interface(course, _settings(None))
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


def remembered(course: Course, assignment: str) -> dict[str, dict[str, Any]]:
    """What became of each submission when it was last graded, by student."""
    path = course.reports / assignment / "outcomes.json"
    try:
        found: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def _remember(course: Course, lesson: LessonName, outcome: Outcome, digest: str = "") -> None:
    path = course.reports / lesson.assignment / "outcomes.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    entry = {"status": outcome.status, "notes": outcome.notes, "digest": digest}
    text = json.dumps({**remembered(course, lesson.assignment), outcome.student: entry}, indent=1)
    new = path.with_suffix(".new")
    with new.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
