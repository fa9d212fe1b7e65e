"""The place in which an attack is graded: a course, a home, canaries, and what became of them.

Everything lies below one temporary folder: the grader's home, a copy of the course's packages, the
files that nobody may read or change, and sockets on which nobody may call.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

from autograde.course import Course
from autograde.notebook import loads

from .ears import Ears
from .lesson import ASSIGNMENT, TOPIC
from .place import CONFIG, SECRETS

WAS_HERE = "attack_was_here"  # in the name of whatever an attack leaves behind
HONEST = "nora"  # the classmate; students are graded in the order of their names


class Link(str):
    """In what an attack hands in: a symbolic link to this path."""


class Pipe(str):
    """In what an attack hands in: a named pipe."""


@dataclass
class World:
    """One copy of the template, with an attacker, a classmate, and open ears."""

    base: Path
    attacker: str
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read the tokens, then put them out of reach; remember every file as it is."""
        folder = self.base / "tokens"
        self.tokens = {p.name: p.read_text(encoding="ascii") for p in folder.iterdir()}
        shutil.rmtree(folder)
        self.course = Course(self.base / "course")
        self.temporary = Path("/tmp") / f"{WAS_HERE}_{secrets.token_hex(6)}"
        self.shared = Path("/dev/shm") / self.temporary.name
        self.key = 2**24 + secrets.randbelow(2**30)

    @property
    def submitted(self) -> Path:
        """Where the students hand in."""
        return self.course.grading / "submitted"

    def folder(self, student: str) -> Path:
        """Where one student's files lie."""
        return self.submitted / student / ASSIGNMENT

    def released(self) -> nbformat.NotebookNode:
        """The notebook as the students get it."""
        path = self.course.grading / "release" / ASSIGNMENT / f"{TOPIC}.ipynb"
        return loads(path.read_text(encoding="utf-8"))

    def places(self) -> dict[str, str]:
        """The marks in an attack's text, and what they stand for: attackers know all paths."""
        return {
            "@COURSE@": str(self.course.root),
            "@GRADING@": str(self.course.grading),
            "@SUBMITTED@": str(self.submitted),
            "@HOME@": str(self.base / "home"),
            "@VALUABLES@": str(self.base / "valuables"),
            "@DROP@": str(self.base / "drop"),
            "@LIB@": str(self.base / "lib"),
            "@TMP@": str(self.temporary),
            "@PORT@": str(self.ears.port),
            "@UNIX@": str(self.base / "home" / "agent.sock"),
            "@SHARED@": str(self.shared),
            "@KEY@": str(self.key),
            "@HARNESS@": str(os.getpid()),
            "@ABSTRACT@": self.temporary.name,
            "@WAS_HERE@": WAS_HERE,
            "@ME@": self.attacker,
            "@HONEST@": HONEST,
            "@ASSIGNMENT@": ASSIGNMENT,
            "@TOPIC@": TOPIC,
            "@BASE@": str(self.base),
        }

    def hand_in(self, student: str, files: dict[str, Any]) -> None:
        """Lay files into a student's folder: text, bytes, notebooks, links, pipes."""
        folder = self.folder(student)
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Link):
                path.symlink_to(self.fill(str(content)))
            elif isinstance(content, Pipe):
                os.mkfifo(path)
            elif isinstance(content, nbformat.NotebookNode):
                path.write_text(json.dumps(content, indent=1), encoding="utf-8")
            elif isinstance(content, str):
                path.write_text(self.fill(content), encoding="utf-8")
            else:
                path.write_bytes(content)

    def fill(self, text: str) -> str:
        """An attack's text with the places in it."""
        for mark, value in self.places().items():
            text = text.replace(mark, value)
        return text

    def environment(self) -> dict[str, str]:
        """The environment of the grader, with a secret in it."""
        here = str(Path(sys.executable).parent)
        return {
            "PATH": os.pathsep.join([here, os.defpath]),
            "HOME": str(self.base / "home"),
            "TMPDIR": str(self.base / "tmp"),
            "PYTHONPATH": str(self.base / "lib"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONWARNINGS": "ignore",
            "LANG": "C.UTF-8",
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "COURSE_PROGRESS": "off",
            "GRADER_TOKEN": self.tokens["environment"],
        }

    def __enter__(self) -> World:
        """Listen; whoever calls is an intruder."""
        self.ears = Ears(str(self.base / "home" / "agent.sock"), self.temporary.name)
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up, and remove what lies outside the folder."""
        self.ears.close()
        for path in (self.temporary, self.shared):
            with contextlib.suppress(OSError):
                path.unlink()
        self._shared_memory(remove=True)

    def remember(self) -> None:
        """Take down what every file of value holds, once all work is handed in."""
        self.before = self._snapshot()

    def changed(self) -> list[str]:
        """Files of value that were changed or removed, and whatever was left behind."""
        after = self._snapshot()
        found = [name for name, digest in self.before.items() if after.get(name) != digest]
        found += [
            str(path.relative_to(self.base))
            for path in self.base.rglob(f"*{WAS_HERE}*")
            if not path.is_relative_to(self.submitted)
        ]
        for path in (self.temporary, self.shared):
            if path.exists():
                found.append(str(path.parent))
        return found + self._shared_memory()

    def _shared_memory(self, remove: bool = False) -> list[str]:
        """What lies under the key given to this attack, in System V's tables."""
        found = []
        for kind, control in (("shm", "shmctl"), ("msg", "msgctl")):
            table = Path("/proc/sysvipc") / kind
            for line in table.read_text().splitlines()[1:] if table.is_file() else []:
                key, number, *_ = line.split()
                if int(key) == self.key:
                    found.append(f"System V's {kind}")
                    if remove:
                        getattr(ctypes.CDLL(None), control)(int(number), 0, None)
        return found

    def _snapshot(self) -> dict[str, str]:
        """Digests of what neither grader has a reason to change."""
        found = {}
        grading = self.course.grading
        kept = [self.base / "valuables", self.base / "home" / ".ssh", self.base / "lib"]
        kept += [
            self.base / "home" / ".bashrc",
            self.course.solutions,
            self.submitted,
            grading / "source",
            grading / "release",
        ]
        inside = (path for place in kept for path in (place, *place.rglob("*")))
        for path in [*inside, grading / CONFIG]:
            if path.is_symlink() or not path.is_file() or path.suffix == ".pyc":
                continue
            found[str(path.relative_to(self.base))] = hashlib.sha256(path.read_bytes()).hexdigest()
        return found

    def read(self) -> list[str]:
        """Which secrets came back to the attacker: in the feedback, in a file, or by a call.

        Attacks tell what they found backwards, for feedback may quote a test that failed; what is
        no part of the exercise counts in any form.
        """
        text = self.ears.heard.decode("utf-8", "replace")
        for folder in (self.course.grading / "feedback" / self.attacker, self.base / "drop"):
            for path in folder.rglob("*"):
                if path.is_file():
                    text += path.read_text(encoding="utf-8", errors="replace")
        if self.temporary.is_file():
            text += self.temporary.read_text(encoding="utf-8", errors="replace")
        own = SECRETS[:3]
        found = [
            name
            for name, token in self.tokens.items()
            if token[::-1] in text or (name not in own and token in text)
        ]
        return found + sorted({f"network ({kind})" for kind in self.ears.called})

    def score(self, student: str) -> float | None:
        """The points in the gradebook, or None where there are none."""
        path = self.course.grading / "gradebook.db"
        question = """
            select sum(coalesce(g.manual_score, g.auto_score, 0) + coalesce(g.extra_credit, 0)),
                   count(g.auto_score)
            from grade g
            join submitted_notebook n on g.notebook_id = n.id
            join submitted_assignment s on n.assignment_id = s.id
            where s.student_id = ?"""
        try:
            with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as book:
                points, count = book.execute(question, (student,)).fetchone()
        except sqlite3.Error:
            return None
        return float(points) if count else None
