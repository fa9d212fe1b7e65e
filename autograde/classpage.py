"""One page about a class: how the scores lie, what was hard, which mistakes are common.

A static HTML file that fetches nothing. It names no student, but for those whose work needs eyes.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from jinja2 import Environment
from nbgrader.utils import is_grade

from .course import Course, CourseError, LessonName
from .grading import GRADED, MISSING, remembered
from .marks import NOT_SUBMITTED, collect
from .notebook import loads
from .releasing import gradebook
from .whole import write_whole

BINS = 10
COMMONEST = 12
_NUMBER = re.compile(r"[-+]?\d[\d.,e+-]*\d|\d")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Exercise:
    """How a class did in one cell; the first three add up to all who handed something in."""

    name: str
    points: float
    full: int = 0
    partial: int = 0
    none: int = 0
    waiting: int = 0  # for a mark by hand
    mean: float = 0.0  # of the points, of those that have a mark


def report(course: Course, lesson: LessonName, to: Path | None = None) -> Path:
    """Write the page of a graded lesson; its path. It lies where nothing is handed out from."""
    entries = remembered(course, lesson.assignment)
    marks = [m for m in collect(course, [lesson.assignment]) if m.status != NOT_SUBMITTED]
    if not marks:
        raise CourseError(f"{lesson.assignment}: nobody is graded yet")
    scored = [m for m in marks if m.status != MISSING]
    highest = marks[0].max_score
    seconds = [e["seconds"] for e in entries.values() if "seconds" in e]
    template = Path(__file__).with_suffix(".html").read_text(encoding="utf-8")
    page = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True).from_string(template)
    text = page.render(
        lesson=lesson.assignment,
        handed_in=len(marks),
        highest=highest,
        mean=statistics.fmean(m.score for m in scored) if scored else 0.0,
        median=statistics.median(m.score for m in scored) if scored else 0.0,
        histogram=histogram([m.score for m in scored], highest),
        exercises=exercises(course, lesson),
        mistakes=mistakes(course, lesson).most_common(COMMONEST),
        seconds=sorted(seconds),
        total=sum(seconds),
        usual=statistics.median(seconds) if seconds else 0.0,
        slowest=max(seconds, default=0.0),
        look_at=[m for m in marks if m.status != GRADED],
    )
    path = to or course.reports / lesson.assignment / "class.html"
    write_whole(path, text)
    return path


def histogram(scores: list[float], highest: float) -> list[tuple[str, int]]:
    """How many scores lie in each tenth of the points; full marks are in the last one."""
    counts = [0] * BINS
    for score in scores:
        counts[min(BINS - 1, int(BINS * score / highest)) if highest else 0] += 1
    edges = [highest * i / BINS for i in range(BINS + 1)]
    names = [f"{low:g} to {high:g}" for low, high in pairwise(edges)]
    return list(zip(names, counts, strict=True))


def exercises(course: Course, lesson: LessonName) -> list[Exercise]:
    """Each cell with points, in the order of the lesson."""
    found: dict[str, Exercise] = {}
    got: dict[str, list[float]] = {}
    with gradebook(course) as book:
        notebook = book.find_notebook(lesson.topic, lesson.assignment)
        order = {cell.name: i for i, cell in enumerate(notebook.source_cells)}
        for submitted in notebook.submissions:
            for grade in submitted.grades:
                one = found.setdefault(grade.name, Exercise(grade.name, grade.max_score))
                if grade.needs_manual_grade:
                    one.waiting += 1
                    continue
                got.setdefault(grade.name, []).append(grade.score)
                one.full += grade.score >= grade.max_score
                one.none += grade.score <= 0
                one.partial += 0 < grade.score < grade.max_score
    for name, scores in got.items():
        found[name].mean = statistics.fmean(scores)
    return sorted(found.values(), key=lambda one: order.get(one.name, len(order)))


def mistakes(course: Course, lesson: LessonName) -> Counter[tuple[str, str]]:
    """What the checks said, and of how many submissions; numbers that vary are left out."""
    found: Counter[tuple[str, str]] = Counter()
    pattern = f"*/{lesson.assignment}/{lesson.topic}.ipynb"
    for path in sorted((course.grading / "autograded").glob(pattern)):
        for cell in loads(path.read_text(encoding="utf-8")).cells:
            if cell.cell_type != "code" or not is_grade(cell):
                continue
            for output in cell.outputs:
                if output.output_type == "error":
                    said = diagnosis(output.evalue) or output.ename
                    found[cell.metadata.nbgrader.grade_id, said] += 1
    return found


def diagnosis(text: str) -> str:
    """The sentence that a check says about a mistake, the same for the same kind of mistake."""
    lines = [line.strip() for line in _COLOUR.sub("", text).splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(("✗", "Stuck?"))] or lines
    return _NUMBER.sub("…", lines[0])[:300] if lines else ""
