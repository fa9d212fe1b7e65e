"""What one process that grades shares: the sandbox, the test boxes, and a few rooms."""

from __future__ import annotations

import atexit
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from .rooms import Findings, Room, Work
from .sandbox import BoxFailed, NoSandbox, Sandbox, choose, pythons
from .testers import Testers
from .trees import compose


def forbidden(root: Path, submissions: Path | None = None) -> list[Path]:
    """What no box may be able to read; `root`: nbgrader's folder."""
    found = [root, root / "gradebook.db", root.parent / "solutions", Path.home() / ".ssh"]
    place = submissions and submissions.resolve()
    if place and not any(folder.is_relative_to(place) for folder in pythons()):
        found.append(place)
    return found


class Grading:
    """The rooms of a process; they are started before there is work, or when it comes."""

    def __init__(self, forbidden: list[Path], *, without: bool = False) -> None:
        """Choose the sandbox. Raises NoSandbox where none works."""
        self.trees = compose()
        self.lock = threading.Lock()
        self.rooms: list[Room] = []
        self.free: list[Room] = []  # of them, those in which nobody works
        self.expected, self.closed = 0, False
        try:
            self.sandbox: Sandbox = choose(self.trees, forbidden, without=without)
        except BaseException:
            self.trees.remove()
            raise
        self.testers = Testers(self.sandbox)
        atexit.register(self.close)

    @contextmanager
    def room(self) -> Iterator[Room]:
        """A room for one submission."""
        with self.lock:
            room = self.free.pop() if self.free else self._add()
        try:
            yield room
        finally:
            with self.lock:
                self.free.append(room)

    def _add(self) -> Room:
        if self.closed:
            raise BoxFailed("the grader is ending")
        room = Room(self.sandbox, self.testers)
        self.rooms.append(room)
        return room

    def begin(self, *, torch: bool) -> None:
        """Start the boxes of the first room."""
        with self.lock:
            if not self.rooms:
                self.free.append(self._add())
                self.free[0].start(torch=torch)

    def warm_up(self, rooms: int, *, torch: bool) -> None:
        """Have so many rooms more, with their boxes started; one that `begin` made counts."""
        with self.lock:
            self.expected += rooms
            while len(self.rooms) < self.expected:
                self.free.append(self._add())
            for room in self.free:
                room.start(torch=torch)

    def findings(self, work: Work) -> Findings:
        """Run a submission."""
        with self.room() as room:
            return room.work(work)

    def close(self) -> None:
        """End all boxes and delete what they saw."""
        with self.lock:
            self.closed = True
            while self.rooms:
                self.rooms.pop().close()
            self.testers.close()
            self.trees.remove()
        atexit.unregister(self.close)


class Pool:
    """The gradings of a process, by what their boxes must not see. Workers share them."""

    def __init__(self) -> None:
        """None yet."""
        self.lock = threading.Lock()
        self.shared: dict[tuple[object, ...], Grading] = {}
        self.users: Counter[tuple[object, ...]] = Counter()

    def _made(self, *key: Any) -> Grading:
        if key not in self.shared:
            forbidden, without = key
            self.shared[key] = Grading(list(forbidden), without=without)
        return self.shared[key]

    def join(self, forbidden: tuple[Path, ...], *, without: bool) -> Grading:
        """What workers share, until each has left. Raises NoSandbox where none works."""
        with self.lock:
            grading = self._made(forbidden, without)
            self.users[forbidden, without] += 1
            return grading

    def leave(self, forbidden: tuple[Path, ...], *, without: bool) -> None:
        """End the boxes, if nobody else uses them."""
        with self.lock:
            self.users[forbidden, without] -= 1
            self._end_unused(forbidden, without)

    @contextmanager
    def early(self, forbidden: tuple[Path, ...], *, without: bool, torch: bool) -> Iterator[None]:
        """Start the boxes of a room meanwhile, for the worker that joins first."""

        def start() -> None:
            with suppress(NoSandbox, BoxFailed, OSError), self.lock:  # a worker meets it too
                self._made(forbidden, without).begin(torch=torch)

        starting = threading.Thread(target=start, daemon=True)
        starting.start()
        try:
            yield
        finally:
            starting.join()
            with self.lock:
                self._end_unused(forbidden, without)

    def _end_unused(self, *key: Any) -> None:
        if key in self.shared and not self.users[key]:
            self.shared.pop(key).close()


POOL = Pool()
