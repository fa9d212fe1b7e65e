"""Take submissions in: whatever lies in a folder becomes a clean notebook or a reason why not.

Only regular files are read, never through a link, never more than the limits; the originals are
not touched. Accepted layouts: STUDENT/ASSIGNMENT/x.ipynb (nbgrader's), STUDENT/x.ipynb, and
STUDENT.ipynb. Of several notebooks of a student one is taken: the one with the right name if
anything was written in it; else the one with most answers, then with most cells of the release,
then the newest, then the one with the highest number in its name.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
from dataclasses import dataclass, field, replace
from pathlib import Path

from nbformat import NotebookNode
from nbgrader.utils import parse_utc

from .course import CourseError
from .matching import work_in
from .notebook import dumps
from .reading import Refused, read
from .skeleton import rebuild

LARGEST = 150_000_000  # bytes of a notebook: stored outputs may be large, and are not read
TIMESTAMP = "timestamp.txt"
SECRET = "submission_secret.txt"  # nbgrader's exchange hands the feedback page out by it
MOST = 8  # notebooks of one submission that are looked at
_SEVERAL = b"several notebooks\n"  # no notebook begins so
_SECRET = re.compile(r"[0-9a-f]{32,256}")
_STUDENT = re.compile(r"[\w.@+ -]{1,120}")  # what nbgrader's file search takes literally


@dataclass(frozen=True)
class Submission:
    """Where one student's work lies: a folder, or a notebook file; and files beside it."""

    student: str
    path: Path
    beside: tuple[Path, ...] = ()


@dataclass
class Received:
    """What became of one submission: "ready", "missing" or "refused", and notes."""

    student: str
    status: str
    notes: list[str] = field(default_factory=list)


def find(folder: Path, assignment: str) -> list[Submission]:
    """Every submission in a folder, one for each student, in the order of their names."""
    if not folder.is_dir():
        raise CourseError(f"{folder}: no such folder of submissions")
    found: dict[str, Submission] = {}

    def add(student: str, path: Path) -> None:
        first = found.setdefault(student, Submission(student, path))
        if first.path != path:
            found[student] = replace(first, beside=(*first.beside, path))

    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name == "__pycache__":
            continue
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            inner = path / assignment
            add(path.name, inner if os.path.lexists(inner) else path)
        elif path.suffix.lower() == ".ipynb":
            add(path.stem, path)
        elif not stat.S_ISREG(mode):
            add(path.name, path)
    return [found[student] for student in sorted(found)]


@dataclass
class Packet:
    """What was read of a submission: its notebook's bytes, or those of several (`_pack`), and
    nbgrader's small files."""

    content: bytes
    small: dict[str, str]


def receive(submission: Submission, topic: str) -> tuple[Received, Packet | None]:
    """Read one submission, or say why not. Nothing of it is parsed here."""
    received = Received(submission.student, "refused")
    try:
        if not _STUDENT.fullmatch(submission.student) or submission.student.startswith("-"):
            raise Refused("the folder's name cannot be a student's id: letters, digits, . @ + - _")
        candidates = _candidates(submission, topic, received)
        if not candidates:
            received.notes.append(f"no notebook: {topic}.ipynb is not there")
            received.status = "missing"
            return received, None
        content = _gathered(candidates, received)
        packet = Packet(content, _exchange_files(submission.path, received))
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
    submitted, told = _best(_unpack(content), release)
    notebook, notes = rebuild(release, submitted)
    notes = [*told, *notes]
    return dumps(notebook).encode("utf-8", "replace").decode(), notes  # half a letter has no bytes


def _best(
    candidates: list[tuple[str, bool, bytes]], release: NotebookNode
) -> tuple[NotebookNode, list[str]]:
    """The notebook that is graded, and notes on it. Raises Refused where none can be."""
    if len(candidates) == 1:
        return read(candidates[0][2], release)
    best, refused = None, {}
    for place, (name, usual, content) in enumerate(candidates):
        try:
            notebook, notes = read(content, release)
            written, known = work_in(release, notebook)
        except Refused as reason:
            refused[name] = str(reason)
            continue
        rank = (written > 0, usual, written, known, place)
        if best is None or rank > best[0]:
            best = rank, name, notebook, notes
    if best is None:
        said = "; ".join(f"{name!r}: {reason}" for name, reason in refused.items())
        raise Refused(f"several notebooks, and none can be read: {said[:500]}")
    others = [
        f"{name!r}" + (f" ({refused[name]})" if name in refused else "")
        for name, _, _ in candidates
        if name != best[1]
    ]
    told = f"several notebooks, {best[1]!r} was graded; not graded: {', '.join(others[:5])}"
    return best[2], [told, *best[3]]


