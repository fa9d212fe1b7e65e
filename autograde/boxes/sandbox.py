"""Start a box: bubblewrap, or Landlock with seccomp, or nothing where that is asked for.

Which one is chosen by starting it and looking round inside (`probe`), never by its name.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import _bwrap, _landlock, _seccomp
from .absent import FRAMEWORKS
from .channel import Channel, Closed, TooLate
from .trees import ROOM, Trees, answers, delete
from .watch import Watch, end_all, tasks, users
from .wire import WireError

GIGABYTE = 2**30
LIMITS = {
    "memory": 3 * GIGABYTE,  # of addresses, for each process
    "together": 4 * GIGABYTE,  # of memory, for all processes of a student box
    "cpu": 900,
    "processes": 64,
    "file": 64 * 2**20,
    "descriptors": 256,
    "core": 0,
}
WATCHED_ROOM = 4 * _bwrap.ROOM  # bytes of a box's folder that has no bound of its own
BESIDE = 256  # processes and threads that the user may start meanwhile, outside the box
USERS = 4000
FIRST_USER = 61_000  # root starts each box as a user of its own, of numbers nobody has
STARTING = 60.0  # seconds
_boxes = itertools.count(1)  # those that this process started
_starter = ThreadPoolExecutor(1, "starter")  # a box dies with the thread that started it


class BoxFailed(RuntimeError):
    """A box ended before any of the learner's code ran: not the learner's doing."""


class NoSandbox(Exception):
    """No sandbox works here; the text says why, and what to do."""


@dataclass
class Box:
    """A running box: the process that was started, and the line to it."""

    process: subprocess.Popen[bytes]
    line: Channel
    reusable: bool  # whether the processes of one submission can all be ended, and the box kept
    room: Path | None = None
    watch: Watch | None = None

    def kill(self) -> None:
        """End it and everything in it."""
        if self.watch:
            self.watch.stop()
        if self.room:
            end_all(self.process.pid)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        self.line.close()
        if self.room:
            delete(self.room)


@dataclass(frozen=True)
class Sandbox:
    """One way to start boxes."""

    name: str  # bubblewrap, landlock or none
    trees: Trees
    forbidden: tuple[Path, ...] = ()  # what is hidden where it lies among Python's own folders

    def limits(self) -> dict[str, int]:
        """The limits of a box that starts now.

        That of processes counts all of a user's. In bubblewrap a user is alone; elsewhere the box
        is given as many as there are, and some that may be started beside it. Where there is no
        /proc nobody can count: such a box is not bounded in what all its processes take together.
        """
        if self.name == "bubblewrap":
            return {**LIMITS, "disk": _bwrap.ROOM}
        if sys.platform != "linux":
            return {k: v for k, v in LIMITS.items() if k not in ("processes", "together")}
        most = LIMITS["processes"] + tasks() + BESIDE
        return {**LIMITS, "processes": most, "disk": WATCHED_ROOM}

    def start(self, program: str, wanted: dict[str, Any], *, torch: bool = False) -> Box:
        """Start `program` (a module of this package) in a box."""
        if self.name == "landlock" and os.geteuid() == 0:
            raise NoSandbox("Landlock is used by ordinary users only, not by root")
        ours, theirs = socket.socketpair()
        user = _next_user()
        tree = self.trees.tester if program == "tester" else self.trees.student
        wanted = {**wanted, "program": program, "fd": theirs.fileno(), "user": user}
        wanted["guarded"] = self.name != "none"
        wanted["alone"] = self.name == "bubblewrap"  # no processes but its own are in sight
        place = _bwrap.INSIDE if self.name == "bubblewrap" else tree
        alone = ["-I"] if program == "tester" else ["-s", "-P"]  # -I would draw the hashes' seed
        inner = [sys.executable, *alone, str(place / "start.py"), json.dumps(wanted)]
        hidden = [] if program == "tester" else self._hidden(torch=torch)
        room, heard = None, program == "probe"
        if self.name == "bubblewrap":
            command, fds = self._in_bubblewrap(tree, hidden), [theirs.fileno()]
            rules = int(command[command.index("--seccomp") + 1])
            process = _popen([*command, *inner], [*fds, rules], {}, None, heard)
            os.close(rules)
        else:
            room = Path(tempfile.mkdtemp(prefix=f"{ROOM}{os.getpid()}-"))
            if user:
                os.chown(room, user, user)
            if self.name == "landlock":
                inner = [*self._in_landlock(tree, hidden, room), *inner]
            process = _popen(inner, [theirs.fileno()], environment(str(room)), room, heard)
        theirs.close()
        watch = None
        if program == "student" and sys.platform == "linux":
            watch = Watch(process.pid, LIMITS["together"], room, WATCHED_ROOM)
            watch.start()
        return Box(process, Channel(ours), self.name == "bubblewrap", room, watch)

    def _hidden(self, *, torch: bool) -> list[Path]:
        """Folders that a student box would see with Python's own, and must not."""
        seen = [*map(Path, _bwrap.SYSTEM), *pythons()]
        there = {p: p.is_dir() for q in (*answers(), *self.forbidden) for p in (q, q.resolve())}
        found = [p for p in there if there[p] and any(s in p.parents for s in seen)]
        found += [] if torch else _frameworks()
        return [p for p in found if not any(o in p.parents for o in found)]

    def _in_bubblewrap(self, tree: Path, hidden: list[Path]) -> list[str]:
        program = shutil.which("bwrap")
        if program is None:
            raise NoSandbox("bubblewrap is not installed (Debian, Ubuntu, Fedora: bubblewrap)")
        rules = os.memfd_create("rules", 0)
        os.write(rules, _seccomp.program(keep_group=False))
        os.lseek(rules, 0, os.SEEK_SET)
        return _bwrap.command(program, pythons(), tree, hidden, environment("/box"), rules)

    def _in_landlock(self, tree: Path, hidden: list[Path], room: Path) -> list[str]:
        site = {path.parent for path in hidden}
        read = [str(p) for p in (*map(Path, _bwrap.SYSTEM), *pythons(), tree) if p not in site]
        if hidden:  # each neighbour by itself, so that the hidden ones are left out
            read = [p for p in read if not any(s.is_relative_to(p) for s in site)]
            for folder in [Path(p) for p in _bwrap.SYSTEM] + pythons():
                if any(s.is_relative_to(folder) for s in site):
                    read += [str(p) for p in _around(folder, hidden)]
        listed = [str(s) for s in site]
        read += ["/dev/null", "/dev/urandom", "/dev/random", "/proc/self"]
        rules = {"read": read, "list": listed, "write": [str(room), "/dev/null"]}
        rules["program"] = _seccomp.program(keep_group=True).hex()  # type: ignore[assignment]
        locker = str(Path(_landlock.__file__))
        return [sys.executable, "-I", locker, json.dumps(rules), "--"]

    def complaints(self, forbidden: list[Path]) -> list[str]:
        """What is wrong with such a box here: sentences, none where it is good."""
        trees = self.trees.student, _bwrap.INSIDE
        with socket.create_server(("127.0.0.1", 0)) as server:
            wanted = {
                "forbidden": [str(p) for p in forbidden if p.exists()],
                "hidden": [str(p) for p in answers()],
                "read_only": [sys.prefix, *map(str, trees), "/etc", "/dev", "/"],
                "environment": list(environment("")),
                "port": server.getsockname()[1],
                "outsider": os.getpid(),
                "limits": LIMITS,
            }
            try:
                box = self.start("probe", wanted)
            except (NoSandbox, OSError) as error:
                return [str(error)]
            try:
                found = box.line.receive(STARTING)
            except (Closed, TooLate, WireError):
                return [f"it does not start: {_last_words(box)}"]
            finally:
                box.kill()
        return [str(sentence) for sentence in found]


