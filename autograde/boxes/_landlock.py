"""Landlock and seccomp through ctypes: the box where user namespaces are missing.

Run as a program it locks itself in and becomes another: `_landlock.py RULES -- COMMAND`, where
RULES is JSON {"read": [...], "list": [...], "write": [...], "program": hex}.
"""

from __future__ import annotations

import ctypes
import json
import os
import stat
import struct
import sys

CREATE, ADD, RESTRICT = 444, 445, 446  # system calls, the same on every 64-bit machine
NEEDED = 6  # the version that stops signals and abstract sockets
EXECUTE, WRITE, READ, LIST = 1, 2, 4, 8
ALL_FILES = (1 << 16) - 1  # every right of versions 1 to 5
ON_FILES = EXECUTE | WRITE | READ | (1 << 14) | (1 << 15)
NETWORK = 3  # TCP bind and connect
SCOPES = 3  # abstract sockets, signals
NO_NEW_PRIVILEGES, SECCOMP, FILTER = 38, 22, 2
_libc = ctypes.CDLL(None, use_errno=True)


def _call(number: int, *arguments: object) -> int:
    result = int(_libc.syscall(ctypes.c_long(number), *arguments))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def version() -> int:
    """The kernel's Landlock version; 0 where it has none."""
    try:
        return _call(CREATE, None, ctypes.c_size_t(0), ctypes.c_uint(1))
    except OSError:
        return 0


def restrict(read: list[str], listed: list[str], write: list[str]) -> None:
    """From now on only these paths, no network, no signals to others, for good."""
    attributes = struct.pack("<QQQ", ALL_FILES, NETWORK, SCOPES)
    rules = _call(CREATE, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint(0))
    for paths, rights in ((read, EXECUTE | READ | LIST), (listed, LIST), (write, ALL_FILES)):
        for path in paths:
            _allow(rules, path, rights)
    _no_new_privileges()
    _call(RESTRICT, ctypes.c_int(rules), ctypes.c_uint(0))
    os.close(rules)


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(os.fstat(place).st_mode):
        rights &= ON_FILES
    rule = struct.pack("<Qi", rights, place)
    _call(ADD, ctypes.c_int(rules), ctypes.c_int(1), rule, ctypes.c_uint(0))
    os.close(place)


def _no_new_privileges() -> None:
    if _libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        raise OSError("no_new_privs is refused")


def filter_calls(program: bytes) -> None:
    """Install a seccomp program."""
    room = ctypes.create_string_buffer(program, len(program))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))

    _no_new_privileges()
    given = Program(len(program) // 8, ctypes.cast(room, ctypes.c_void_p))
    if _libc.prctl(SECCOMP, FILTER, ctypes.byref(given), 0, 0):
        raise OSError("the filter of system calls is refused")


def main() -> None:
    """Lock in, then become the command."""
    rules, _, *command = sys.argv[1:]
    wanted = json.loads(rules)
    if version() < NEEDED:
        raise SystemExit(f"Landlock is of version {version()}, {NEEDED} is needed")
    restrict(wanted["read"], wanted["list"], wanted["write"])
    filter_calls(bytes.fromhex(wanted["program"]))
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
