"""The first lines of a box: become an ordinary user, bound what may be used, start the program."""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import socket
import sys
from typing import Any

from .channel import Channel

LIMITS = {
    "memory": resource.RLIMIT_AS,
    "cpu": resource.RLIMIT_CPU,
    "processes": resource.RLIMIT_NPROC,
    "file": resource.RLIMIT_FSIZE,
    "descriptors": resource.RLIMIT_NOFILE,
    "core": resource.RLIMIT_CORE,
}


def become(user: int) -> None:
    """Drop root's rights for good; 0: there are none to drop."""
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    if os.geteuid() == 0:
        raise SystemExit("a box does not run as root")


def bound(limits: dict[str, int], spare: int = 0) -> None:
    """Set the limits of this process and all that it starts; `spare` processes may be added."""
    for name in LIMITS.keys() & limits.keys():
        most = limits[name] + (spare if name == "processes" else 0)
        hard = resource.getrlimit(LIMITS[name])[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(LIMITS[name], (min(limits[name], most), most))


def settle() -> None:
    """Let what the warm-up made stay for good. Call it once that is over: the collector is off.

    A collection writes to each object that it visits; after a fork, a child would have to copy
    the memory of all of them.
    """
    gc.freeze()
    gc.enable()


def main() -> None:
    """`launch.py` with one argument, JSON: program, fd, user, and what the program wants."""
    wanted: dict[str, Any] = json.loads(sys.argv[1])
    become(wanted["user"])
    os.umask(0o077)
    gc.disable()  # until the program calls `settle`: imports leave next to nothing to collect
    end = Channel(socket.socket(fileno=wanted["fd"]))
    module = importlib.import_module(f"autograde.boxes.{wanted['program']}")
    module.main(end, wanted)


if __name__ == "__main__":
    main()
