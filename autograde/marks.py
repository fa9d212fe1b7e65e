"""The marks as tables, from nbgrader's gradebook and what grading noted."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from nbgrader.api import Assignment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
from sqlalchemy.orm import selectinload

from .course import Course, CourseError, LessonName
from .notebook import loads
from .outcomes import remembered
from .releasing import gradebook
from .whole import write_whole

Row = Sequence[object]

NOT_SUBMITTED = "not submitted"
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")  # the wide signs count as well


@dataclass(frozen=True)
class Mark:
    """One line of marks.csv. `score` is after the penalty; cells waiting for a hand count 0."""

    student: str
    lesson: str
    score: float
    max_score: float
    hand_marks_pending: int
    late_seconds: int
    status: str
    note: str


def collect(course: Course, assignments: list[str] | None = None) -> list[Mark]:
    """The marks of every student in every released lesson, or in the named ones."""
    found = []
    with gradebook(course) as book:
        for assignment in sorted(book.assignments, key=lambda a: str(a.name)):
            if assignments and assignment.name not in assignments:
                continue
            entries, handed_in = (
                remembered(course, assignment.name),
                _handed_in(book, assignment.name),
            )
            for name in sorted(str(student.id) for student in book.students):
                found.append(_mark(entries.get(name, {}), handed_in.get(name), assignment, name))
    return found


def _handed_in(book: Gradebook, assignment: str) -> dict[str, SubmittedAssignment]:
    """Each student's submission with its grades: a few statements for a class, not for each."""
    grades = selectinload(SubmittedAssignment.notebooks).selectinload(SubmittedNotebook.grades)
    query = book.db.query(SubmittedAssignment).join(SubmittedAssignment.assignment)
    found = query.filter(Assignment.name == assignment).options(grades.selectinload(Grade.cell))
    return {str(submission.student_id): submission for submission in found}


@dataclass(frozen=True)
class Part:
    """What a student has in one exercise; `pending` where it waits for a hand.

    `blank`: an answer for a hand to mark that was handed in as it was handed out.
    """

    name: str
    score: float
    max_score: float
    pending: bool
    blank: bool = False


def graded_notebook(course: Course, lesson: LessonName, student: str) -> Path:
    """Where nbgrader keeps what was run."""
    folder = course.grading / "autograded" / student / lesson.assignment
    return folder / f"{lesson.topic}.ipynb"


def parts(course: Course, lesson: LessonName) -> dict[str, list[Part]]:
    """What everybody whose work was graded has in each exercise, in the lesson's order."""
    path = course.released_notebook(lesson)
    if not path.is_file():
        raise CourseError(
            f"{lesson.assignment}: not released, so there are no marks; "
            f"run python -m autograde grade {lesson.number}"
        )
    flags = [c.metadata.get("nbgrader", {}) for c in loads(path.read_text(encoding="utf-8")).cells]
    place = {about.get("grade_id"): number for number, about in enumerate(flags)}
    by_hand = {f["grade_id"] for f in flags if f.get("task") or (f.get("grade") and f["solution"])}
    found: dict[str, list[Part]] = {}
    with gradebook(course) as book:
        handed_in = _handed_in(book, lesson.assignment)
        for student, submission in handed_in.items():
            if not graded_notebook(course, lesson, student).is_file():
                continue  # refused, or lost on the way
            grades = [g for notebook in submission.notebooks for g in notebook.grades]
            found[student] = [
                Part(
                    g.name,
                    g.score or 0.0,
                    g.max_score,
                    bool(g.needs_manual_grade),
                    g.name in by_hand and not g.needs_manual_grade and g.manual_score is None,
                )
                for g in sorted(grades, key=lambda g: place.get(g.name, len(place)))
            ]
    return found


def _mark(
    entry: dict[str, Any],
    submission: SubmittedAssignment | None,
    assignment: Assignment,
    student: str,
) -> Mark:
    name, notes = str(assignment.name), "; ".join(entry.get("notes", []))
    if submission is None:
        status = entry.get("status", NOT_SUBMITTED)
        return Mark(student, name, 0.0, assignment.max_score, 0, 0, status, notes)
    grades = [g for notebook in submission.notebooks for g in notebook.grades]
    penalty = submission.late_submission_penalty or 0.0
    return Mark(
        student,
        name,
        max(0.0, submission.score - penalty),
        submission.max_score,
        sum(bool(g.needs_manual_grade) for g in grades),
        int(submission.total_seconds_late),
        entry.get("status", "graded"),
        notes,
    )


def write(path: Path, marks: list[Mark]) -> None:
    """Write marks.csv."""
    write_rows(path, [[field.name for field in fields(Mark)], *map(astuple, marks)])


def write_rows(path: Path, rows: Sequence[Row], quoting: Literal[0, 1] = csv.QUOTE_MINIMAL) -> None:
    """Write a table as UTF-8. A text that a spreadsheet would compute gets a quote in front."""
    text = io.StringIO(newline="")
    table = csv.writer(text, quoting=quoting, lineterminator="\n")
    table.writerows([plain(value) for value in row] for row in rows)
    write_whole(path, text.getvalue())


def plain(value: object) -> object:
    """A value as a table holds it: numbers short, no text that a spreadsheet would compute."""
    if isinstance(value, float):
        return f"{value:g}"
    return "'" + value if isinstance(value, str) and _FORMULA.match(value) else value
