"""Grade one attack beside one honest classmate, and say everything that went wrong.

An attack is a module in a folder named after its group. Its docstring says what it tries; `FAIR` is
the score its work deserves. Where it says no more, it hands in a right first answer and two wrong
ones. It may give

    TOP, FREE, LAST     the source of a cell at the top, below the set-up, and at the end
    CELLS               sources of solution cells by name, in place of the ones above
    RIGHT_ANSWERS       True: all three answers are right unless CELLS says otherwise
    STUDENT             the attacker's name, where it matters who is graded first
    PAGE                True: the attacker must get a feedback page
    build(world)        the files handed in, by name: text, bytes, notebooks, Link, Pipe

Marks like @HOME@ in a source stand for the paths of the course: attackers know them (world.py).
"""

from __future__ import annotations

import atexit
import importlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell

from .graders import Grader
from .lesson import ALL_POINTS, RIGHT, TOPIC, WRONG
from .place import template
from .processes import orphans_come_here, run, sweep
from .world import HONEST, World

TELL = '''\
def tell(*texts):
    """Print what is secret in these texts, backwards."""
    import re
    for text in texts:
        if isinstance(text, bytes):
            text = text.decode("utf-8", "replace")
        print(*(t[::-1] for t in re.findall("CANARY[0-9a-f]{16}|[0-9]{12}", str(text))))


def tell_files(*patterns):
    """Tell what is secret in the files that match."""
    from glob import glob
    from pathlib import Path
    for pattern in patterns:
        for name in glob(pattern, recursive=True):
            try:
                tell(Path(name).read_bytes())
            except OSError as error:
                print(type(error).__name__)


'''
HERE = Path(__file__).resolve().parent
FILE = f"{TOPIC}.ipynb"
DEADLINE = 100.0  # seconds for both students; an honest pair takes less than 15
ATTACKER = "mallory"  # before the classmate; "zed" is after


@dataclass(frozen=True)
class Attack:
    """One submission, as its module describes it."""

    group: str
    name: str
    says: str
    fair: float
    student: str
    page: bool = False

    def build(self, world: World) -> dict[str, Any]:
        """The files that the attacker hands in, by name."""
        module = _module(self.group, self.name)
        if hasattr(module, "build"):
            made: dict[str, Any] = module.build(world)
            return made
        return {FILE: written(world, module)}

    @property
    def id(self) -> str:
        """The group and the name."""
        return f"{self.group}/{self.name}"


@dataclass
class Result:
    """What grading an attack did."""

    attack: Attack
    score: float | None
    classmate: float | None
    read: list[str]
    changed: list[str]
    left: list[str]
    seconds: float
    hung: bool
    code: int | None
    said: str = field(repr=False, default="")
    page: bool = True

    @property
    def undeserved(self) -> float:
        """Points above the fair score."""
        return max(0.0, (self.score or 0.0) - self.attack.fair)

    @property
    def lost(self) -> float:
        """Points below the fair score."""
        return max(0.0, self.attack.fair - (self.score or 0.0))

    @property
    def harmed(self) -> bool:
        """Whether the classmate's score is not what it should be."""
        return self.classmate != ALL_POINTS

    def faults(self) -> list[str]:
        """Everything that should not have happened; empty for a grader that holds."""
        found = []
        if (self.score or 0.0) != self.attack.fair:
            found.append(f"score {self.score}, fair would be {self.attack.fair:g}")
        if self.harmed:
            found.append(f"the classmate got {self.classmate}, not {ALL_POINTS}")
        if self.attack.page and not self.page:
            found.append("no feedback page")
        found += [f"read: {name}" for name in self.read]
        found += [f"changed or left: {name}" for name in self.changed]
        found += [f"still running: {name}" for name in self.left]
        if self.hung:
            found.append(f"stopped after {self.seconds:.0f} s")
        elif self.code:
            found.append(f"the grader ended with exit status {self.code}")
        return found


def attacks(only: str = "") -> list[Attack]:
    """Every attack, or those whose group/name holds `only`."""
    paths = sorted(p for p in HERE.glob("*/*.py") if not p.name.startswith("_"))
    names = [(p.parent.name, p.stem) for p in paths]
    return [load(group, name) for group, name in names if only in f"{group}/{name}"]


