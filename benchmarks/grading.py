"""How fast is the grader beside stock nbgrader, where does its time go, and does it scale?

python -m benchmarks.grading [--rounds N] [--students N] [--stock N] [--class-of N]

Both graders get the same notebooks, in turns: a third each solved, half done and untouched. Stock
nbgrader starts anew for each submission, so a few of them tell its pace. Both make feedback pages.
"""

from __future__ import annotations

import argparse
import functools
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from statistics import median

import psutil
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateFeedback

from autograde import grading, intake, worker
from autograde.boxes.rooms import Room
from autograde.build import build
from autograde.course import Course, LessonName
from autograde.notebook import dumps, loads, source_notebook
from autograde.outcomes import GRADED
from autograde.releasing import release
from autograde.rules import read_lesson

from .layers import machine

ROOT = Path(__file__).resolve().parent.parent
FREE = """
# %%
values = torch.arange({n}.0, requires_grad=True)
(softplus(values) ** 2).sum().backward()
print(values.grad)
"""
TORCH = '''\
# %% [markdown]
# # Thirty cells with PyTorch
#
# **What you will build.** Two functions of tensors. About 5 minutes.

# %% lock="setup"
import torch
from torch import nn

# %% solve="softplus"
def softplus(x):
    """log(1 + exp(x)) of each element, as a tensor."""
    ### BEGIN SOLUTION
    return torch.log1p(torch.exp(-x.abs())) + x.clamp(min=0)
    ### END SOLUTION


# %% test="softplus" points=2
drawn = torch.linspace(-30, 30, 13)
answer = softplus(drawn)
assert torch.allclose(answer, nn.functional.softplus(drawn), atol=1e-5)

# %% solve="parameters"
def parameters(network):
    """How many numbers a network learns."""
    ### BEGIN SOLUTION
    return sum(p.numel() for p in network.parameters())
    ### END SOLUTION


# %% test="parameters" points=3
counted = parameters(nn.Linear(17, 5))
assert counted == 90
''' + "".join(FREE.format(n=n) for n in range(2, 26))
SMALL = '''\
# %% [markdown]
# # Small
#
# **What you will build.** A function. About 5 minutes.

# %% lock="setup"
from math import isclose

# %% solve="mean"
def mean(values):
    """The mean of a list."""
    ### BEGIN SOLUTION
    return sum(values) / len(values)
    ### END SOLUTION


# %% test="mean" points=3
given = mean([1, 2, 3])
assert isclose(given, 2)
'''
LESSONS = {
    "03": ("03_convolution.py", (ROOT / "solutions/03_convolution.py").read_text(encoding="utf-8")),
    "a torch lesson of 30 cells": ("30_torch.py", TORCH),
    "a small lesson": ("31_small.py", SMALL),
}
COUNTED = 12  # students in the class whose stages are timed
PACE = (
    "| lesson | stock, autograde | with feedback | course, 1 worker on 1 core | 1 on 2 | 2 on 2 "
    "| stock / course | 1 core / 2 |",
    "|---|---:|---:|---:|---:|---:|---:|---:|",
)
STOCK = """
c = get_config()
c.CourseDirectory.course_id = "convnet-course"
c.Execute.timeout = 180
c.Execute.extra_arguments = ["--log-level=ERROR"]
"""


