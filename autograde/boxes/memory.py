"""Bound the memory that all processes of a box take together: each one's own limit does not.

A thread outside the box looks a few times a second and ends the largest process until the rest
fits. What several processes share is counted once (proportional set size), pages in swap too.
What no process has mapped cannot be seen here; the filter of system calls forbids to make it.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import threading
import time
from pathlib import Path

OFTEN = 0.1  # seconds between two looks
EFFORT = 0.2  # part of the time that looking may take
PAGE = os.sysconf("SC_PAGE_SIZE")
_SHARE = re.compile(rb"^(?:Pss|SwapPss):\s+(\d+) kB", re.MULTILINE)


class Watch(threading.Thread):
    """Looks after the processes below `top`, until it is told to stop."""

    def __init__(self, top: int, most: int) -> None:
        """`most`: bytes for all processes below `top`, which itself is never ended."""
        super().__init__(name=f"memory of {top}", daemon=True)
        self.top, self.most = top, most
        self.over = threading.Event()

    def run(self) -> None:
        """Look, and wait longer where looking takes long."""
        pause = OFTEN
        while not self.over.wait(pause):
            start = time.monotonic()
            relieve(self.top, self.most)
            pause = max(OFTEN, (time.monotonic() - start) / EFFORT)

    def stop(self) -> None:
        """No more looks."""
        self.over.set()


def relieve(top: int, most: int) -> list[int]:
    """End the largest processes below `top` until the others take no more than `most` bytes."""
    found = {pid: resident(pid) for pid in below(top)}
    if sum(found.values()) <= most:
        return []  # what they share was counted for each of them: the true sum is smaller still
    found = {pid: share(pid) for pid in found}
    ended = []
    for pid in sorted(found, key=lambda pid: found[pid], reverse=True):
        if sum(found.values()) <= most:
            break
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
        found[pid] = 0
        ended.append(pid)
    return ended


def below(top: int) -> list[int]:
    """The processes that `top` started, and those that they started."""
    found = [top]
    for pid in found:  # grows while it is read
        for path in Path(f"/proc/{pid}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += map(int, path.read_bytes().split())
    return found[1:]


def resident(pid: int) -> int:
    """The bytes of a process that are in memory, its own and shared; 0: it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_bytes().split()[1]) * PAGE
    except OSError:
        return 0


def share(pid: int) -> int:
    """A process's bytes in memory and swap, of shared ones its share; all where that is hidden."""
    try:
        found = _SHARE.findall(Path(f"/proc/{pid}/smaps_rollup").read_bytes())
    except OSError:
        return resident(pid)
    return sum(map(int, found)) * 1024
