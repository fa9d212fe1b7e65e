"""How long until the course is open? Clones the repository and runs `make lab` twice, timed.

python -m benchmarks.install_time

The first figure includes making .venv and all downloads, so it depends on the network (or on a
package cache, if pip is set up with one); the second is what a reader waits every day.
"""

from __future__ import annotations

import contextlib
import os
import platform
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def free_port() -> int:
    """A port on loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def seconds_until_open(folder: Path, limit: float = 1800.0) -> float:
    """Run `make lab` in a clone until JupyterLab answers, and stop it."""
    port = free_port()
    start = time.perf_counter()
    command = ["make", "lab", f"ARGS=--no-browser --port {port} --ServerApp.port_retries=0"]
    with (folder / "lab.log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, start_new_session=True
        )
        try:
            while time.perf_counter() - start < limit:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/api", timeout=1).close()
                    return time.perf_counter() - start
                except OSError:
                    if server.poll() is not None:
                        raise SystemExit((folder / "lab.log").read_text()[-3000:]) from None
                    time.sleep(0.1)
            raise SystemExit(f"not open after {limit:.0f} s")
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGTERM)
            server.wait(timeout=30)


def main() -> None:
    """Print the two times and the size of what was installed."""
    with tempfile.TemporaryDirectory() as temporary:
        clone = Path(temporary) / "course"
        subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
        first, second = seconds_until_open(clone), seconds_until_open(clone)
        size = sum(f.lstat().st_size for f in (clone / ".venv").rglob("*"))
    cpus = os.cpu_count()
    print(f"machine: {platform.machine()}, {cpus} CPUs, Python {platform.python_version()}")
    print(f"make lab, fresh clone, to an answering JupyterLab: {first:.0f} s (n = 1)")
    print(f"make lab, second call: {second:.1f} s (n = 1)")
    print(f"size of .venv: {size / 1e9:.1f} GB")


if __name__ == "__main__":
    main()
