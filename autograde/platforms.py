"""The marks of one lesson in the columns that Canvas and Moodle import.

Canvas looks at the order of its first columns and finds a student by any of the three ids; an
assignment it knows is named "Title (4711)", as in its own export. Moodle takes any columns and asks
which is which; it refuses a file in which one student is unknown to it.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from .course import CourseError
from .marks import Mark, Part, Row, write_rows

# platform: what a student's id may be there -> the column for it; the first is the default
IDS: dict[str, dict[str, str]] = {
    "canvas": {"login": "SIS Login ID", "sis": "SIS User ID", "id": "ID"},
    "moodle": {"username": "Username", "idnumber": "ID number", "email": "Email address"},
}
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")  # this order is asked for


def rows_for(
    platform: str,
    marks: list[Mark],
    parts: dict[str, list[Part]],
    *,
    ids: str = "",
    column: str = "",
) -> list[Row]:
    """The table: a header, and a row for everybody whose work was graded.

    ids: what the students' ids are, one of IDS[platform]. column: the assignment's name there,
    default the lesson's. Who handed in nothing, or was refused, has no row: a zero is for a person
    to give.
    """
    known = IDS[platform]
    if ids and ids not in known:
        raise CourseError(f"{platform} knows no ids {ids!r}; there are: {', '.join(known)}")
    place = known[ids or next(iter(known))]
    marked = with_a_mark(marks, parts)
    if not marked:
        raise CourseError(f"{marks[0].lesson if marks else 'this lesson'}: nobody is graded yet")
    title = column or marked[0].lesson
    if platform == "canvas":
        return _canvas(marked, place, title)
    return _moodle(marked, place, title, parts)


def with_a_mark(marks: list[Mark], parts: dict[str, list[Part]]) -> list[Mark]:
    """Without those whose work was not graded, unless a hand gave them points."""
    return [mark for mark in marks if mark.student in parts or mark.score > 0]


def _canvas(marks: list[Mark], place: str, title: str) -> list[Row]:
    rows: list[Row] = [
        (*CANVAS, title),
        ("    Points Possible", "", "", "", "", marks[0].max_score),
    ]
    for mark in marks:
        known = {"Student": mark.student, place: mark.student}
        rows.append((*(known.get(name, "") for name in CANVAS), mark.score))
    return rows


def _moodle(marks: list[Mark], place: str, title: str, parts: dict[str, list[Part]]) -> list[Row]:
    rows: list[Row] = [(place, title, f"Feedback for {title}")]
    for mark in marks:
        rows.append((mark.student, mark.score, in_words(parts.get(mark.student, []))))
    return rows


def in_words(parts: list[Part]) -> str:
    """A student's marks in a line, exercise by exercise."""
    return "; ".join(
        f"{part.name}: waits for a mark"
        if part.pending
        else f"{part.name}: {part.score:g} of {part.max_score:g}"
        for part in parts
    )


def write(path: Path, rows: Sequence[Row]) -> None:
    """Write the table with every cell quoted."""
    write_rows(path, rows, csv.QUOTE_ALL)