def load(group: str, name: str) -> Attack:
    """The attack in `group/name.py`."""
    module = _module(group, name)
    says = " ".join((module.__doc__ or "").split())
    student, page = getattr(module, "STUDENT", ATTACKER), getattr(module, "PAGE", False)
    return Attack(group, name, says, float(module.FAIR), student, page)


def _module(group: str, name: str) -> ModuleType:
    return importlib.import_module(f"{__package__}.{group}.{name}")


def written(world: World, module: ModuleType) -> nbformat.NotebookNode:
    """The release, filled in as an attack's module says."""
    cells = dict(RIGHT)
    if not getattr(module, "RIGHT_ANSWERS", False):
        cells.update(WRONG)
    cells.update(getattr(module, "CELLS", {}))
    extra = {name.lower(): getattr(module, name, "") for name in ("TOP", "FREE", "LAST")}
    return notebook(world, cells, **extra)


def notebook(
    world: World, cells: dict[str, str], top: str = "", free: str = "", last: str = ""
) -> nbformat.NotebookNode:
    """The release with these answers, and cells at the top, below the set-up and at the end."""
    made = world.released()
    for cell in made.cells:
        name = grade_id(cell).removesuffix("-solution")
        if grade_id(cell).endswith("-solution") and name in cells:
            cell.source = world.fill(cells[name])
    if free:
        place = next(i for i, c in enumerate(made.cells) if grade_id(c) == "setup")
        made.cells.insert(place + 1, new_code_cell(world.fill(free), id="mine"))
    if top:
        made.cells.insert(1, new_code_cell(world.fill(top), id="mine-first"))
    if last:
        made.cells.append(new_code_cell(world.fill(last), id="mine-too"))
    return made


def without_metadata(made: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """What some services leave of a notebook: no metadata, and other ids."""
    for number, cell in enumerate(made.cells):
        cell.metadata.clear()
        cell.id = f"cell-{number}"
    made.metadata.clear()
    return made


def grade_id(cell: nbformat.NotebookNode) -> str:
    """nbgrader's name of a cell, or nothing."""
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def find(made: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    """The cell that nbgrader calls `name`."""
    return next(cell for cell in made.cells if grade_id(cell) == name)


@cache
def prepared(grader: Grader) -> Path:
    """The place as it is before anybody hands in; built once, removed when Python ends."""
    folder = Path(tempfile.mkdtemp(prefix="attacks-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    template(folder / grader.name, grader.config)
    return folder / grader.name


@contextmanager
def world_like(place: Path, attacker: str) -> Iterator[World]:
    """A copy of a place, with open ears; removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="attack-", ignore_cleanup_errors=True) as folder:
        base = Path(folder)
        base.chmod(0o755)  # a grader may drop its rights; the canaries are for everybody to see
        shutil.copytree(place, base, dirs_exist_ok=True)
        (base / "drop").chmod(0o777)
        with World(base, attacker) as world:
            yield world


def tried(attack: Attack, grader: Grader, place: Path, deadline: float = DEADLINE) -> Result:
    """Grade one attack and one honest classmate; everything that became of it."""
    with world_like(place, attack.student) as world, orphans_come_here() as before:
        world.hand_in(attack.student, attack.build(world))
        world.hand_in(HONEST, {FILE: honest(world)})
        world.remember()
        start = time.monotonic()
        code, said = run(grader, world, deadline)
        seconds = time.monotonic() - start
        left = sweep(before)
        return Result(
            attack,
            world.score(attack.student),
            world.score(HONEST),
            world.read(),
            world.changed(),
            left,
            seconds,
            code is None,
            code,
            said,
            any((world.course.grading / "feedback" / attack.student).rglob("*.html")),
        )


def honest(world: World) -> nbformat.NotebookNode:
    """The classmate's work: all right, with a comment that is nobody else's business."""
    token = world.tokens["classmate's work"]
    return notebook(world, {**RIGHT, "moving_average": f"# {token}\n{RIGHT['moving_average']}"})
