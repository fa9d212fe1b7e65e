"""Run `python -m autograde` in a world that fails at a chosen moment.

FAULT=WHERE:COUNT:WHAT in the environment: the COUNT-th time that WHERE is reached, WHAT happens.
WHAT is "group" or "alone" (kill -9 of the process group, of this process), "interrupt" or
"terminate" (the two signals that ask), or "go NAME": a file is written, and it waits for a moment;
"hold NAME": a file is written, and it waits until somebody deletes it.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

PLACES = {}  # name: how to be called there


def place(arrange: Callable[[Callable[[], None]], None]) -> Callable[[Callable[[], None]], None]:
    """Enter a function that arranges for `reached` to be called at the place it is named after."""
    PLACES[arrange.__name__] = arrange
    return arrange


def around(
    owner: Any, name: str, reached: Callable[[], None], *, after: bool = False, only: str = ""
) -> None:
    """Call `reached` before or after owner.name; only: where an argument holds this text."""
    real = getattr(owner, name)

    def wrapped(*args: Any, **options: Any) -> Any:
        meant = not only or any(only in str(one) for one in (*args, *options.values()))
        if meant and not after:
            reached()
        result = real(*args, **options)
        if meant and after:
            reached()
        return result

    setattr(owner, name, wrapped)


@place
def taken_in(reached: Callable[[], None]) -> None:
    """A clean copy was written; nothing is run yet."""
    from autograde import intake

    around(intake, "put", reached, after=True)


@place
def clean_written(reached: Callable[[], None]) -> None:
    """nbgrader's autograded notebook is there, without outputs; no mark is in the gradebook."""
    from nbgrader.preprocessors import SaveAutoGrades

    around(SaveAutoGrades, "preprocess", reached)


@place
def marks_entered(reached: Callable[[], None]) -> None:
    """The marks are in the gradebook; the notebook with the outputs is not written."""
    from nbgrader.preprocessors import SaveAutoGrades

    around(SaveAutoGrades, "preprocess", reached, after=True)


@place
def committing(reached: Callable[[], None]) -> None:
    """A commit of a mark has changed the gradebook's file, and is not done."""
    from nbgrader.preprocessors import SaveAutoGrades
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    saving: list[bool] = []
    around(SaveAutoGrades, "preprocess", lambda: saving.append(True))
    around(SaveAutoGrades, "preprocess", saving.clear, after=True)

    @event.listens_for(Engine, "connect")
    def spill(connection: Any, _record: Any) -> None:
        connection.execute("pragma cache_size = 1")  # changed pages go to the disk at once

    @event.listens_for(Engine, "commit")
    def now(connection: Any) -> None:
        book = Path(connection.engine.url.database)
        if saving and list(book.parent.glob(f"{book.name}-*")):  # what takes the commit back
            reached()


@place
def noting(reached: Callable[[], None]) -> None:
    """Gradebook, notebook and page are there; that the submission is done is not noted."""
    around(Path, "open", reached, only="outcomes.jsonl")


@place
def releasing(reached: Callable[[], None]) -> None:
    """The lesson is in the gradebook; the release's notebook is not written."""
    from nbgrader.preprocessors import SaveCells

    around(SaveCells, "preprocess", reached, after=True)


@place
def drawing_the_seed(reached: Callable[[], None]) -> None:
    """The file of the seed is opened, and nothing is in it."""
    around(Path, "open", reached, after=True, only="seed.txt.new")


def main() -> int:
    """Arrange for the fault, then do what was asked for."""
    where, count, what = os.environ.pop("FAULT").split(":")
    left = int(count)

    def reached() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            happen(what)

    PLACES[where](reached)
    from autograde.cli import main as command

    return command(sys.argv[1:])


def happen(what: str) -> None:
    """The fault itself."""
    if what.startswith("hold "):
        flag = Path(what.removeprefix("hold "))
        flag.touch()
        end = time.monotonic() + 60
        while flag.exists() and time.monotonic() < end:
            time.sleep(0.05)
        return
    if what.startswith("go "):
        Path(what.removeprefix("go ")).touch()
        time.sleep(1.5)
        return
    number = {"interrupt": signal.SIGINT, "terminate": signal.SIGTERM}.get(what, signal.SIGKILL)
    if what == "group":
        os.killpg(0, number)
    os.kill(os.getpid(), number)


if __name__ == "__main__":
    raise SystemExit(main())
