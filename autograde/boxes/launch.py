"""The first lines of a box: become an ordinary user, bound what may be used, start the program."""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import resource
import socket
import struct
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
DROP_RIGHT = 24  # prctl: a capability leaves the bounding set
RIGHTS = 0x20080522  # the version of the sets of capabilities that capset is given


def become(user: int) -> None:
    """Drop root's rights for good; 0: there are none to drop."""
    if user:
        os.setgroups([])
        os.setresgid(user, user, user)
        _forgo_rights()
        os.setresuid(user, user, user)
        _inherit_nothing()
    if os.geteuid() == 0:
        raise SystemExit("a box does not run as root")


def _forgo_rights() -> None:
    """No program that is started from here on can have any right, not even by its file."""
    right = 0
    while _libc().prctl(DROP_RIGHT, right, 0, 0, 0) == 0:  # an error: there are no more
        right += 1


def _inherit_nothing() -> None:
    """The rights in use went with the user; those to be inherited go here."""
    head, rights = struct.pack("Ii", RIGHTS, 0), bytes(24)
    if _libc().capset(head, rights):
        raise OSError(ctypes.get_errno(), "the inheritable rights cannot be given up")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def bound(limits: dict[str, int], spare: int = 0) -> None:
    """Set the limits of this process and all that it starts; `spare` processes may be added."""
    for name in LIMITS.keys() & limits.keys():
        most = limits[name] + (spare if name == "processes" else 0)
        hard = resource.getrlimit(LIMITS[name])[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        try:
            resource.setrlimit(LIMITS[name], (min(limits[name], most), most))
        except (OSError, ValueError):
            if sys.platform == "linux":
                raise  # macOS bounds no addresses


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
