"""Run a command as somebody without rights, though the tests may run as root (containers do)."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

NOBODY = 65_534
REPOSITORY = Path(__file__).resolve().parents[1]


def needed() -> list[Path]:
    """What Python and this repository need on the disk."""
    found = {Path(sys.prefix), Path(sys.base_prefix).resolve(), REPOSITORY}
    found.add(Path(sys.executable).resolve().parent.parent)
    return sorted(found)


def opened() -> str:
    """Shell commands for a mount namespace in which everybody comes to what is needed."""
    closed: dict[Path, list[Path]] = {}
    for path in needed():
        for folder in reversed(path.parents):
            if not folder.stat().st_mode & 0o001:
                closed.setdefault(folder, []).append(path)
                break
    lines = []
    for number, (folder, paths) in enumerate(closed.items()):
        for place, path in enumerate(paths):
            stage = f'"$STAGE"/{number}-{place}'
            lines.append(f"mkdir {stage}; mount --rbind {shlex.quote(str(path))} {stage}")
        lines.append(f"mount -t tmpfs -o mode=755 none {shlex.quote(str(folder))}")
        for place, path in enumerate(paths):
            name = shlex.quote(str(path))
            lines.append(f'mkdir -p {name}; mount --rbind "$STAGE"/{number}-{place} {name}')
    return "\n".join(["set -e", *lines])


def run(
    command: list[str], folder: Path, names: dict[str, str], seconds: float = 250
) -> subprocess.CompletedProcess[str]:
    """Run it in a folder that is handed over to nobody, with these environment variables."""
    names = {"HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8", **names}
    names |= {"PYTHONPATH": str(REPOSITORY), "PYTHONDONTWRITEBYTECODE": "1"}
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
        with tempfile.TemporaryDirectory() as stage:
            script = f"STAGE={stage}\n{opened()}\n" + 'cd "$1"; shift; exec "$@"'
            drop = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
            tools = [shutil.which(name) or name for name in ("unshare", drop[0])]
            whole = [tools[0], "--mount", "sh", "-c", script, "sh", str(folder)]
            whole += [tools[1], *drop[1:], "env", "-i", *(f"{k}={v}" for k, v in names.items())]
            return _finished([*whole, *command], None, None, seconds)
    return _finished(command, folder, names, seconds)


def _finished(
    command: list[str], folder: Path | None, names: dict[str, str] | None, seconds: float
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=names, timeout=seconds, check=False, capture_output=True, text=True
    )


@cache
def why_not() -> str:
    """Why nothing can be run as somebody else here; empty where it can."""
    if os.geteuid() != 0:
        return ""
    missing = [name for name in ("unshare", "setpriv") if shutil.which(name) is None]
    if missing:
        return f"the tests run as root, and {' and '.join(missing)} is missing"
    with tempfile.TemporaryDirectory() as folder:
        made = run([sys.executable, "-c", "import numpy"], Path(folder), {})
    return f"root cannot become another user here: {made.stderr[-300:]}" if made.returncode else ""


def run_as_another() -> bool:
    """Whether commands run as a user whom nothing else here belongs to."""
    return os.geteuid() == 0