def _next_user() -> int:
    """The user of the next box that this process starts, whichever worker starts it; 0: its own."""
    if os.geteuid() != 0:
        return 0
    taken = users()  # a box without a sandbox ends all that its user runs
    numbers = (FIRST_USER + (os.getpid() * 64 + next(_boxes)) % USERS for _ in range(USERS))
    return next(number for number in numbers if number not in taken)


def choose(trees: Trees, forbidden: list[Path], *, without: bool = False) -> Sandbox:
    """The first sandbox that keeps its promises here; `without`: none at all, as was asked for."""
    if without:
        if os.geteuid() == 0:
            raise NoSandbox("grading as root needs the sandbox: log in as an ordinary user")
        return Sandbox("none", trees)
    reasons = []
    if sys.platform == "linux":
        for name in ("bubblewrap", "landlock"):
            sandbox = Sandbox(name, trees, tuple(forbidden))
            found = sandbox.complaints(forbidden)
            if not found:
                return sandbox
            reasons.append(f"{name}: {'; '.join(found)}")
    else:
        reasons.append(f"boxes need Linux, this is {sys.platform}: use a virtual machine or WSL 2")
    raise NoSandbox(
        "No sandbox works here, so submissions are not run.\n  " + "\n  ".join(reasons) + "\n"
        "Put that right (Ubuntu: apt install bubblewrap), or accept that the code of strangers "
        "runs with your rights: --no-sandbox. Every mark then says so."
    )


def environment(home: str) -> dict[str, str]:
    """All that a box has as its environment."""
    return {
        "HOME": home,
        "TMPDIR": home,
        "MPLCONFIGDIR": home,
        "IPYTHONDIR": home,
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "COURSE_PROGRESS": "off",
        "MPLBACKEND": "agg",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",  # the order of a set is the same whenever a submission is run
    }


def pythons() -> list[Path]:
    """The folders that Python and its libraries lie in."""
    base = Path(sys.executable).resolve().parent.parent
    found = {Path(sys.prefix), Path(sys.base_prefix).resolve(), Path(sys.base_prefix), base}
    return sorted(found)


def _frameworks() -> list[Path]:
    site = Path(sysconfig.get_path("purelib"))
    return [site / name for name in FRAMEWORKS if (site / name).is_dir()]


def _around(folder: Path, hidden: list[Path]) -> list[Path]:
    """Everything in a folder but the hidden ones, as few paths as possible."""
    if folder.is_symlink():  # a rule for it would be one for all that it leads to
        target = folder.resolve()
        leads = any(p.is_relative_to(target) or target.is_relative_to(p) for p in hidden)
        return [] if leads else [folder]
    if folder in hidden:
        return []
    if not any(path.is_relative_to(folder) for path in hidden):
        return [folder]
    return [p for entry in sorted(folder.iterdir()) for p in _around(entry, hidden)]


def _popen(
    command: list[str], fds: list[int], names: dict[str, str], folder: Path | None, heard: bool
) -> subprocess.Popen[bytes]:
    return _starter.submit(
        subprocess.Popen[bytes],
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE if heard else subprocess.DEVNULL,
        pass_fds=fds,
        env=names,
        cwd=folder,
        start_new_session=True,
    ).result()


def _last_words(box: Box) -> str:
    box.process.kill()
    _, errors = box.process.communicate()
    lines = (errors or b"").decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else f"it ended with {box.process.returncode}"
