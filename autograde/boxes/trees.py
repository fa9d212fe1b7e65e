"""The two folders that boxes see: the course without answers, and the course with its checks."""

from __future__ import annotations

import contextlib
import itertools
import os
import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import course

HERE = Path(__file__).parent
COURSE = Path(course.__file__).parent
SHARED = ("__init__.py", "wire.py", "decode.py", "channel.py", "launch.py", "networks.py")
LOCKS = ("_landlock.py", "_seccomp.py")
IN_STUDENT = (*SHARED, "absent.py", "probe.py", "shell.py", "student.py", "watch.py", *LOCKS)
IN_TESTER = (*SHARED, "changes.py", "proxies.py", "tester.py", "touched.py")
ANSWERS = ("checks", "functional")  # parts of the course that a student box does not have
NAMED = "autograde-boxes-"  # and the process that they belong to
ROOM = "autograde-box-"  # the same for the folder of a box that has no disk of its own
START = (
    'import sys\n\nsys.path.insert(0, __file__.rpartition("/")[0])\n'
    "from autograde.boxes.launch import main\n\nmain()\n"
)


@dataclass(frozen=True)
class Trees:
    """Where the folders lie; each is put in front of Python's path in its box."""

    root: Path
    student: Path
    tester: Path

    def remove(self) -> None:
        """Delete both."""
        shutil.rmtree(self.root, ignore_errors=True)


def answers() -> list[Path]:
    """Where the answers lie in the course and the grader that are installed here."""
    return [*(COURSE / name for name in ANSWERS), HERE.parent]


def compose() -> Trees:
    """Copy what each box needs into a temporary folder. Raises OSError where there is no room."""
    _clear_up()
    root = Path(tempfile.mkdtemp(prefix=f"{NAMED}{os.getpid()}-"))
    # "site-packages": to the checks' diagnoses, frames in here are a library's, not a learner's
    trees = Trees(root, root / "student" / "site-packages", root / "tester" / "site-packages")
    try:
        _fill(trees)
    except OSError as error:
        trees.remove()
        first = error.args[0][0][2] if isinstance(error, shutil.Error) else error
        raise OSError(
            f"the boxes have no place in the temporary folder {root.parent}: {first}. Make room "
            "there, or name another folder in TMPDIR"
        ) from None
    return trees


def _fill(trees: Trees) -> None:
    trees.root.chmod(0o755)
    for tree, modules, left_out in (
        (trees.student, IN_STUDENT, ANSWERS),
        (trees.tester, IN_TESTER, ()),
    ):
        _copy(tree, modules, left_out)
    shutil.copy(HERE / "stand_ins" / "checks.py", trees.student / "course" / "checks.py")
    for path in trees.root.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


def delete(folder: Path) -> None:
    """Delete a folder, however deep and however closed a learner left it."""
    new = itertools.count()
    name = secrets.token_hex(8)
    with contextlib.suppress(OSError):
        folder.chmod(0o700)
        while found := list(folder.iterdir()):
            for path in found:
                for inner in _entries(path):
                    if inner.is_dir() and not inner.is_symlink():
                        inner.chmod(0o700)
                        inner.rename(folder / f"{name}-{next(new)}")  # one level less
                    else:
                        inner.unlink()
                path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
        folder.rmdir()


def _entries(path: Path) -> list[Path]:
    """What lies in a folder, which is opened for it; nothing in anything else."""
    if path.is_symlink() or not path.is_dir():
        return []
    path.chmod(0o700)
    return list(path.iterdir())


def _clear_up() -> None:
    """Delete the folders of runs that were killed."""
    there = Path(tempfile.gettempdir())
    for path in (p for name in (NAMED, ROOM) for p in there.glob(f"{name}*-*")):
        owner = path.name.split("-")[2]
        try:
            if owner.isdecimal() and path.stat().st_uid == os.getuid():
                os.kill(int(owner), 0)
        except ProcessLookupError:
            delete(path)
        except (FileNotFoundError, PermissionError):
            continue  # another grader was quicker; the number is another user's process by now


def _copy(tree: Path, modules: tuple[str, ...], left_out: tuple[str, ...]) -> None:
    def ignore(folder: str, names: list[str]) -> list[str]:
        top = Path(folder) == COURSE
        return [n for n in names if top and n in left_out]

    shutil.copytree(COURSE, tree / "course", ignore=ignore)
    ours = tree / "autograde" / "boxes"
    ours.mkdir(parents=True)
    (tree / "autograde" / "__init__.py").write_text('"""The boxes\' own modules."""\n')
    for name in modules:
        shutil.copy(HERE / name, ours / name)
    (tree / "start.py").write_text(START)
