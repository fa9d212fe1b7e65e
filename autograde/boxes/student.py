"""Inside the student box: run the learner's cells, then answer calls of their functions.

The process that starts here runs nobody's code. For each submission it makes a child, and when
the submission is over it ends every process but itself. The child stops at each check cell long
enough to leave a copy of itself behind: that copy answers the check's calls, later and with
everything as it was at that place of the notebook.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import importlib
import linecache
import os
import random
import resource
import shutil
import signal
import socket
import sys
import traceback
from pathlib import Path
from typing import Any

import numpy as np
from IPython.core.ultratb import AutoFormattedTB
from pygments.lexer import words

from ._landlock import filter_calls
from ._seccomp import guard
from .absent import FRAMEWORKS, hide
from .channel import Channel, Closed
from .launch import bound, settle
from .shell import Shell, limited
from .watch import end_all
from .wire import Keep, WireError, encode

COMMON = ("checks", "data", "nn", "optim", "plots", "training", "widgets")
SUBREAPER = 36  # prctl: processes whose parents ended become children of this one
DRAWS = 0  # where random numbers without a seed begin; of a check's seed nothing is told here
DUMPABLE = 4  # prctl: whether others of the same user may look into this process


def main(end: Channel, wanted: dict[str, Any]) -> None:
    """Get ready, then run one submission after another, until the grader hangs up or ends."""
    own = os.getpid()
    try:
        _serve(end, wanted)
    finally:
        if os.getpid() == own and not wanted["alone"]:
            end_all(own)
            os.killpg(0, signal.SIGKILL)  # this process as well


def _serve(end: Channel, wanted: dict[str, Any]) -> None:
    _control(DUMPABLE, 0)
    if not wanted["alone"]:
        _control(SUBREAPER, 1)
    torch = wanted["torch"]
    hide(["course.functional", *(() if torch else FRAMEWORKS)])
    _warm_up(torch)
    room = Path(os.environ["HOME"])
    os.chdir(room)
    settle()
    while True:
        try:
            job, fds = end.receive_fds(250)
        except Closed:
            return
        if job["do"] == "run":
            if os.fork() == 0:
                end.close()
                if wanted["guarded"]:
                    filter_calls(guard(os.getppid(), os.getpgrp()))
                if not wanted["alone"]:  # whoever counts memory has no right but the same user's
                    _control(DUMPABLE, 1)
                _seed(torch)
                _run(job, fds)
            for fd in fds:
                os.close(fd)
        else:
            end.send({"clean": _sweep(room, wanted["alone"])})


def _control(what: int, value: int) -> None:
    """A setting of this process; only Linux has these."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(what, value, 0, 0, 0)


def _warm_up(torch: bool) -> None:
    """Import what nearly every submission imports: what each imports by itself takes time in all.

    And memory, twice: what the collector visits after a fork is copied. See `settle`.
    """
    import matplotlib.pyplot
    import PIL.Image

    import course.widgets

    for name in COMMON:
        importlib.import_module(f"course.{name}")
    for name in course.widgets.__all__:
        getattr(course.widgets, name)  # is imported when it is asked for
    PIL.Image.preinit()  # what reads their photographs
    np.zeros((2, 2)) @ np.ones((2, 2))
    matplotlib.pyplot.close(matplotlib.pyplot.figure())  # finds the fonts
    if torch:
        import torch as _torch

        _torch.set_num_threads(1)
    _render_an_error()
    Shell.instance()  # each submission has a copy of it


def _render_an_error() -> None:
    """Fill the caches of what renders errors; a blank notebook has dozens of them.

    stack_data makes a lexer for each, and that lexer a pattern of the same words.
    """
    get: Any = functools.cache(words.get)
    words.get = get
    source, file = "raise ValueError\n", "<warm-up>"
    linecache.cache[file] = (len(source), None, [source], file)
    try:
        exec(compile(source, file, "exec"), {})
    except ValueError as error:
        make: Any = AutoFormattedTB
        make(mode="Context").structured_traceback(ValueError, error, error.__traceback__)
    del linecache.cache[file]


def _sweep(room: Path, alone: bool) -> bool:
    """End all processes of the last submission and empty the room; whether that went well."""
    if not alone:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
    for entry in _left(room):
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
    return not _left(room)


def _left(room: Path) -> list[Path]:
    """What lies in the room, and in the memory that processes share by name."""
    return [entry for folder in (room, Path("/dev/shm")) for entry in folder.iterdir()]


def _seed(torch: bool) -> None:
    """Each submission draws the same numbers whenever it is run, also where it sets no seed."""
    random.seed(DRAWS)
    np.random.seed(DRAWS)  # noqa: NPY002  (what learners use without a generator)
    if torch:
        sys.modules["torch"].manual_seed(DRAWS)


