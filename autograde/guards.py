"""What may end a run or delay it: a second grader, a signal, a gradebook that others hold."""

from __future__ import annotations

import fcntl
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .course import Course, CourseError
from .settings import load_config

WAITING = "waiting for gradebook.db: another program holds it"
BUSY = 60.0  # seconds to wait for a gradebook that another program holds


class Stopped(CourseError):
    """The run was asked to stop; `code` is the exit code that says by which signal."""

    def __init__(self, number: int, text: str) -> None:
        """Keep the signal."""
        super().__init__(text)
        self.code = 128 + number


class Trouble(CourseError):
    """The machine's fault, not a student's: nothing is entered, the run ends."""


class Stop:
    """Whether somebody asked the run to stop."""

    number = 0

    def look(self, done: int, left: int) -> None:
        """Raise Stopped if so."""
        if self.number:
            raise Stopped(
                self.number,
                f"stopped: {done} graded, {left} left; go on with the same command and --resume",
            )


@contextmanager
def stoppable() -> Iterator[Stop]:
    """Ctrl-C and a request to end are kept until the submission in hand is entered.

    nbgrader would take the exception for the submission's own.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def asked(number: int, _frame: object) -> None:
        if stop.number:
            raise KeyboardInterrupt
        stop.number = number

    before = {number: signal.signal(number, asked) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def alone(course: Course) -> Iterator[None]:
    """Only one grader works on a course; the lock goes with its process."""
    course.reports.mkdir(parents=True, exist_ok=True)
    with (course.reports / "grading.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CourseError(
                f"another grader is at work in {course.grading}: wait until it is done"
            ) from None
        yield


def wait_for(course: Course, tell: Callable[[str], None]) -> None:
    """Wait while another program holds the gradebook. Raises Trouble after BUSY seconds."""
    path = course.grading / "gradebook.db"
    if load_config(course).CourseDirectory.get("db_url") or not path.is_file():
        return  # another database keeps its own order
    end, told = time.monotonic() + BUSY, False
    while True:
        try:
            book = sqlite3.connect(path, isolation_level=None, timeout=2)
            try:
                book.execute("begin immediate")
                book.execute("rollback")
            finally:
                book.close()
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise Trouble(_unusable(path, error)) from None
        except sqlite3.DatabaseError as error:
            raise Trouble(_unusable(path, error)) from None
        if time.monotonic() > end:
            raise Trouble(
                f"{path} is in use by another program (Formgrader?): nothing was entered; close "
                "it, then go on with --resume"
            )
        if not told:
            tell(WAITING)
        told = True


def _unusable(path: Path, error: Exception) -> str:
    return (
        f"{path}: {error}. Make room or free it if it is only full or locked, then --resume; a "
        "damaged gradebook: put back a copy (the marks given by hand are only in it), or move it "
        "away and grade again"
    )
