"""What became of each submission: the statuses, and a run's memory of them on the disk."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import Any

from .course import Course
from .whole import write_whole

UNBOXED = "graded without a sandbox"
GRADED, HUMAN, UNFINISHED = "graded", "needs a human", "unfinished"


@dataclass
class Outcome:
    """What became of one student's submission."""

    student: str
    status: str
    notes: list[str] = field(default_factory=list)


class Memory:
    """What became of each submission: a file, and a line for each change since it was written."""

    def __init__(self, course: Course, assignment: str) -> None:
        """Of the runs of one assignment."""
        self.path = course.reports / assignment / "outcomes.json"
        self.lines = self.path.with_suffix(".jsonl")

    def read(self) -> dict[str, dict[str, Any]]:
        """The last entry of each student."""
        found: dict[str, dict[str, Any]] = {}
        if self.path.is_file():
            found = json.loads(self.path.read_text(encoding="utf-8"))
        if self.lines.is_file():
            for line in self.lines.read_text(encoding="utf-8").splitlines():
                try:
                    found.update(json.loads(line))
                except ValueError:  # a run was cut short while it wrote this line
                    continue
        return found

    def fold(self) -> None:
        """Take the lines into the file."""
        if self.lines.is_file():
            write_whole(self.path, json.dumps(self.read(), indent=1))
            self.lines.unlink()

    def note(self, outcome: Outcome, entry: dict[str, Any] | None = None) -> None:
        """Add an entry; it is on the disk when this returns."""
        told = {"status": outcome.status, "notes": outcome.notes, "digest": "", **(entry or {})}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.lines.open("a", encoding="utf-8") as file:
            file.write(json.dumps({outcome.student: told}) + "\n")
            file.flush()
            os.fsync(file.fileno())


def remembered(course: Course, assignment: str) -> dict[str, dict[str, Any]]:
    """What became of each submission when it was last graded, by student."""
    return Memory(course, assignment).read()
