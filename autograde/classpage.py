"""One page about a class and a lesson: scores, exercises, mistakes, time, and what needs a look.

The page is a single file that runs nothing and fetches nothing. Names stand in the list of what
needs a look and nowhere else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from statistics import mean, median, quantiles

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .course import Course, CourseError, LessonName
from .diagnoses import NOT_WRITTEN, Diagnosis, diagnosis
from .marks import NOT_SUBMITTED, Mark, Part, collect, graded_notebook, parts
from .notebook import reread
from .outcomes import GRADED, UNBOXED, remembered
from .whole import write_whole

BINS = 12  # at most so many columns in the figure
WIDTHS = (1, 2, 5, 10, 20, 25, 50, 100)  # points in a column
SHOWN = 8  # so many mistakes are listed

Diagnoses = dict[str, dict[str, Diagnosis]]  # student -> exercise -> what its check said


@dataclass(frozen=True)
class Column:
    """One column of the figure: how many scores lie in it."""

    label: str
    count: int
    height: float  # percent of the highest
    median: bool


@dataclass
class Row:
    """How one exercise went: how many have all its points, some, none, or wrote nothing."""

    name: str
    points: float
    full: int = 0
    part: int = 0
    none: int = 0
    blank: int = 0
    waiting: int = 0
    scores: list[float] = field(default_factory=list)

    @property
    def marked(self) -> int:
        """How many have a mark."""
        return len(self.scores)

    @property
    def mean(self) -> float:
        """The mean score as a share of the points."""
        return mean(self.scores) / self.points if self.scores and self.points else 0.0

    def add(self, part: Part, said: Diagnosis | None) -> None:
        """Count one student's mark."""
        if part.pending:
            self.waiting += 1
            return
        self.scores.append(part.score)
        if part.score >= part.max_score:
            self.full += 1
        elif part.score > 0:
            self.part += 1
        elif part.blank or (said and said.cause == NOT_WRITTEN):
            self.blank += 1
        else:
            self.none += 1


@dataclass(frozen=True)
class Mistake:
    """A kind of mistake in an exercise, and how many made it."""

    count: int
    exercise: str
    says: str


def write(
    course: Course,
    lesson: LessonName,
    path: Path | None = None,
    marks: list[Mark] | None = None,
) -> Path:
    """Write the page; default: reports/LESSON/class.html, where nothing is handed out from.

    marks: those of the lesson, where they were collected before.
    """
    given = parts(course, lesson)
    if marks is None:
        marks = collect(course, [lesson.assignment])
    if all(mark.status == NOT_SUBMITTED for mark in marks):
        raise CourseError(
            f"{lesson.assignment}: nobody is graded yet; "
            f"run python -m autograde grade {lesson.number}"
        )
    said = {student: _diagnoses(course, lesson, student) for student in given}
    path = path or course.reports / lesson.assignment / "class.html"
    write_whole(path, _page(course, lesson, marks, given, said))
    return path


def _diagnoses(course: Course, lesson: LessonName, student: str) -> dict[str, Diagnosis]:
    """What the checks said to a student whose notebook was run."""
    found = {}
    notebook = reread(graded_notebook(course, lesson, student).read_text(encoding="utf-8"))
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and about.get("grade") and not about.get("solution"):
            said = diagnosis(about["grade_id"], cell)
            if said:
                found[about["grade_id"]] = said
    return found


def _page(
    course: Course,
    lesson: LessonName,
    marks: list[Mark],
    given: dict[str, list[Part]],
    said: Diagnoses,
) -> str:
    scores = [mark.score for mark in marks if mark.student in given]
    highest = marks[0].max_score
    entries = remembered(course, lesson.assignment)
    taken = [e["seconds"] for name, e in entries.items() if name in given and e.get("seconds")]
    absent = sum(mark.status == NOT_SUBMITTED for mark in marks)
    rows, kinds = exercises(given, said), mistakes(said)
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["seconds"] = in_minutes
    return environment.get_template("classpage.html").render(
        lesson=lesson.assignment,
        made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        ran=len(given),
        came=len(marks) - absent,
        absent=absent,
        late=sum(mark.late_seconds > 0 for mark in marks),
        unboxed=any(UNBOXED in mark.note for mark in marks),
        looks=[m for m in marks if m.status not in (GRADED, NOT_SUBMITTED)],
        highest=highest,
        median=median(scores) if scores else 0.0,
        quarters=quantiles(scores, n=4, method="inclusive") if len(scores) > 1 else [],
        columns=histogram(scores, highest),
        waiting=sum(any(part.pending for part in of) for of in given.values()),
        rows=rows,
        hardest=min((row for row in rows if row.marked), key=lambda row: row.mean, default=None),
        mistakes=kinds[:SHOWN],
        others=kinds[SHOWN:],
        total=sum(taken),
        middle=median(taken) if taken else 0.0,
        slowest=max(taken, default=0.0),
    )


def histogram(scores: list[float], highest: float) -> list[Column]:
    """The columns of the figure, from no points to all."""
    width = next((w for w in WIDTHS if (highest + 1) / w <= BINS), ceil((highest + 1) / BINS))
    counts = Counter(int(min(max(score, 0.0), highest) // width) for score in scores)
    whole = all(score == int(score) for score in scores)
    middle = int(median(scores) // width) if scores else -1
    top = max(counts.values(), default=1)
    columns = []
    for number in range(int(highest // width) + 1):
        low, last = number * width, min((number + 1) * width - 1, int(highest))
        label = f"{low}" if low == last else f"{low}–{last}" if whole else f"{low}+"
        count = counts[number]
        columns.append(Column(label, count, 100 * count / top, number == middle))
    return columns


def exercises(given: dict[str, list[Part]], said: Diagnoses) -> list[Row]:
    """How each exercise went, in the lesson's order."""
    rows: dict[str, Row] = {}
    for student, of in given.items():
        for part in of:
            row = rows.setdefault(part.name, Row(part.name, part.max_score))
            row.add(part, said[student].get(part.name))
    return list(rows.values())


def mistakes(said: Diagnoses) -> list[Mistake]:
    """Every kind of mistake, the commonest first; what was not written is none."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for of in said.values():
        for exercise, one in of.items():
            if one.cause != NOT_WRITTEN:
                key = one.cause if one.cause not in _MANY else one.says
                found[exercise, key].append(one.says)
    kinds = [Mistake(len(says), name, says[0]) for (name, _), says in found.items()]
    return sorted(kinds, key=lambda kind: (-kind.count, kind.exercise, kind.says))


_MANY = {"exception", "no-error", "wrong-shape", "wrong-dtype", "wrong-type"}  # told apart by words


def in_minutes(seconds: float) -> str:
    """A time for people: 0.8 s, 47 s, 3 min 20 s, 1 h 5 min."""
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    minutes, left = divmod(whole, 60)
    if minutes >= 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes} min {left} s" if minutes else f"{left} s"
