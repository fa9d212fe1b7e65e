"""The vocabulary of cell markers, and the one table that says what each means to nbgrader.

A marker is a line `# %%` or `# %% [markdown]`, then key="value" pairs. Nothing else is read:
a typo must never turn a check into an ordinary cell without anybody seeing it.
"""

from __future__ import annotations

import difflib
import math
import re
from dataclasses import dataclass, field
from typing import Any, Literal

CellType = Literal["code", "markdown"]

SLIDES = ("slide", "subslide", "fragment", "skip", "notes", "-")
AUDIENCES = ("lecture", "notebook")
SCHEMA_VERSION = 3  # of nbgrader's cell metadata
SOLUTION = "-solution"  # suffix of a solution cell's nbgrader id; its check has the plain id
RAISES = "raises-exception"  # Jupyter's tag: "Run all" goes on after an error in this cell


@dataclass(frozen=True)
class Role:
    """What a kind of cell is: its cell types, whether it carries points, nbgrader's flags."""

    types: tuple[CellType, ...]
    points: bool
    grade: bool = False
    solution: bool = False
    locked: bool = False
    task: bool = False


ROLES: dict[str, Role] = {
    "solve": Role(("code",), points=False, solution=True),
    "test": Role(("code",), points=True, grade=True, locked=True),
    "answer": Role(("markdown",), points=True, grade=True, solution=True),
    "task": Role(("markdown",), points=True, locked=True, task=True),
    "lock": Role(("code", "markdown"), points=False, locked=True),
}
KEYS = (*ROLES, "points", "slide", "only")

_MARKER = re.compile(r"# %%(?P<markdown> \[markdown\])?(?P<options>(?: [^ ].*)?)")
_OPTION = re.compile(r" +(?P<key>[^\s=]+)=(?P<value>\"[^\"]*\"|[^\s\"]+)(?=\s|$)")
_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


@dataclass(frozen=True)
class Marker:
    """One cell's marker. `role` is a key of ROLES, or empty for an ordinary cell."""

    type: CellType
    role: str = ""
    id: str = ""
    points: float | None = None
    slide: str = ""
    only: str = ""
    problems: tuple[str, ...] = field(default=(), compare=False)

    @property
    def grade_id(self) -> str:
        """The id nbgrader knows the cell by."""
        return self.id + SOLUTION if self.role == "solve" else self.id

    @property
    def metadata(self) -> dict[str, Any]:
        """The cell's notebook metadata."""
        found: dict[str, Any] = {}
        if self.role:
            role = ROLES[self.role]
            found["nbgrader"] = {
                "schema_version": SCHEMA_VERSION,
                "grade": role.grade,
                "solution": role.solution,
                "locked": role.locked,
                "task": role.task,
                "grade_id": self.grade_id,
            }
            if role.points:
                found["nbgrader"]["points"] = self.points
        if self.role in ("solve", "test"):
            found["tags"] = [RAISES]
        if self.slide:
            found["slideshow"] = {"slide_type": self.slide}
        if self.only:
            found["course"] = {"only": self.only}
        return found

    def __str__(self) -> str:
        """The marker as a line of the source."""
        words = ["# %%"] + ["[markdown]"] * (self.type == "markdown")
        if self.role:
            words.append(f'{self.role}="{self.id}"')
        if self.points is not None:
            words.append(f"points={self.points:g}")
        words += [f'slide="{self.slide}"'] * bool(self.slide)
        words += [f'only="{self.only}"'] * bool(self.only)
        return " ".join(words)


def is_marker(line: str) -> bool:
    """Whether a line opens a cell, or looks as if it were meant to."""
    return re.match(r"#\s*%%", line) is not None


def parse(line: str) -> Marker:
    """Read a marker line; what is wrong with it is collected in `problems`."""
    match = _MARKER.fullmatch(line.rstrip())
    if match is None:
        return Marker("code", problems=(f"not a cell marker: {line.strip()!r}",))
    kind: CellType = "markdown" if match["markdown"] else "code"
    options, problems = _options(match["options"])
    roles = [key for key in options if key in ROLES]
    if len(roles) > 1:
        problems.append(f"a cell is one of {', '.join(roles)}, not several")
    role = roles[0] if roles else ""
    points = options.get("points")
    marker = Marker(
        kind,
        role,
        str(options.get(role, "")),
        points if isinstance(points, (int, float)) else None,
        str(options.get("slide", "")),
        str(options.get("only", "")),
    )
    problems += check(marker) if not problems else []
    return Marker(**{**marker.__dict__, "problems": tuple(problems)})


def _options(text: str) -> tuple[dict[str, str | float], list[str]]:
    """The key=value pairs of a marker line, and what is wrong with them."""
    options: dict[str, str | float] = {}
    problems = []
    end = 0
    for match in _OPTION.finditer(text):
        if text[end : match.start()].strip():
            break
        end = match.end()
        key, value = match["key"], match["value"]
        if key not in KEYS:
            near = difflib.get_close_matches(key, KEYS, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(KEYS)}"
            problems.append(f"unknown marker key {key!r}; {hint}")
        elif key in options:
            problems.append(f"{key!r} is given twice")
        elif key == "points":
            try:
                options[key] = float(value)
            except ValueError:
                problems.append(f"points={value}: write a plain number, as in points=4")
        elif not value.startswith('"'):
            problems.append(f'{key}={value}: write it in double quotes, {key}="{value}"')
        else:
            options[key] = value[1:-1]
    if text[end:].strip():
        problems.append(f'cannot read {text[end:].strip()!r}; write key="value" after the marker')
    return options, problems


def check(marker: Marker) -> list[str]:
    """What is wrong with a marker that could be read."""
    problems = []
    role = ROLES.get(marker.role)
    if role is None:
        if marker.points is not None:
            problems.append("points without test, answer or task")
    else:
        if marker.type not in role.types:
            problems.append(f"{marker.role}= belongs in a {role.types[0]} cell")
        if not _ID.fullmatch(marker.id):
            problems.append(
                f'{marker.role}="{marker.id}": an id is a letter, then letters, digits, _ or -'
            )
        elif marker.role in ("solve", "test") and not marker.id.isidentifier():
            problems.append(f'{marker.role}="{marker.id}": the id is the name of a Python function')
        if role.points and marker.points is None:
            problems.append(f'{marker.role}="{marker.id}" needs points=N')
        elif role.points and not (marker.points and 0 < marker.points < math.inf):
            problems.append(f"points={marker.points:g}: points are greater than 0")
        elif not role.points and marker.points is not None:
            problems.append(f"a {marker.role} cell carries no points; its check or answer does")
        if marker.only:
            problems.append(f'only="{marker.only}" cannot be said of a {marker.role} cell')
    if marker.slide and marker.slide not in SLIDES:
        problems.append(f'slide="{marker.slide}"; there are: {", ".join(SLIDES)}')
    if marker.only and marker.only not in AUDIENCES:
        problems.append(f'only="{marker.only}"; there are: {", ".join(AUDIENCES)}')
    return problems
