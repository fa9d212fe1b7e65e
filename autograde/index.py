"""The page JupyterLab opens on: every lesson with its time and what is built in it."""

from __future__ import annotations

import re

from .cells import Cell
from .course import LessonName
from .rules import minutes

HEAD = """\
# The course

Convolutional neural networks, layer by layer. Play with the idea, build it, be told what kind of
mistake it is, see it work on real images. Click a lesson to open it; begin with the first.

| lesson | minutes | what you build | points |
|---|---|---|---|
"""
FOOT = """
Run a cell with Shift+Enter. Under each exercise stands a check cell: it says whether your function
is right, and if not, what kind of mistake it is. Your work stays in these notebooks; to start a
lesson afresh, copy its notebook under another name first.

*This folder is generated from `solutions/` by `python -m autograde build`: edit there.*
"""


def title(cells: list[Cell]) -> str:
    """The lesson's title: its first heading, without a number in front."""
    heading = cells[0].text.split("\n")[0].removeprefix("# ").strip()
    return re.sub(r"^(?:Lesson )?\d+\s*[.:–-]?\s*", "", heading)


def row(lesson: LessonName, cells: list[Cell]) -> str:
    """One lesson's line of the table."""
    link = f"{lesson.assignment}/{lesson.topic}.ipynb"
    points = sum(c.marker.points or 0 for c in cells)
    name, built = title(cells).replace("|", "\\|"), what_is_built(cells).replace("|", "\\|")
    return f"| [{lesson.number} {name}]({link}) | {minutes(cells)} | {built} | {points:g} |\n"


def what_is_built(cells: list[Cell]) -> str:
    """The first sentence after "What you will build", or the names of the exercises."""
    opening = " ".join("\n".join(cell.text for cell in cells[:3]).split())
    said = re.search(r"What you will build[.:]?\*{0,2}[.:]?\s+(.+?[.:])(?=\s|$)", opening)
    if said:
        return re.sub(r"[.:]$", "", said[1])
    names = [c.marker.id for c in cells if c.marker.role == "solve"]
    return ", ".join(f"`{name}`" for name in names if not name.startswith("question_")) or "–"


def page(lessons: dict[LessonName, list[Cell]]) -> str:
    """The whole page."""
    return HEAD + "".join(row(lesson, cells) for lesson, cells in lessons.items()) + FOOT
