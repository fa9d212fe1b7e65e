"""Run a lesson cell by cell, as its author wrote it or as a learner finds it."""

from __future__ import annotations

import contextlib
import io
import re
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

SOLUTIONS = Path(__file__).parent.parent / "solutions"
LESSONS = {path.stem: path for path in sorted(SOLUTIONS.glob("[0-9][0-9]_*.py"))}
STUB = "raise NotImplementedError()"


@dataclass
class Cell:
    """One cell of a lesson: the rest of its marker line, and its text."""

    marker: str
    text: str

    @property
    def prose(self) -> str:
        """The markdown of the cell, or nothing."""
        return re.sub(r"^# ?", "", self.text, flags=re.M) if "[markdown]" in self.marker else ""

    def id_of(self, role: str) -> str:
        """The exercise id, if the cell plays this role."""
        found = re.search(rf'\b{role}="(\w+)"', self.marker)
        return found[1] if found else ""


def cells(name: str) -> list[Cell]:
    parts = re.split(r"^# %%", LESSONS[name].read_text(encoding="utf-8"), flags=re.M)[1:]
    return [Cell(*part.partition("\n")[::2]) for part in parts]


@dataclass
class Run:
    """What a lesson leaves behind: variables, prints, errors of its cells, processor seconds."""

    names: dict[str, Any] = field(default_factory=dict)
    printed: str = ""
    errors: list[tuple[Cell, Exception]] = field(default_factory=list)
    seconds: float = 0.0


def run(name: str, *, untouched: bool = False) -> Run:
    """Run the code cells in order; with `untouched`, as a learner who has written nothing yet."""
    result, out = Run(), io.StringIO()
    start = time.process_time()
    with threadpool_limits(1), contextlib.redirect_stdout(out):
        for cell in cells(name):
            if cell.prose:
                continue
            text = cell.text
            if untouched:
                text = re.sub(r"### BEGIN SOLUTION.*?### END SOLUTION", STUB, text, flags=re.S)
            try:
                exec(compile(text, name, "exec"), result.names)
            except Exception as error:  # the notebook goes on as well; a test looks at these
                result.errors.append((cell, error))
    result.printed, result.seconds = out.getvalue(), time.process_time() - start
    return result