class Class:
    """A released lesson, the submissions of a class, and a copy of both for stock nbgrader."""

    def __init__(self, base: Path, lesson: str, students: int) -> None:
        name, text = LESSONS[lesson]
        base.mkdir()
        (base / "course" / "solutions").mkdir(parents=True)
        (base / "course" / "solutions" / name).write_text(text, encoding="utf-8")
        self.course = Course(base / "course")
        build(self.course)
        self.lesson: LessonName = self.course.lessons()[0]
        release(self.course, self.lesson)
        self.submitted = base / "submitted"
        kinds = self._kinds()
        for number in range(students):
            folder = self.submitted / f"s{number:04}" / self.lesson.assignment
            folder.mkdir(parents=True)
            text = dumps(kinds[number % len(kinds)])
            (folder / f"{self.lesson.topic}.ipynb").write_text(text, encoding="utf-8")
        self.stock = base / "stock"
        shutil.copytree(self.course.grading / "source", self.stock / "source")
        (self.stock / "nbgrader_config.py").write_text(STOCK, encoding="utf-8")
        nbgrader(self.stock, "generate_assignment", self.lesson.assignment)

    def _kinds(self) -> list[NotebookNode]:
        solved = source_notebook(read_lesson(self.lesson.path))
        blank = self.course.notebook(self.lesson).read_text(encoding="utf-8")
        half = loads(blank)
        answers = {c.id: c.source for c in solved.cells if c.id.endswith("-solution")}
        first = set(list(answers)[: (len(answers) + 1) // 2])
        for cell in half.cells:
            if cell.id in first:
                cell.source = answers[cell.id]
        return [solved, half, loads(blank)]

    def by_stock(self, students: int) -> tuple[float, float]:
        """Seconds for a submission: `nbgrader autograde`, and with `generate_feedback`."""
        for step in ("autograded", "feedback", "submitted"):
            shutil.rmtree(self.stock / step, ignore_errors=True)
        for folder in sorted(self.submitted.iterdir())[:students]:
            shutil.copytree(folder, self.stock / "submitted" / folder.name)
        start = time.perf_counter()
        nbgrader(self.stock, "autograde", self.lesson.assignment)
        graded = time.perf_counter()
        nbgrader(self.stock, "generate_feedback", self.lesson.assignment)
        return (graded - start) / students, (time.perf_counter() - start) / students

    def by_course(self, jobs: int, cores: int) -> float:
        """Seconds for a submission by `python -m autograde grade`, its start included."""
        self.forget()
        command = [sys.executable, "-m", "autograde", "--course", str(self.course.root), "grade"]
        command += [self.lesson.assignment, "--submissions", str(self.submitted)]
        allowed = os.sched_getaffinity(0)
        os.sched_setaffinity(0, sorted(allowed)[:cores])  # what is started keeps to them as well
        start = time.perf_counter()
        try:
            command += ["--jobs", str(jobs)]
            subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
        finally:
            os.sched_setaffinity(0, allowed)
        return (time.perf_counter() - start) / len(list(self.submitted.iterdir()))

    def forget(self) -> None:
        """Remove what grading made."""
        for step in ("autograded", "feedback", "reports"):
            shutil.rmtree(self.course.grading / step, ignore_errors=True)


def nbgrader(folder: Path, *arguments: str) -> None:
    """Run stock nbgrader in a folder. What failed in a notebook does not matter here."""
    command = [sys.executable, "-m", "nbgrader", *arguments]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def beside_stock(base: Path, lesson: str, rounds: int, students: int, stock: int) -> str:
    """A row: the pace of both on two cores, and that of one worker.

    A grader with one worker has the other core for what it writes: what a core is worth is told by
    one worker that has only one.
    """
    room = Class(base / lesson, lesson, students)
    by_stock, pages, two, one, alone = [], [], [], [], []
    for _ in range(rounds):
        graded, paged = room.by_stock(stock)
        by_stock.append(graded)
        pages.append(paged)
        two.append(room.by_course(2, 2))
        alone.append(room.by_course(1, 1))
        one.append(room.by_course(1, 2))
    gained = median(s / t for s, t in zip(by_stock, two, strict=True))
    more = median(o / t for o, t in zip(alone, two, strict=True))
    paces = [f"{median(pace):.2f}" for pace in (by_stock, pages, alone, one, two)]
    row = [f"{lesson}, {students} students", *paces, f"**{gained:.1f}x**", f"{more:.2f}x"]
    return f"| {' | '.join(row)} |"


class Stages:
    """The processor seconds of each stage; what one stage calls of another counts for that."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self.own = threading.local()
        self.lock = threading.Lock()

    @contextmanager
    def stage(self, name: str, clock: Callable[[], float]) -> Iterator[None]:
        """Count what happens meanwhile for this stage."""
        outer: list[float] | None = getattr(self.own, "inner", None)
        self.own.inner = inner = [0.0]
        start = clock()
        try:
            yield
        finally:
            passed = clock() - start
            self.own.inner = outer
            if outer is not None:
                outer[0] += passed
            with self.lock:
                self.seconds[name] += passed - inner[0]

    def watch(self, holder: type | object, names: str, stage: str) -> None:
        """Count every call of these methods for a stage."""
        clock = time.perf_counter if stage == "boxes" else time.thread_time
        for name in names.split():
            setattr(holder, name, self._counted(getattr(holder, name), stage, clock))

    def _counted(
        self, call: Callable[..., object], stage: str, clock: Callable[[], float]
    ) -> Callable[..., object]:
        @functools.wraps(call)
        def counted(*arguments: object, **options: object) -> object:
            with self.stage(stage, clock):
                return call(*arguments, **options)

        return counted


def stages(base: Path, lesson: str, students: int) -> dict[str, float]:
    """Processor seconds of each stage for a submission, one worker, in this process."""
    found = Stages()
    found.watch(Room, "work", "boxes")
    found.watch(intake, "clean receive put", "taking in")
    found.watch(Autograde, "start", "nbgrader's conversion")
    found.watch(GenerateFeedback, "start", "feedback page")
    found.watch(worker.Boxes, "page", "feedback page")
    methods = [n for n in vars(Gradebook) if n == "__init__" or not n.startswith("_")]
    calls = [n for n in methods if callable(getattr(Gradebook, n))]
    found.watch(Gradebook, " ".join(calls), "gradebook")
    few, many = (Class(base / f"{n} {lesson}", lesson, n) for n in (3, students))
    costs = []
    for room in (few, few, many):  # the first warms up
        found.seconds.clear()
        before = resource.getrusage(resource.RUSAGE_SELF)
        room.forget()
        grading.grade(
            room.course, room.lesson, submissions=room.submitted, jobs=1, tell=lambda _: None
        )
        after = resource.getrusage(resource.RUSAGE_SELF)
        costs.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        if room is few:
            short = Counter(found.seconds)
    added = students - 3
    each = {name: (found.seconds[name] - short[name]) / added for name in found.seconds}
    boxes = each.pop("boxes")
    all_of_it = (costs[2] - costs[1]) / added
    each["the rest"] = all_of_it - sum(each.values())
    return {"boxes, with the cells": boxes, **each, "sum beside the boxes": all_of_it}


def large_class(base: Path, students: int, jobs: int = 2) -> str:
    """A table: how time and memory grow while a large class is graded in one run."""
    room = Class(base / "large", "a small lesson", students)
    start = time.perf_counter()
    step = max(1, students // 10)
    lines = ["| graded | seconds | for each of the last | memory, MB | of it the grader's |"]
    lines.append("|---:|---:|---:|---:|---:|")
    before = 0.0
    done = 0

    def tell(line: str) -> None:
        nonlocal before, done
        done += ": " in line
        if done % step == 0:
            now = time.perf_counter() - start
            own = psutil.Process()
            everyone = [own, *own.children(recursive=True)]
            memory = [_private(p) / 1e6 for p in everyone]
            lines.append(
                f"| {done} | {now:.0f} | {(now - before) / step:.3f} | {sum(memory):.0f} "
                f"| {memory[0]:.0f} |"
            )
            print(lines[-1], file=sys.stderr, flush=True)
            before = now

    outcomes = grading.grade(
        room.course, room.lesson, submissions=room.submitted, jobs=jobs, tell=tell
    )
    graded = sum(o.status == GRADED for o in outcomes)
    lines.append(f"\n{graded} of {students} graded, {jobs} workers.")
    return "\n".join(lines)


def _private(process: psutil.Process) -> int:
    """Bytes that no other process shares; 0 if it has just ended."""
    try:
        return int(process.memory_full_info().uss)
    except psutil.Error:
        return 0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--students", type=int, default=192, help="in a class beside stock")
    parser.add_argument("--stock", type=int, default=3, help="of them for stock nbgrader")
    parser.add_argument("--class-of", type=int, default=5000, help="0: none")
    parser.add_argument("--only", choices=("stock", "stages", "class"), help="one part")
    args = parser.parse_args()
    os.environ["COURSE_PROGRESS"] = "off"
    print(f"{machine()}, nbgrader {version('nbgrader')}; load {os.getloadavg()[0]:.1f}\n")
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        if args.only in (None, "stock"):
            print("\n".join(PACE))
            for lesson in ("03", "a torch lesson of 30 cells"):
                row = beside_stock(base, lesson, args.rounds, args.students, args.stock)
                print(row, flush=True)
            print()
        if args.only in (None, "stages"):
            rows = {lesson: stages(base, lesson, COUNTED) for lesson in LESSONS}
            names = list(next(iter(rows.values())))
            print(f"| lesson | {' | '.join(names)} |\n|---|{'---:|' * len(names)}")
            for lesson, row in rows.items():
                print(f"| {lesson} | {' | '.join(f'{row[name]:.3f}' for name in names)} |")
            print()
        if args.class_of and args.only in (None, "class"):
            print(large_class(base, args.class_of), flush=True)


if __name__ == "__main__":
    main()
