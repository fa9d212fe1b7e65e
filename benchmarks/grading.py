"""How fast is the grader beside stock nbgrader, where does its time go, and does it scale?

python -m benchmarks.grading [--rounds N] [--students N] [--stock N] [--class-of N]

Both graders get the same notebooks, in turns: a third each solved, half done and untouched. Stock
nbgrader starts a kernel for each submission, so a few of them tell its pace. Both make feedback
pages. The processor time of executing the cells is that of the same cells without boxes.
"""

from __future__ import annotations

import argparse
import functools
import inspect
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from statistics import fmean, median

import numpy as np
import psutil
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateFeedback

from autograde import grading, intake, worker
from autograde.boxes.absent import FRAMEWORKS
from autograde.boxes.rooms import Findings, Room, Work
from autograde.boxes.sandbox import Box, environment
from autograde.boxes.trees import compose
from autograde.boxes.watch import Watch
from autograde.build import build
from autograde.course import Course, LessonName
from autograde.notebook import dumps, loads, source_notebook
from autograde.outcomes import GRADED
from autograde.releasing import release
from autograde.rules import read_lesson

from .layers import machine

Cells = tuple[tuple[str, str, str], ...]  # of one kind of submission, as in `Work`
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
KINDS = 3  # of submissions
TURNS = 4  # of the cells without boxes
COUNTED = {"03": 18}  # students in the class whose stages are timed; of the other lessons:
OTHERS = 48
PACE = (
    "| lesson | stock, autograde | with feedback | course, 1 worker on 1 core | 1 on 2 | 2 on 2 "
    "| stock / course | 1 core / 2 |",
    "|---|---:|---:|---:|---:|---:|---:|---:|",
)
MEASURING = "measuring"  # is left out
STAGES = ("gradebook", "taking in", "nbgrader's conversion", "feedback page")
FREE_CELL = "cell"  # the name of a cell that is the learner's own; checks need none of these
PACE_LEGEND = """
Seconds a submission, medians of {rounds}. Stock grades the first {graded} of a class in one run;
the others are taken to need what those after the first took, from file to file. The start of
either grader is thus spread over the whole class. The ratio is of `autograde` alone to 2 on 2.
"""
STAGES_LEGEND = """
Processor seconds a submission beyond the start, one worker: what the class took, less what a class
of three took; the boxes' processes from the fourth submission on. Cells: the same cells in IPython
without boxes, with what a box shows them, each notebook in a process forked after the imports, four
turns before the class and four after it. Boxes beside the cells: all processes of the boxes, ended
ones too, and the threads that wait for them, less the cells. Both are medians of each third of the
class, which is solved, half done or untouched, then their mean: memory that a virtual machine has
to ask for costs some submissions half a second. The rest: what else the grader took.
"""
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

    def by_stock(self, stock: int) -> tuple[float, float]:
        """Seconds for a submission: `nbgrader autograde`, and with `generate_feedback`.

        The first one and `stock` more are graded; the others would take what those more do.
        """
        everyone = sorted(self.submitted.iterdir())
        chosen = everyone[: stock + 1]
        for step in ("autograded", "feedback", "submitted"):
            shutil.rmtree(self.stock / step, ignore_errors=True)
        for folder in chosen:
            shutil.copytree(folder, self.stock / "submitted" / folder.name)
        name, paces = self.lesson.assignment, []
        for command, made in (("autograde", "autograded"), ("generate_feedback", "feedback")):
            start = time.perf_counter()
            nbgrader(self.stock, command, name)
            seconds = time.perf_counter() - start
            paths = (self.stock / made).glob(f"*/{name}/{self.lesson.topic}.*")
            ends = sorted(path.stat().st_mtime for path in paths)
            each = (ends[-1] - ends[0]) / max(1, len(ends) - 1)
            seconds += each * (len(everyone) - len(chosen))
            paces.append(seconds / len(everyone))
        return paces[0], sum(paces)

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
        """Count from now on, in all threads of this process."""
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.works: list[Work] = []  # what rooms were given,
        self.inside: list[float] = []  # and what all processes of boxes had taken after each
        self.ended = 0.0  # of it, boxes that are no more
        self.own = threading.local()
        self.lock = threading.Lock()
        self._watch_boxes()
        self._watch(intake, "clean receive put", "taking in")
        self._watch(Autograde, "start", "nbgrader's conversion")
        self._watch(GenerateFeedback, "start", "feedback page")
        self._watch(worker.Boxes, "page", "feedback page")
        methods = [n for n in vars(Gradebook) if n == "__init__" or not n.startswith("_")]
        calls = [n for n in methods if callable(getattr(Gradebook, n))]
        self._watch(Gradebook, " ".join(calls), "gradebook")

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what this thread does meanwhile for this stage."""
        outer: list[float] | None = getattr(self.own, "inner", None)
        self.own.inner = inner = [0.0]
        start = time.thread_time()
        try:
            yield
        finally:
            passed = time.thread_time() - start
            self.own.inner = outer
            if outer is not None:
                outer[0] += passed
            self._add(name, passed - inner[0])

    def _add(self, name: str, seconds: float) -> None:
        with self.lock:
            self.seconds[name] += seconds

    def _watch(self, holder: type | object, names: str, stage: str) -> None:
        """Count every call of these methods for a stage."""
        for name in names.split():
            setattr(holder, name, self._counted(getattr(holder, name), stage))

    def _counted(self, call: Callable[..., object], stage: str) -> Callable[..., object]:
        @functools.wraps(call)
        def counted(*arguments: object, **options: object) -> object:
            with self.stage(stage):
                return call(*arguments, **options)

        return counted

    def _watch_boxes(self) -> None:
        """Count the threads that wait for boxes or watch them, and the boxes' own processes."""
        work, kill = Room.work, Box.kill

        def noted(room: Room, given: Work) -> Findings:
            found = work(room, given)
            with self.stage(MEASURING):
                self.works.append(given)
                self.inside.append(self.ended + taken(psutil.Process()))
            return found

        def killed(box: Box) -> None:
            with self.stage(MEASURING), suppress(psutil.NoSuchProcess):
                first = psutil.Process(box.process.pid)
                seconds = taken(first) + spent(first)
                with self.lock:
                    self.ended += seconds
            kill(box)
            if box.watch:
                box.watch.join()

        for holder, name, new in ((Room, "work", noted), (Box, "kill", killed)):
            setattr(holder, name, new)
        self._watch(Room, "work", "boxes")
        self._watch(Watch, "run", "boxes")


