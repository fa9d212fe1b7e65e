"""Take submissions in: whatever lies in a folder becomes a clean notebook or a reason why not.

Only regular files are read, never through a link, never more than the limits; the originals are
not touched. Accepted layouts: STUDENT/ASSIGNMENT/x.ipynb (nbgrader's), STUDENT/x.ipynb, and
STUDENT.ipynb.
"""

from __future__ import annotations

import codecs
import json
import os
import re
import shutil
import stat
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.utils import parse_utc

from .course import CourseError
from .notebook import dumps, loads
from .skeleton import rebuild

LARGEST = 150_000_000  # bytes of a notebook: stored outputs may be large, and are not read
TIMESTAMP = "timestamp.txt"
SECRET = "submission_secret.txt"  # nbgrader's exchange hands the feedback page out by it
_SECRET = re.compile(r"[0-9a-f]{32,256}")
_STUDENT = re.compile(r"[\w.@+ -]{1,120}")  # what nbgrader's file search takes literally


class Refused(Exception):
    """A submission that is not taken; the text is the reason."""


@dataclass(frozen=True)
class Submission:
    """Where one student's work lies: a folder, or a notebook file."""

    student: str
    path: Path


@dataclass
class Received:
    """What became of one submission: "ready", "missing" or "refused", and notes."""

    student: str
    status: str
    notes: list[str] = field(default_factory=list)


def find(folder: Path, assignment: str) -> list[Submission]:
    """Every submission in a folder, in the order of the students' names."""
    if not folder.is_dir():
        raise CourseError(f"{folder}: no such folder of submissions")
    found = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name == "__pycache__":
            continue
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            inner = path / assignment
            found.append(Submission(path.name, inner if os.path.lexists(inner) else path))
        elif path.suffix.lower() == ".ipynb":
            found.append(Submission(path.stem, path))
        elif not stat.S_ISREG(mode):
            found.append(Submission(path.name, path))
    return found


@dataclass
class Packet:
    """What was read of a submission: the notebook's bytes, and nbgrader's small files."""

    content: bytes
    small: dict[str, str]


def receive(submission: Submission, topic: str) -> tuple[Received, Packet | None]:
    """Read one submission, or say why not. Nothing of it is parsed here."""
    received = Received(submission.student, "refused")
    try:
        if not _STUDENT.fullmatch(submission.student) or submission.student.startswith("-"):
            raise Refused("the folder's name cannot be a student's id: letters, digits, . @ + - _")
        path = _choose(submission.path, topic, received)
        if path is None:
            received.status = "missing"
            return received, None
        packet = Packet(read_bytes(path, LARGEST), _exchange_files(submission.path, received))
    except Refused as reason:
        received.notes.append(str(reason))
        return received, None
    except OSError as error:
        received.notes.append(f"it can no longer be read ({error.strerror})")
        return received, None
    received.status = "ready"
    return received, packet


def clean(content: bytes, release: NotebookNode) -> tuple[str, list[str]]:
    """The clean notebook, as text, that a stranger's bytes make, and notes. Raises Refused."""
    text, encoding = decode(content)
    notebook, notes = rebuild(release, parse(text))
    if encoding:
        notes = [f"the file is {encoding}, not UTF-8: read as that", *notes]
    return dumps(notebook).encode("utf-8", "replace").decode(), notes  # half a letter has no bytes


