"""A pair of boxes at work: a submission's cells go in, the outputs of every cell come out.

Phase A runs the learner's cells in the student box and keeps what they show. Phase B runs the
checks in the test box; nothing that the learner's code shows from then on is kept, so no hidden
input can find its way out. Every frame from a box is checked before it is believed to be a frame.
"""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import dataclass, field
from typing import Any

from .channel import Channel, Closed, TooLate
from .reports import Outputs, outputs_of, state_of
from .sandbox import Box, BoxFailed, Sandbox
from .testers import Desk, Testers
from .wire import SHOWN, TEXT, WireError

GRACE = 5.0  # seconds beyond a cell's own limit until the process is ended
REPORT, REPORTS = 32 * 2**20, 256 * 2**20  # bytes of what a cell, or all cells, show
SHOWS = {"output": REPORTS, "cell_output": REPORT, "cell_printed": TEXT, "cell_shown": SHOWN}
STARTS = 25  # of a student box for one submission: each cell that ends it does so twice


@dataclass(frozen=True)
class Work:
    """One notebook: its code cells in order, as (kind, source, title), and the bounds.

    kind: "locked" runs in both boxes, "check" in the test box, "run" in the student box.
    """

    cells: tuple[tuple[str, str, str], ...]
    names: tuple[str, ...]  # what the checks may take from the learner
    seed: str
    cell_seconds: float = 180.0
    all_seconds: float = 900.0
    call_seconds: float = 60.0
    torch: bool = False


@dataclass
class Findings:
    """The outputs of each cell, and what befell cells that have none."""

    outputs: dict[int, Outputs] = field(default_factory=dict)
    suspects: set[int] = field(default_factory=set)  # a box ended in them, once
    died: set[int] = field(default_factory=set)
    ended: bool = False  # whether a process ended during the checks
    late: set[int] = field(default_factory=set)  # stopped after their time
    unrun: set[int] = field(default_factory=set)  # the notebook's time was over
    broken: set[int] = field(default_factory=set)  # locked cells that fail in the test box
    limits: dict[str, int] = field(default_factory=dict)  # of the student box, the last one's