def taken(top: psutil.Process) -> float:
    """Processor seconds of all processes below this one."""
    return sum(map(spent, top.children(recursive=True)))


def spent(process: psutil.Process) -> float:
    """Processor seconds of a process, and of those that it started and has buried."""
    try:
        return float(sum(process.cpu_times()[:4]))
    except psutil.NoSuchProcess:
        return 0.0


def stages(found: Stages, base: Path, lesson: str, students: int) -> dict[str, float]:
    """Processor seconds of each stage for a submission, one worker, in this process."""
    few, many = (Class(base / f"{n} {lesson}", lesson, n) for n in (KINDS, students))
    runs: list[dict[str, float]] = []
    plain: list[dict[Cells, list[float]]] = []
    for room in (few, few, many):  # the first warms up
        for counted in (found.seconds, found.works, found.inside):
            counted.clear()
        room.forget()
        start = time.process_time()
        grading.grade(
            room.course, room.lesson, submissions=room.submitted, jobs=1, tell=lambda _: None
        )
        runs.append({**found.seconds, "grader": time.process_time() - start})
        if len(runs) > 1:
            plain.append(without_boxes(found.works))
    more = students - KINDS
    boxed: dict[Cells, list[float]] = defaultdict(list)
    for work, seconds in list(zip(found.works, np.diff(found.inside, prepend=0), strict=True))[
        KINDS:
    ]:
        boxed[work.cells].append(seconds)
    first, second = (fmean(median(seconds[kind]) for kind in boxed) for seconds in plain)
    cells = fmean(median(plain[0][kind] + plain[1][kind]) for kind in boxed)
    beside = fmean(map(median, boxed.values())) - cells
    each = {name: (seconds - runs[1][name]) / more for name, seconds in runs[2].items()}
    grader = each.pop("grader") - each.pop(MEASURING)
    rest = grader - sum(each.values())
    return {
        "cells": cells,
        "their two runs apart": abs(first - second),
        "boxes beside the cells": beside + each.pop("boxes"),
        **{name: each[name] for name in STAGES},
        "the rest": rest,
        "sum beside the cells": beside + grader,
    }


