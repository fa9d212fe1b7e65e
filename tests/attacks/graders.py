"""The graders that can be set on a submission: stock nbgrader, the course's own, and its kernel.

A grader is a configuration of nbgrader and the commands that grade everybody in `submitted/`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from .lesson import ASSIGNMENT, NUMBER
from .place import REPOSITORY

CELL_SECONDS = 8  # for one cell; the attacks that hang do so for longer

STOCK = """
from pathlib import Path
c = get_config()
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.course_id = "convnet-course"
c.Execute.timeout = {seconds}
c.Execute.extra_arguments = ["--log-level=ERROR"]
"""
OWN = """
c = get_config()
c.Execute.timeout = {seconds}
c.ExecuteForMarks.notebook_seconds = 8 * {seconds}
"""
KERNEL = """
from autograde.execute import ExecuteForMarks
c.Autograde.autograde_preprocessors = [
    ExecuteForMarks, *c.Autograde.autograde_preprocessors[1:]
]
"""


@dataclass(frozen=True)
class Grader:
    """Its name, its configuration, and the arguments of `python` that grade everybody."""

    name: str
    config: str
    commands: tuple[tuple[str, ...], ...]

    def argv(self, course: Path) -> list[list[str]]:
        """The commands for the course in this folder."""
        return [[sys.executable, *(a.format(course=course) for a in c)] for c in self.commands]


def _own(name: str, extra: str = "", *options: str) -> Grader:
    base = (REPOSITORY / "autograde" / "nbgrader_config.py").read_text(encoding="utf-8")
    config = base + OWN.format(seconds=CELL_SECONDS) + extra
    command = ("-m", "autograde", "--course", "{course}", "grade", NUMBER, *options)
    return Grader(name, config, (command,))


def graders() -> dict[str, Grader]:
    """Every grader by name; `own` is what `python -m autograde grade` does today, `parallel`
    the same with two submissions at a time, `kernel` the same with a kernel for boxes."""
    stock = Grader(
        "stock",
        STOCK.format(seconds=CELL_SECONDS),
        (
            ("-m", "nbgrader", "autograde", ASSIGNMENT),
            ("-m", "nbgrader", "generate_feedback", ASSIGNMENT),
        ),
    )
    own = (_own("own"), _own("parallel", "", "--jobs", "2"), _own("kernel", KERNEL))
    return {g.name: g for g in (stock, *own)}


def is_isolated() -> bool:
    """Whether the course's own grader runs submissions in boxes rather than in a kernel."""
    text = (REPOSITORY / "autograde" / "nbgrader_config.py").read_text(encoding="utf-8")
    steps = text.partition("autograde_preprocessors = [")[2].partition("]")[0]
    return "ExecuteForMarks," not in steps
