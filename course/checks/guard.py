"""Call a learner's function so that nothing it does reaches the notebook but its answer.

What it prints and warns is kept, whatever it raises is caught, and a loop without end is ended
by an alarm. Only what the interpreter itself cannot survive (`os._exit`) gets through.
"""

from __future__ import annotations

import contextlib
import io
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

import numpy as np

KEPT = 2000  # characters of a learner's printing that are kept


class TimeIsUp(BaseException):
    """Raised inside the learner's function; no `except Exception` stops it."""


class _Keeper(io.TextIOBase):
    """A text stream that keeps the first characters and counts the others."""

    def __init__(self) -> None:
        self.kept = ""
        self.count = 0

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        self.kept += text[: max(0, KEPT - len(self.kept))]
        self.count += len(text)
        return len(text)


@dataclass
class Call:
    """What one call did: a result, or an error (never both)."""

    result: Any = None
    error: BaseException | None = None
    printed: str = ""
    warned: tuple[str, ...] = ()
    seconds: float = 0.0


def call_guarded(function: Callable[[], Any], seconds: float | None = None) -> Call:
    """Run `function()` and report; `seconds` bounds the time where the system can (Unix)."""
    keeper = _Keeper()
    call = Call()
    start = time.monotonic()
    with _quiet(keeper), np.errstate(), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            call.result = _limited(function, seconds)
        except BaseException as error:  # sys.exit and the stop button end here too
            call.error = error
    call.seconds = time.monotonic() - start
    call.printed = keeper.kept
    call.warned = tuple(dict.fromkeys(f"{w.category.__name__}: {said(w.message)}" for w in caught))
    return call


def said(thing: object) -> str:
    """The text of somebody else's exception or warning, whose `__str__` may do anything."""
    if type(thing).__str__ in (BaseException.__str__, OSError.__str__, KeyError.__str__):
        return BaseException.__str__(thing)[:300]  # type: ignore[arg-type]
    with contextlib.suppress(BaseException):
        return str(thing)[:300]
    return ""


@contextmanager
def _quiet(keeper: _Keeper) -> Iterator[None]:
    """Send stdout and stderr to `keeper` for a while."""
    before = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = keeper
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def _limited(function: Callable[[], Any], seconds: float | None) -> Any:
    """Call `function()`, raising TimeIsUp inside it after `seconds`, again and again."""
    if (
        seconds is None
        or not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
    ):
        return function()
    rings, running = 0, True

    def ring(_signal: int, frame: FrameType | None) -> None:
        nonlocal rings
        if not running:
            return
        if frame is None or frame.f_code.co_filename == __file__:
            signal.setitimer(signal.ITIMER_REAL, 1e-3)  # in our own lines: try again soon
            return
        rings += 1
        # A bare `except:` in a loop swallows an alarm. The next ones come so close together
        # that one arrives while the except clause itself runs, where nothing catches it.
        signal.setitimer(signal.ITIMER_REAL, 0.05 if rings < 5 else 2e-5)
        raise TimeIsUp

    start = time.monotonic()
    handler = signal.signal(signal.SIGALRM, ring)
    delay, interval = signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-3))
    try:
        return function()
    finally:
        running = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        _let_pending_signals_run()
        signal.signal(signal.SIGALRM, handler)
        if delay:  # somebody else's alarm was set: wind it on
            left = max(delay - (time.monotonic() - start), 1e-3)
            signal.setitimer(signal.ITIMER_REAL, left, interval)


def _let_pending_signals_run() -> None:
    """An alarm that went off just now is delivered at this call, while `ring` still stands."""
