"""The marks as a table, from nbgrader's gradebook and what grading noted."""

from __future__ import annotations

import csv
import io
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from nbgrader.api import Gradebook, MissingEntry

from .course import Course
from .grading import remembered
from .releasing import gradebook
from .whole import write_whole


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
            entries = remembered(course, assignment.name)
            for student in sorted(book.students, key=lambda s: str(s.id)):
                found.append(_mark(entries.get(student.id, {}), book, assignment.name, student.id))
    return found


def _mark(entry: dict[str, Any], book: Gradebook, assignment: str, student: str) -> Mark:
    try:
        submission = book.find_submission(assignment, student)
    except MissingEntry:
        highest = book.find_assignment(assignment).max_score
        return Mark(student, assignment, 0.0, highest, 0, 0, "not submitted", "")
    grades = [g for notebook in submission.notebooks for g in notebook.grades]
    penalty = submission.late_submission_penalty or 0.0
    return Mark(
        student,
        assignment,
        max(0.0, submission.score - penalty),
        submission.max_score,
        sum(bool(g.needs_manual_grade) for g in grades),
        int(submission.total_seconds_late),
        entry.get("status", "graded"),
        "; ".join(entry.get("notes", [])),
    )


def write(path: Path, marks: list[Mark]) -> None:
    """Write marks.csv. A text that a spreadsheet would take for a formula gets a quote in front."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([field.name for field in fields(Mark)])
    rows.writerows([_plain(value) for value in astuple(mark)] for mark in marks)
    write_whole(path, text.getvalue())


def _plain(value: object) -> object:
    if isinstance(value, float):
        return f"{value:g}"
    return "'" + value if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else value
