"""Run a grader with a deadline, and end whatever it leaves running."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .graders import Grader
from .world import World

LARGEST_FILE = 512 * 2**20  # bytes
MEMORY = 5 * 2**30  # of addresses of each process; PyTorch alone asks for some of them
PR_SET_CHILD_SUBREAPER = 36


def run(grader: Grader, world: World, deadline: float) -> tuple[int | None, str]:
    """Run the grader's commands; the worst exit status, or None if it had to be stopped."""
    end, worst, said = time.monotonic() + deadline, 0, ""
    log = world.base / "tmp" / "grader.log"
    for argv in grader.argv(world.course.root):
        with log.open("ab") as file:
            process = subprocess.Popen(
                argv,
                cwd=world.course.grading,
                env=world.environment(),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
                preexec_fn=_bounded,
            )
            try:
                code = process.wait(max(1.0, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return None, _tail(log)
        worst = worst or code
        said = _tail(log)
    return worst, said


def _bounded() -> None:
    """No attack may fill the disk or the memory, whatever the grader lets it do."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _tail(path: Path, size: int = 4000) -> str:
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - size))
        return file.read().decode("utf-8", "replace")


@contextmanager
def orphans_come_here() -> Iterator[frozenset[int]]:
    """On Linux: processes whose parents ended become children of this one, so none is missed.

    Yields the processes that were below this one before: nobody's attack.
    """
    before = frozenset(_descendants())
    if sys.platform != "linux":
        yield before
        return
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield before
    finally:
        sweep(before, grace=0)
        prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def sweep(before: frozenset[int], grace: float = 1.5) -> list[str]:
    """End every descendant that still runs after a moment; what they were."""
    end = time.monotonic() + grace
    while _descendants(before) and time.monotonic() < end:
        time.sleep(0.05)
    found = _descendants(before)
    for _ in range(50):
        more = _descendants(before)
        for pid in more:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if not more:
            break
        time.sleep(0.05)
    return sorted(found.values())


def _descendants(before: frozenset[int] | None = None) -> dict[int, str]:
    """The processes below this one that are alive, with their names; the dead are buried."""
    parents: dict[int, tuple[int, str]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError):
            head, rest = path.read_text().rsplit(") ", 1)
            pid, name = head.split(" (", 1)
            state, parent = rest.split()[:2]
            if before and int(pid) in before:
                continue
            if state != "Z":
                parents[int(pid)] = (int(parent), name)
            elif before is not None and int(parent) == os.getpid():
                os.waitpid(int(pid), os.WNOHANG)
    found: dict[int, str] = {}
    while True:
        more = {
            pid: name
            for pid, (parent, name) in parents.items()
            if pid not in found and (parent == os.getpid() or parent in found)
        }
        if not more:
            return found
        found.update(more)