class Room:
    """A student box and a desk in a test box, warm, for one submission after another."""

    def __init__(self, sandbox: Sandbox, testers: Testers | None = None) -> None:
        """Start nothing yet. testers: the test boxes that rooms share; else its own."""
        self.sandbox, self.testers, self.owns = sandbox, testers or Testers(sandbox), not testers
        self.boxes: dict[str, Box | Desk] = {}
        self.torch = self.closed = False

    def close(self) -> None:
        """End what belongs to this room, for good."""
        self.closed = True
        while self.boxes:
            self.boxes.popitem()[1].kill()
        if self.owns:
            self.testers.close()

    def start(self, *, torch: bool) -> None:
        """Start both boxes, as far as they do not run; they get ready side by side."""
        for name in ("student", "tester"):
            self._box(name, torch=torch)

    def work(self, work: Work) -> Findings:
        """Run one submission; once more if a process ends during the checks.

        If that was the learner's doing it happens again; the machine ends processes as well.
        """
        with contextlib.suppress(BoxFailed):
            found = self._work(work)
            if not found.ended:
                return found
        return self._work(work)

    def _work(self, work: Work) -> Findings:
        found = Findings()
        end = time.monotonic() + work.all_seconds
        lines: list[socket.socket] = []
        self.start(torch=work.torch)
        try:
            for start in range(STARTS):
                for line in lines:
                    line.close()
                lines, complete = self._phase_a(work, found, end, start == STARTS - 1)
                if complete:
                    break
                self._finish("student")
            else:
                if not (found.died | found.late):
                    raise BoxFailed("the student box does not start")
            self._phase_b(work, found, lines, end)
        finally:
            for line in lines:
                line.close()
            self._finish("student")
            self._finish("tester")
        return found

    def _phase_a(
        self, work: Work, found: Findings, end: float, last: bool
    ) -> tuple[list[socket.socket], bool]:
        """Run the learner's cells; the lines to the check cells, and whether it came to its end.

        last: there is no other start, so only cells run that came to their end before.
        """
        skipped = found.died | found.late
        if last:
            own = {n for n, (kind, _, _) in enumerate(work.cells) if kind == "run"}
            found.unrun |= own - skipped - set(found.outputs)
            skipped |= found.unrun
        cells = [
            ("check" if kind == "check" else "skip" if number in skipped else "run", source)
            for number, (kind, source, _title) in enumerate(work.cells)
        ]
        limits = self.sandbox.limits()
        found.limits = {**limits, **SHOWS}
        job = {
            "do": "run",
            "cells": cells,
            "cell_seconds": work.cell_seconds,
            "call_seconds": work.call_seconds,
            "limits": limits,
        }
        report, lines = self._send("student", job, work, sum(k == "check" for k, _ in cells))
        at = -1
        try:
            while True:
                left = end - time.monotonic()
                message = report.receive(min(left, work.cell_seconds + GRACE))
                at, state = state_of(message, len(cells), at)
                if state == "over":
                    return lines, True
                if state == "done" and cells[at][0] == "run":
                    found.outputs[at] = outputs_of(message.get("outputs"))
                    if message.get("late") is True:
                        found.late.add(at)
        except TooLate:
            if time.monotonic() >= end:
                found.unrun |= {n for n in range(max(at, 0), len(cells)) if cells[n][0] == "run"}
                found.unrun -= set(found.outputs)
                return lines, True
            if at >= 0:
                found.late.add(at)
        except Closed:  # the cell's doing if it happens again; a machine ends processes as well
            if at >= 0:
                (found.died if at in found.suspects else found.suspects).add(at)
        except WireError:
            if at >= 0:
                found.died.add(at)
        finally:
            report.close()
        return lines, False

    def _phase_b(self, work: Work, found: Findings, lines: list[socket.socket], end: float) -> None:
        """Run the locked cells and the checks in the test box.

        A cell that the test box does not survive, or not in time, is left out when the box starts
        again: the cells before it run once more, for what they define, then those after it.
        """
        numbers = [n for n, (kind, _, _) in enumerate(work.cells) if kind != "run"]
        checks = {n for n in numbers if work.cells[n][0] == "check"}
        line_of = dict(zip(sorted(checks), lines, strict=False))
        end = max(end, time.monotonic() + 2 * work.cell_seconds)
        failed: set[int] = set()
        done: set[int] = set()
        while checks - done - failed and time.monotonic() < end:
            now = [n for n in numbers if n not in failed]
            job = {
                "do": "run",
                "cells": [work.cells[n] for n in now],
                "names": list(work.names),
                "seed": work.seed,
                "call_seconds": work.call_seconds,
            }
            ends = [line_of[n] for n in now if n in line_of]
            report, _ = self._send("tester", job, work, 0, ends)
            try:
                failed |= self._reports(report, work, found, now, done, end)
            finally:
                report.close()
            if checks - done - failed:
                self._finish("tester")
        found.unrun |= checks - done - found.late - found.died

    def _reports(
        self,
        report: Channel,
        work: Work,
        found: Findings,
        numbers: list[int],
        done: set[int],
        end: float,
    ) -> set[int]:
        """Take down what the test box reports; the cell that ended it, if one did."""
        at = -1
        try:
            while True:
                left = min(end - time.monotonic(), work.cell_seconds + GRACE)
                message = report.receive(left)
                at, state = state_of(message, len(numbers), at)
                if state == "over":
                    return set()
                number = numbers[at]
                if state == "done" and number not in done:
                    done.add(number)
                    found.ended |= message.get("ended") is True
                    outputs = outputs_of(message.get("outputs"))
                    if work.cells[number][0] == "check":
                        found.outputs[number] = outputs
                    elif any(o["type"] == "error" for o in outputs):
                        found.broken.add(number)
        except (TooLate, Closed, WireError) as error:
            if at < 0:
                raise BoxFailed("the test box does not start") from None
            culprit = numbers[min(at, len(numbers) - 1)]
            if culprit not in done:
                (found.late if isinstance(error, TooLate) else found.died).add(culprit)
                found.ended |= isinstance(error, Closed)
            return {culprit}

    def _send(
        self,
        name: str,
        job: dict[str, Any],
        work: Work,
        new: int,
        given: list[socket.socket] | None = None,
    ) -> tuple[Channel, list[socket.socket]]:
        """Hand a job to a box, with `new` fresh lines or the given ones; where it reports."""
        ours, theirs = socket.socketpair()
        pairs = [socket.socketpair() for _ in range(new)]
        ends = given if given is not None else [pair[1] for pair in pairs]
        fds = [theirs.fileno(), *(end.fileno() for end in ends)]
        try:
            try:
                self._box(name, torch=work.torch).line.send(job, fds=fds)
            except (Closed, TooLate):  # it ended while it had nothing to do
                self.boxes.pop(name).kill()
                self._box(name, torch=work.torch).line.send(job, fds=fds)
        finally:
            theirs.close()
            for pair in pairs:
                pair[1].close()
        return Channel(ours, REPORT, REPORTS), [pair[0] for pair in pairs]

    def _box(self, name: str, *, torch: bool) -> Box | Desk:
        if self.closed:
            raise BoxFailed("the grader is ending")
        while self.boxes and torch != self.torch:
            self.boxes.popitem()[1].kill()
        self.torch = torch
        if name not in self.boxes and name == "tester":
            self.boxes[name] = self.testers.desk(torch=torch)
        elif name not in self.boxes:
            self.boxes[name] = self.sandbox.start(name, {"torch": torch}, torch=torch)
        return self.boxes[name]

    def _finish(self, name: str) -> None:
        """End a submission's processes; a box that cannot promise that is ended as a whole."""
        box = self.boxes.get(name)
        if box is None:
            return
        try:
            if box.reusable:
                box.line.send({"do": "finish"})
                answer = box.line.receive(20.0)
                if isinstance(answer, dict) and answer.get("clean") is True:
                    return
        except (Closed, TooLate, WireError):
            pass
        self.boxes.pop(name).kill()
