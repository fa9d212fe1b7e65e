"""The test box that several rooms share: it imports once, and each room has a process in it."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass
from typing import ClassVar

from .channel import Channel, Closed
from .sandbox import Box, BoxFailed, Sandbox

ROOMS = 64  # that a test box may be for


@dataclass
class Desk:
    """A room's part of the test box: a process that runs the checks of its submissions."""

    line: Channel
    reusable: ClassVar[bool] = True

    def kill(self) -> None:
        """End it, and what it runs; the test box stays."""
        self.line.close()


class Testers:
    """The test boxes of a process that grades: one with PyTorch, one without, as far as needed.

    No learner's code runs there, so one box serves all rooms.
    """

    __test__ = False  # for pytest: not a class of tests

    def __init__(self, sandbox: Sandbox) -> None:
        """Start nothing yet."""
        self.sandbox, self.lock = sandbox, threading.Lock()
        self.boxes: dict[bool, Box] = {}
        self.closed = False

    def desk(self, *, torch: bool) -> Desk:
        """A new desk; the first one starts the box, and so does one after it has ended."""
        ours, theirs = socket.socketpair()
        with theirs, self.lock:
            for _ in range(2):
                if self.closed:
                    break
                if torch not in self.boxes:
                    limits = self.sandbox.limits()
                    if "processes" in limits:
                        limits = {**limits, "processes": ROOMS * limits["processes"]}
                    wanted = {"torch": torch, "limits": limits}
                    self.boxes[torch] = self.sandbox.start("tester", wanted, torch=torch)
                try:
                    self.boxes[torch].line.send({"do": "serve"}, fds=[theirs.fileno()])
                except Closed:
                    self.boxes.pop(torch).kill()
                else:
                    return Desk(Channel(ours))
        ours.close()
        raise BoxFailed("the grader is ending" if self.closed else "the test box does not start")

    def close(self) -> None:
        """End the boxes, for good."""
        with self.lock:
            self.closed = True
            while self.boxes:
                self.boxes.popitem()[1].kill()
