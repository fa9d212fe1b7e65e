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

NOT_SUBMITTED = "not submitted"


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
        status, notes = entry.get("status", NOT_SUBMITTED), "; ".join(entry.get("notes", []))
        return Mark(student, assignment, 0.0, highest, 0, 0, status, notes)
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


Row = list[object]


def canvas(course: Course, marks: list[Mark]) -> list[Row]:
    """The table that Canvas's gradebook imports: a column for each lesson, points in row two.

    `ID` is nbgrader's lms_user_id (`nbgrader db student add --lms-user-id`), SIS Login ID the
    student's id here: Canvas finds a student by either.
    """
    lessons = _lessons(marks)
    rows: list[Row] = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *lessons]]
    rows.append(["    Points Possible", "", "", "", "", *lessons.values()])
    for person, scores in _people(course, marks):
        name = ", ".join(n for n in (person["last_name"], person["first_name"]) if n)
        who = [name or person["id"], person["lms_user_id"], "", person["id"], ""]
        rows.append([*who, *(scores.get(lesson, "") for lesson in lessons)])
    return rows


def moodle(course: Course, marks: list[Mark]) -> list[Row]:
    """A table for Moodle's Grades, Import, CSV file: map users by Username, ID number or e-mail.

    `ID number` is nbgrader's lms_user_id. Each lesson has a column, out of the points in its name.
    """
    lessons = _lessons(marks)
    titles = [f"{lesson} (of {points:g})" for lesson, points in lessons.items()]
    who = ["Username", "ID number", "Email address", "First name", "Last name"]
    rows: list[Row] = [[*who, *titles]]
    for person, scores in _people(course, marks):
        known = [person[key] for key in ("id", "lms_user_id", "email", "first_name", "last_name")]
        rows.append([*known, *(scores.get(lesson, "") for lesson in lessons)])
    return rows


def _lessons(marks: list[Mark]) -> dict[str, float]:
    """The lessons in order, and the points of each."""
    return {mark.lesson: mark.max_score for mark in marks}


def _people(course: Course, marks: list[Mark]) -> list[tuple[dict[str, str], dict[str, float]]]:
    """Each student as the gradebook has them, and their scores; none for what is missing."""
    keys = ("id", "first_name", "last_name", "email", "lms_user_id")
    with gradebook(course) as book:
        people = [{key: getattr(s, key) or "" for key in keys} for s in book.students]
    scores: dict[str, dict[str, float]] = {}
    for mark in marks:
        if mark.status != NOT_SUBMITTED:
            scores.setdefault(mark.student, {})[mark.lesson] = mark.score
    return [(p, scores.get(p["id"], {})) for p in sorted(people, key=lambda p: p["id"])]


LAYOUTS = {"canvas": canvas, "moodle": moodle}


def write(path: Path, marks: list[Mark]) -> None:
    """Write marks.csv."""
    write_rows(path, [[field.name for field in fields(Mark)], *map(list, map(astuple, marks))])


def write_rows(path: Path, rows: list[Row]) -> None:
    """Write a table. A text that a spreadsheet would take for a formula gets a quote in front."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([_plain(v) for v in row] for row in rows)
    write_whole(path, text.getvalue())


def _plain(value: object) -> object:
    if isinstance(value, float):
        return f"{value:g}"
    return "'" + value if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") else value
