"""Bound what all processes of a box take together: each one's own limits do not.

Memory: a thread outside the box looks a few times a second and ends the largest process until the
rest fits. What several processes share is counted once (proportional set size), pages in swap too.
What no process has mapped cannot be seen here; the filter of system calls forbids to make it.

The disk, where a box's folder has no bound of its own: when it is over, all the learner's processes
are ended.
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
_FIELD = re.compile(r"^(Uid|Threads):\s+(\d+)", re.MULTILINE)
_SHARE = re.compile(rb"^(?:Pss|SwapPss):\s+(\d+) kB", re.MULTILINE)


class Watch(threading.Thread):
    """Looks after the processes below `top`, until it is told to stop."""

    def __init__(self, top: int, most: int, folder: Path | None = None, room: int = 0) -> None:
        """`most`: bytes for all processes below `top`, which itself is never ended.

        folder, room: where they may write, and how many bytes.
        """
        super().__init__(name=f"watch over {top}", daemon=True)
        self.top, self.most, self.folder, self.room = top, most, folder, room
        self.over = threading.Event()

    def run(self) -> None:
        """Look, and wait longer where looking takes long and nothing grows."""
        pause, before = OFTEN, 0
        while not self.over.wait(pause):
            start = time.monotonic()
            taken = sum(map(resident, below(self.top)))
            ended = relieve(self.top, self.most) if taken > self.most else []
            if self.folder and is_fuller(self.folder, self.room):
                end_all(self.top)
            calm = not ended and taken < before + self.most / 8
            pause = max(OFTEN, (time.monotonic() - start) / EFFORT) if calm else OFTEN
            before = taken

    def stop(self) -> None:
        """No more looks."""
        self.over.set()


def relieve(top: int, most: int) -> list[int]:
    """End the largest processes below `top` until the others take no more than `most` bytes."""
    found = {pid: share(pid) for pid in below(top)}
    ended = []
    for pid in sorted(found, key=lambda pid: found[pid], reverse=True):
        if sum(found.values()) <= most:
            break
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
        found[pid] = 0
        ended.append(pid)
    return ended


def end_all(top: int) -> None:
    """End everything below `top`, also what is started meanwhile."""
    for _ in range(50):
        found = below(top)
        for pid in found:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if not any(map(resident, found)):  # those that wait to be buried have nothing any more
            return
        time.sleep(0.01)


def is_fuller(folder: Path, room: int) -> bool:
    """Whether the files in a folder take more than `room` bytes; each takes a page at least."""
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                room -= max(PAGE, Path(parent, name).lstat().st_blocks * 512)
        room -= PAGE
        if room < 0:
            return True
    return False


def below(top: int) -> list[int]:
    """The processes that `top` started, and those that they started."""
    found = [top]
    for pid in found:  # grows while it is read
        with contextlib.suppress(OSError):  # it has ended meanwhile
            for thread in Path(f"/proc/{pid}/task").iterdir():
                with contextlib.suppress(OSError):
                    found += map(int, (thread / "children").read_bytes().split())
    return found[1:]


def tasks() -> int:
    """How many processes and threads the user has who runs this."""
    found = 0
    for path in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            fields = dict(_FIELD.findall(path.read_text("utf-8", "replace")))
            found += int(fields["Threads"]) if int(fields["Uid"]) == os.getuid() else 0
    return found


def users() -> set[int]:
    """The numbers of all users who run something, as far as /proc tells."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            fields = dict(_FIELD.findall(path.read_text("utf-8", "replace")))
            found.add(int(fields["Uid"]))
    return found


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