def without_boxes(works: list[Work]) -> dict[Cells, list[float]]:
    """Processor seconds of notebooks' cells in each turn: those of the learner, and the checks.

    As in boxes, the learner's cells find no reference, and checks run where it is.
    """
    torch, seed = works[0].torch, works[0].seed
    kinds = list(dict.fromkeys(work.cells for work in works))
    away = ["course.functional", *(() if torch else FRAMEWORKS)]
    learners = [[(s, True) for kind, s, _ in cells if kind != "check"] for cells in kinds]
    checks = [
        [(s, kind == "check") for kind, s, name in cells if kind != "run" or name != FREE_CELL]
        for cells in kinds
    ]
    trees = compose()
    seconds = {kind: np.zeros(TURNS) for kind in kinds}
    try:
        for tree, hidden, notebooks in ((trees.student, away, learners), (ROOT, [], checks)):
            told = {
                "tree": str(tree),
                "hidden": hidden,
                "torch": torch,
                "notebooks": notebooks * TURNS,
            }
            with tempfile.TemporaryDirectory() as home:
                done = subprocess.run(
                    [sys.executable, "-I", "-c", f"{inspect.getsource(plainly)}\nplainly()"],
                    input=json.dumps(told),
                    env={**environment(home), "COURSE_CHECK_SEED": seed},
                    cwd=home,
                    check=True,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            lines = np.array(done.stdout.split(), float).reshape(TURNS, len(kinds))
            for kind, turns in zip(kinds, lines.T, strict=True):
                seconds[kind] += turns
    finally:
        trees.remove()
    return {kind: list(turns) for kind, turns in seconds.items()}


def plainly() -> None:
    """Run notebooks' cells, each notebook in a process of its own; print their processor seconds.

    A new Python runs the text of this function: nothing is imported there but what boxes import.
    """
    import json
    import os
    import sys
    import time

    told = json.load(sys.stdin)
    sys.path.insert(0, told["tree"])
    from autograde.boxes.absent import hide
    from autograde.boxes.launch import settle
    from autograde.boxes.shell import Shell
    from autograde.boxes.student import _warm_up

    hide(told["hidden"])
    _warm_up(told["torch"])
    if not told["hidden"]:
        import numpy as np

        from course import checks, functional

        checks.exercises()
        functional.linear_forward(np.ones((1, 1)), np.ones((1, 1)))  # looks for BLAS, once
    settle()
    for notebook in told["notebooks"]:
        if os.fork() == 0:
            shell, seconds = Shell.instance(), 0.0
            for source, counts in notebook:
                start = time.process_time()
                shell.run(source, 600.0)
                seconds += counts * (time.process_time() - start)
            print(seconds, flush=True)
            os._exit(0)
        os.wait()


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
    parser.add_argument(
        "--stock", type=int, default=KINDS, help="of them for stock nbgrader, after a first one"
    )
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
            graded = min(args.stock + 1, args.students)
            print(PACE_LEGEND.format(rounds=args.rounds, graded=graded))
        if args.only in (None, "stages"):
            found = Stages()
            for lesson in LESSONS:
                students = COUNTED.get(lesson, OTHERS)
                each = stages(found, base, lesson, students)
                if lesson == next(iter(LESSONS)):
                    print(f"| lesson | {' | '.join(each)} |\n|---|{'---:|' * len(each)}")
                numbers = " | ".join(f"{seconds:.3f}" for seconds in each.values())
                print(f"| {lesson}, {students} students | {numbers} |", flush=True)
            print(STAGES_LEGEND)
        if args.class_of and args.only in (None, "class"):
            print(large_class(base, args.class_of), flush=True)


if __name__ == "__main__":
    main()
