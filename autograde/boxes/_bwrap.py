"""The command line of bubblewrap for a box: namespaces, what is seen, and what is not."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/fonts")
ROOM = 64 * 2**20  # bytes of the folder that a box may write to
INSIDE = Path("/boxes/site-packages")  # where a box finds the tree made for it
TEMPORARY = Path("/tmp")
SETPCAP = 8  # the number of this right
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

    /tmp is the box's own folder by another name, with the same bound, and emptied with it; unless
    Python lies in /tmp, which then cannot be written.
    """
    words = [program, "--die-with-parent", "--new-session", "--clearenv"]
    words += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts"]
    words += ["--unshare-cgroup-try"]
    if os.geteuid() == 0:
        words += ["--cap-drop", "ALL"]
        for right in ("CAP_SETUID", "CAP_SETGID"):
            words += ["--cap-add", right]
        if _has(SETPCAP):  # with it, the box can give up what its programs might be given
            words += ["--cap-add", "CAP_SETPCAP"]
    else:
        words += ["--unshare-user", "--disable-userns", "--cap-drop", "ALL"]
        words += ["--uid", "1000", "--gid", "1000"]
    for name in SYSTEM:
        if Path(name).is_symlink():
            words += ["--symlink", str(Path(name).readlink()), name]
        elif Path(name).exists():
            words += ["--ro-bind", name, name]
    seen = {path: path for path in python if not path.is_relative_to("/usr")} | {INSIDE: tree}
    if not any(path.is_relative_to(TEMPORARY) for path in seen):
        words += ["--symlink", "/box", str(TEMPORARY)]
    for folder in sorted({p for path in seen for p in path.parents} - {Path("/")}):
        words += ["--perms", "0755", "--dir", str(folder)]  # made by itself it would be closed
    for path, source in seen.items():
        words += ["--ro-bind", str(source), str(path)]
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


def _has(right: int) -> bool:
    """Whether this process may use the right with this number."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    (mask,) = (line.split()[1] for line in lines if line.startswith("CapPrm:"))
    return bool(int(mask, 16) >> right & 1)