def put(clean_text: str, small: dict[str, str], folder: Path, topic: str) -> None:
    """Write the clean copy of a submission, from which nbgrader goes on, into `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / f"{topic}.ipynb").write_text(clean_text, encoding="utf-8", newline="")
    for name, text in small.items():
        (folder / name).write_text(text, encoding="utf-8")


def _choose(path: Path, topic: str, received: Received) -> Path | None:
    """The notebook of a submission: the one with the right name, else the only one."""
    mode = path.lstat().st_mode
    if not stat.S_ISDIR(mode):
        return path  # a file, or something that read_bytes refuses by name
    names = sorted(entry.name for entry in path.iterdir() if not entry.name.startswith("."))
    notebooks = [name for name in names if name.lower().endswith(".ipynb")]
    extra = [name for name in names if name not in notebooks and name not in (TIMESTAMP, SECRET)]
    if extra:
        received.notes.append(f"other files are not taken over: {', '.join(extra[:5])}")
    wanted = f"{topic}.ipynb"
    if wanted in notebooks:
        if len(notebooks) > 1:
            received.notes.append(f"several notebooks, {wanted} was graded")
        return path / wanted
    if len(notebooks) > 1:
        raise Refused(f"several notebooks and none is called {wanted}: {', '.join(notebooks[:5])}")
    if notebooks:
        received.notes.append(f"submitted as {notebooks[0]!r}, taken as {wanted}")
        return path / notebooks[0]
    received.notes.append(f"no notebook: {wanted} is not there")
    return None


def read_bytes(path: Path, largest: int) -> bytes:
    """The bytes of a regular file of bounded size; anything else is refused, no link followed."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        what = "a symbolic link" if path.is_symlink() else f"cannot be opened ({error.strerror})"
        raise Refused(f"{path.name}: {what}") from None
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        raise Refused(f"{path.name}: {_kind(status.st_mode)}, not a file")
    with os.fdopen(handle, "rb") as file:
        content = file.read(largest + 1) if status.st_size <= largest else b" " * (largest + 1)
    if len(content) > largest:
        size = max(status.st_size, len(content))
        raise Refused(f"{path.name}: {size / 1e6:.0f} MB, more than {largest / 1e6:.0f} MB")
    return content


def _kind(mode: int) -> str:
    kinds = {
        stat.S_ISFIFO: "a pipe",
        stat.S_ISDIR: "a folder",
        stat.S_ISSOCK: "a socket",
        stat.S_ISCHR: "a device",
        stat.S_ISBLK: "a device",
    }
    return next((name for test, name in kinds.items() if test(mode)), "something odd")


def decode(content: bytes) -> tuple[str, str]:
    """The text, and its encoding where it is not UTF-8 as a notebook's should be.

    Every byte is a letter in Latin-1, so that comes last, and UTF-16 only with its mark.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace"), "UTF-16"
    try:
        return content.decode("utf-8-sig"), ""
    except UnicodeDecodeError:
        return content.decode("latin-1"), "Latin-1"


def parse(text: str) -> NotebookNode:
    """A notebook from a stranger's text, or the reason why it is none."""
    try:
        if not text.strip():
            raise Refused("the file is empty")
        found = json.loads(text)
        if not isinstance(found, dict) or not isinstance(found.get("nbformat"), int):
            raise Refused("the file is JSON, but not a notebook")
        for cell in found.get("cells", []):
            cell.pop("outputs", None)
            if cell["cell_type"] == "code":
                cell["outputs"] = []
        notebook = loads(json.dumps(found))
        for cell in notebook.cells:
            if not isinstance(cell.source, str):
                raise Refused("a cell's text is not text")
    except json.JSONDecodeError as error:
        raise Refused(f"broken JSON in line {error.lineno}: {error.msg}") from None
    except RecursionError:
        raise Refused("the file is nested too deeply") from None
    except Refused:
        raise
    except Exception as error:
        raise Refused(f"not a notebook: {type(error).__name__}: {str(error)[:200]}") from None
    return notebook


def _exchange_files(path: Path, received: Received) -> dict[str, str]:
    """What nbgrader's exchange put beside the notebook, where it is what it should be."""
    found = {}
    for name, valid in ((TIMESTAMP, parse_utc), (SECRET, _SECRET.fullmatch)):
        if not os.path.lexists(path / name):
            continue
        try:
            text = read_bytes(path / name, 1000).decode("utf-8-sig").strip()
            if not valid(text):
                raise ValueError(name)
            found[name] = text
        except (Refused, ValueError, OverflowError):
            if name == TIMESTAMP:
                received.notes.append(f"{name} is not a time; counted as handed in on time")
    return found