def _run(job: dict[str, Any], fds: list[int]) -> None:
    """Run the cells of one submission; never returns."""
    try:
        line = Channel(socket.socket(fileno=fds[0]))
        waiting = fds[1:]
        bound(job["limits"], spare=len(waiting) + 1)
        shell = Shell.instance()
        count = 0
        for number, (kind, source) in enumerate(job["cells"]):
            count += bool(source.strip())
            if kind == "check":
                fd, drawn = waiting.pop(0), random.getstate()
                if _fork() == 0:
                    random.setstate(drawn)  # a fork draws a seed of its own
                    line.close()
                    for other in waiting:
                        os.close(other)
                    _answer(Channel(socket.socket(fileno=fd)), shell, job["call_seconds"])
                    os._exit(0)
                os.close(fd)
                line.send({"at": number, "state": "left"})
            elif kind == "run":
                line.send({"at": number, "state": "begun"})
                shell.execution_count = count  # In[5] is the notebook's fifth, checks counted
                outputs, late = shell.run(source, job["cell_seconds"])
                line.send({"at": number, "state": "done", "outputs": outputs, "late": late})
        line.send({"at": len(job["cells"]), "state": "over"})
    except BaseException:
        os._exit(1)
    os._exit(0)


def _fork() -> int:
    """Fork, even where the learner's threads have used up what they may; -1: not even so."""
    few, most = resource.getrlimit(resource.RLIMIT_NPROC)
    resource.setrlimit(resource.RLIMIT_NPROC, (most, most))
    try:
        return os.fork()
    except OSError:
        return -1  # nobody answers this check: it fails, and no other
    finally:
        resource.setrlimit(resource.RLIMIT_NPROC, (few, most))


class _Answers:
    """What the process that stays at a check cell says to the test box."""

    def __init__(self, channel: Channel, shell: Shell, seconds: float) -> None:
        self.channel, self.names, self.seconds = channel, shell.user_ns, seconds
        self.kept: list[Any] = []

    def keep(self, thing: Any) -> int:
        self.kept.append(thing)
        return len(self.kept) - 1

    def lend(self, number: int, name: str) -> Any:
        """A function of the test box: calling it asks there."""

        def borrowed(*args: Any, **options: Any) -> Any:
            wish = {"asks": number, "args": args, "options": options}
            self.channel.send(wish, self.keep)
            answer = self.channel.receive(None, self.lend)
            if "error" in answer:
                raise RuntimeError(f"{name}: {answer['error']}")
            return answer["value"]

        borrowed.__name__ = name if name.isidentifier() else "function"
        return borrowed

    def answer(self, wish: dict[str, Any]) -> dict[str, Any]:
        if wish["do"] == "look":
            return {"found": {n: _told(self.names[n]) for n in wish["names"] if n in self.names}}
        target = wish["target"]
        function = self.names[target] if isinstance(target, str) else self.kept[target]
        args, options = wish["args"], wish["options"]
        before = {key: encode(value) for key, value in _arguments(args, options).items()}
        try:
            with limited(self.seconds):
                said = {"value": _told(function(*args, **options))}
        except BaseException as error:
            said = _raised(error)
        return said | {"changed": _changed(before, _arguments(args, options))}


def _told(value: Any) -> Any:
    """A network in a form that can cross; anything else as it is."""
    if "course.layer" not in sys.modules:
        return value
    from .networks import describe

    return describe(value)


def _arguments(args: tuple[Any, ...], options: dict[str, Any]) -> dict[int | str, Any]:
    found: dict[int | str, Any] = dict(enumerate(args))
    return found | options


def _changed(before: dict[int | str, bytes], after: dict[int | str, Any]) -> Any:
    """What arguments became that were changed in place; only which, where that cannot cross."""
    try:
        frames = {key: encode(after[key]) for key in before}
    except WireError:
        return [key for key in before if not _is(before[key], after[key])]
    return {key: after[key] for key, frame in before.items() if frames[key] != frame}


def _is(frame: bytes, value: Any) -> bool:
    try:
        return encode(value) == frame
    except WireError:
        return False


def _answer(channel: Channel, shell: Shell, seconds: float) -> None:
    """Answer calls until the test box hangs up."""
    answers = _Answers(channel, shell, seconds)
    sys.stdout = sys.stderr = Path(os.devnull).open("w", encoding="utf-8", errors="replace")  # noqa: SIM115
    while True:
        try:
            wish = channel.receive(None, answers.lend)
        except Closed:
            return
        try:
            _tell(channel, answers.answer(wish), answers.keep)
        except (Closed, BrokenPipeError):
            return
        except WireError as error:
            channel.send({"error": ["ValueError"], "text": str(error), "place": None})
        except BaseException as error:
            channel.send(_raised(error))


def _tell(channel: Channel, said: dict[str, Any], keep: Keep) -> None:
    """Send an answer; without what arguments became where that is more than fits beside it."""
    try:
        channel.send(said, keep)
    except WireError:
        if not said.get("changed"):
            raise
        channel.send(said | {"changed": list(said["changed"])}, keep)


def _raised(error: BaseException) -> dict[str, Any]:
    """An exception in plain values: the names of its types, its text, the learner's line."""
    place = None
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.startswith("<ipython-input") or "ipykernel" in frame.filename:
            source = linecache.getline(frame.filename, frame.lineno or 0).strip()
            place = (frame.lineno or 1, frame.name, source[:300])
            break
    try:
        text = str(error)[:300]
    except BaseException:
        text = ""
    return {"error": [t.__name__ for t in type(error).__mro__], "text": text, "place": place}
