"""Look round inside a box: what can be reached that should not be?"""

from __future__ import annotations

import contextlib
import itertools
import os
import resource
import socket
from pathlib import Path
from typing import Any

from .channel import Channel
from .launch import bound


def main(end: Channel, wanted: dict[str, Any]) -> None:
    """Tell the starter what is wrong with the box: a list of sentences, empty for a good box."""
    bound(wanted["limits"])
    end.send(complaints(wanted))


def complaints(wanted: dict[str, Any]) -> list[str]:
    """One sentence for each thing that a box should keep out."""
    found = []
    if os.geteuid() == 0:
        found.append("it runs as root")
    for path in ("/etc/passwd", "/etc/shadow", *wanted["forbidden"]):
        with contextlib.suppress(OSError):
            if Path(path).is_dir():
                if next(Path(path).iterdir(), None) is None:
                    continue  # something empty is in its place
            else:
                Path(path).open("rb").close()
            found.append(f"{path} can be read")
    for folder in wanted["hidden"]:  # their names are in sight where a filter of paths hides them
        if any(map(_opens, itertools.islice(Path(folder).rglob("*.py"), 20))):
            found.append(f"{folder} can be read")
    for path in wanted["read_only"]:
        with contextlib.suppress(OSError):
            place = Path(path) / f"written-{os.getpid()}"
            place.touch()
            place.unlink()
            found.append(f"{path} can be written")
    with contextlib.suppress(OSError), socket.socket() as one:
        one.settimeout(1)
        one.connect(("127.0.0.1", wanted["port"]))
        found.append("the network can be reached")
    extra = sorted(set(os.environ) - set(wanted["environment"]) - {"LC_CTYPE", "PWD"})
    if extra:
        found.append(f"it inherits the environment: {', '.join(extra)}")
    with contextlib.suppress(OSError):
        os.kill(wanted["outsider"], 0)
        found.append("processes outside can be reached")
    if resource.getrlimit(resource.RLIMIT_AS)[1] == resource.RLIM_INFINITY:
        found.append("its memory is not limited")
    open_files = set(range(3, 64)) & {n for n in range(3, 64) if _is_open(n)}
    if len(open_files) > 2:
        found.append(f"it inherits open files: {sorted(open_files)}")
    return found


def _opens(path: Path) -> bool:
    try:
        path.open("rb").close()
    except OSError:
        return False
    return True


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