def put(clean_text: str, small: dict[str, str], folder: Path, topic: str) -> None:
    """Write the clean copy of a submission, from which nbgrader goes on, into `folder`."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / f"{topic}.ipynb").write_text(clean_text, encoding="utf-8", newline="")
    for name, text in small.items():
        (folder / name).write_text(text, encoding="utf-8")


@dataclass(frozen=True)
class _Candidate:
    """A notebook that may be the one to grade; `usual`: it is called as it should be."""

    name: str
    usual: bool
    path: Path


def _candidates(submission: Submission, topic: str, received: Received) -> list[_Candidate]:
    """The notebooks of a submission, the likeliest last."""
    path = submission.path
    found = [_Candidate(beside.name, True, beside) for beside in submission.beside]
    if not stat.S_ISDIR(path.lstat().st_mode):
        found.append(_Candidate(path.name, True, path))  # or what read_bytes refuses by name
        return sorted(found, key=_likely)
    entries = sorted(p for p in path.iterdir() if not p.name.startswith("."))
    notebooks = [p for p in entries if p.name.lower().endswith(".ipynb")]
    extra = [p for p in entries if p not in notebooks and p.name not in (TIMESTAMP, SECRET)]
    links = [p.name for p in extra if p.is_symlink()]
    if links:
        received.notes.append(f"a symbolic link is not followed: {', '.join(links[:5])}")
    others = [p.name for p in extra if not p.is_symlink()]
    if others:
        received.notes.append(f"other files are not taken over: {', '.join(others[:5])}")
    wanted = f"{topic}.ipynb"
    if len(notebooks) == 1 and not found and notebooks[0].name != wanted:
        received.notes.append(f"submitted as {notebooks[0].name!r}, taken as {wanted}")
    for one in notebooks:
        name = os.path.relpath(one, found[0].path.parent) if found else one.name
        found.append(_Candidate(name, one.name == wanted, one))
    return sorted(found, key=_likely)


def _likely(candidate: _Candidate) -> tuple[int, int, bool]:
    """Newer ones are likelier, then higher numbers in the name, then a file in the folder."""
    numbers = re.findall(r"\d{1,9}", Path(candidate.name).stem)
    number = int(numbers[-1]) if numbers else 0
    return int(candidate.path.lstat().st_mtime), number, os.sep in candidate.name


def _gathered(candidates: list[_Candidate], received: Received) -> bytes:
    """The bytes of the only notebook, or of several. Raises Refused where none can be read."""
    if len(candidates) == 1:
        content = read_bytes(candidates[0].path, LARGEST)
        return _pack([(candidates[0], content)]) if content.startswith(_SEVERAL) else content
    found: list[tuple[_Candidate, bytes]] = []
    refused, room = [], LARGEST
    for candidate in sorted(candidates, key=lambda c: c.usual, reverse=True):
        try:
            if len(found) == MOST:
                raise Refused(f"{candidate.path.name}: more than {MOST} notebooks")
            content = read_bytes(candidate.path, room)
        except Refused as reason:
            refused.append(str(reason))
            continue
        room -= len(content)
        found.append((candidate, content))
    if not found:
        raise Refused("; ".join(refused[:5]))
    if refused:
        received.notes.append(f"not looked at: {'; '.join(refused[:5])}")
    if len(found) == 1 and not found[0][1].startswith(_SEVERAL):
        received.notes.append(f"several notebooks, {found[0][0].name!r} was graded")
        return found[0][1]
    return _pack(sorted(found, key=lambda one: candidates.index(one[0])))


def _pack(found: list[tuple[_Candidate, bytes]]) -> bytes:
    """Several notebooks as the bytes of one; the one to grade is chosen where they are parsed."""
    head = json.dumps([(one.name, one.usual, len(content)) for one, content in found])
    return b"".join([_SEVERAL, head.encode(), b"\n", *(content for _, content in found)])


def _unpack(content: bytes) -> list[tuple[str, bool, bytes]]:
    """The notebooks in a packet: name, whether it is called as it should be, bytes."""
    if not content.startswith(_SEVERAL):
        return [("", True, content)]
    start = content.index(b"\n", len(_SEVERAL)) + 1
    found = []
    for name, usual, length in json.loads(content[len(_SEVERAL) : start]):
        found.append((name, usual, content[start : start + length]))
        start += length
    return found


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
