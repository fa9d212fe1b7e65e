"""The command line of bubblewrap for a box: namespaces, what is seen, and what is not."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/fonts")
ROOM = 64 * 2**20  # bytes of the folder that a box may write to
SEMAPHORES = 2**20  # bytes for what processes of `multiprocessing` share


def command(
    program: str,
    python: Sequence[Path],
    tree: Path,
    hidden: Sequence[Path],
    environment: dict[str, str],
    filter_fd: int,
) -> list[str]:
    """bubblewrap's part of a command line; what shall run inside follows it.

    An ordinary user gets a user namespace. Root needs none, but the box must then become another
    user by itself: it is left the rights to do that, and loses them by doing it.
    """
    words = [program, "--die-with-parent", "--new-session", "--clearenv"]
    words += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    words += ["--unshare-cgroup-try"]
    if os.geteuid() == 0:
        words += ["--cap-drop", "ALL"]
        for right in ("CAP_SETUID", "CAP_SETGID"):
            words += ["--cap-add", right]
    else:
        words += ["--unshare-user", "--disable-userns", "--cap-drop", "ALL"]
        words += ["--uid", "1000", "--gid", "1000"]
    for name in SYSTEM:
        if Path(name).is_symlink():
            words += ["--symlink", str(Path(name).readlink()), name]
        elif Path(name).exists():
            words += ["--ro-bind", name, name]
    seen = [path for path in (*python, tree) if not path.is_relative_to("/usr")]
    for folder in sorted({p for path in seen for p in path.parents} - {Path("/")}):
        words += ["--perms", "0755", "--dir", str(folder)]  # made by itself it would be closed
    for path in seen:
        words += ["--ro-bind", str(path), str(path)]
    for path in hidden:
        words += ["--tmpfs", str(path), "--remount-ro", str(path)]
    words += ["--proc", "/proc", "--dev", "/dev"]
    words += ["--dev-bind", "/dev/null", "/dev/zero"]  # mapped, it is memory without an owner
    words += ["--remount-ro", "/dev"]
    words += ["--size", str(SEMAPHORES), "--perms", "1777", "--tmpfs", "/dev/shm"]
    words += ["--size", str(ROOM), "--perms", "1777", "--tmpfs", "/box", "--chdir", "/box"]
    words += ["--remount-ro", "/"]
    for name, value in environment.items():
        words += ["--setenv", name, value]
    return [*words, "--seccomp", str(filter_fd), "--"]
