"""Read a lesson's source: cells in jupytext's percent format, with the line each began at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from . import markers
from .course import CourseError
from .markers import Marker


@dataclass(frozen=True)
class Cell:
    """One cell: its marker, its text, the line of its marker, and the source lines as they are."""

    marker: Marker
    text: str
    line: int
    raw: str

    @property
    def first_line(self) -> int:
        """The line of the file on which the text begins."""
        body = self.raw.split("\n")[1:]
        return self.line + 1 + next((i for i, line in enumerate(body) if line.strip()), 0)


@dataclass(frozen=True)
class Problem:
    """What is wrong, and in which line."""

    line: int
    text: str


class LessonError(CourseError):
    """All that is wrong with the lessons read, one line each: file:line: what."""

    def __init__(self, complaints: list[str]) -> None:
        """Keep the lines."""
        super().__init__("\n".join(complaints))
        self.complaints = complaints

    @classmethod
    def of(cls, path: Path | str, problems: list[Problem]) -> LessonError:
        """The error for one file."""
        return cls([f"{path}:{p.line}: {p.text}" for p in sorted(problems, key=lambda p: p.line)])


def read_text(path: Path) -> str:
    """A source file's text; a file that is not UTF-8 is named."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise LessonError([f"{path}:1: not UTF-8 text ({error.reason})"]) from None


def split(text: str) -> tuple[list[Cell], list[Problem]]:
    """Cut a source into cells. Joining the `raw` of the cells gives the text back."""
    lines = text.splitlines(keepends=True)
    starts = [i for i, line in enumerate(lines) if markers.is_marker(line)]
    problems = _head(lines[: starts[0]] if starts else lines)
    if not starts:
        return [], [*problems, Problem(1, "no cell found; a lesson begins with # %% [markdown]")]
    if "\r" in text:
        problems.append(Problem(1, "Windows line ends; save the file with Unix ones"))
    cells = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        marker = markers.parse(lines[start])
        problems += [Problem(start + 1, problem) for problem in marker.problems]
        body = lines[start + 1 : end]
        if marker.type == "markdown":
            cell_text, found = _markdown(body, start + 2)
            problems += found
        else:
            cell_text = "".join(body)
        raw = "".join(lines[start:end])
        cells.append(Cell(marker, cell_text.strip("\n"), start + 1, raw))
    return cells, problems


def _head(lines: list[str]) -> list[Problem]:
    """Nothing but blank lines may stand before the first cell."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            what = "a header" if line.startswith("# ---") else "text"
            return [Problem(number, f"{what} before the first cell marker; begin with # %%")]
    return []


def _markdown(body: list[str], first: int) -> tuple[str, list[Problem]]:
    """The text of a markdown cell: every line is a comment."""
    found, problems = [], []
    while body and not body[-1].strip():
        body = body[:-1]
    for number, line in enumerate(body, start=first):
        line = line.rstrip("\n")
        if line.startswith("# ") or line == "#":
            found.append(line[2:])
        else:
            problems.append(Problem(number, f"a markdown line begins with '# ': {line.strip()!r}"))
    return "\n".join(found), problems


def write_cell(marker: Marker, text: str) -> str:
    """The source lines of a cell, one blank line after it."""
    lines = text.split("\n") if text else []
    if marker.type == "markdown":
        lines = [f"# {line}" if line.strip() else "#" for line in lines]
    return "\n".join([str(marker), *lines, "", ""])


_MAGIC = re.compile(r"\s*(?:#\s*)?(?:%{1,2}[A-Za-z]|![A-Za-z.\"'])")


def magics(cell: Cell) -> list[Problem]:
    """Notebook magics, plain or commented out: a lesson is a plain Python script."""
    return [
        Problem(number, f"a notebook magic: {line.strip()!r}; a lesson runs as a plain script")
        for number, line in enumerate(cell.text.split("\n"), start=cell.first_line)
        if _MAGIC.match(line)
    ]
