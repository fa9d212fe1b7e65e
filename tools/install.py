"""Make the folder .venv and everything in it; `make lab` and `make test` call this first.

    python3 tools/install.py          what a reader of the course needs
    python3 tools/install.py test     also what the tests need, Chromium included

A call that finds everything in place takes a fraction of a second. PyTorch is installed first and
by itself: its CPU build is 0.2 GB, while the usual index gives Linux a CUDA build of some 3 GB. So
on Linux the CPU build is taken, unless an NVIDIA GPU is seen or TORCH=cuda is said (TORCH=cpu for
the opposite); macOS gets its own build either way. Only the standard library is used here.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
CPU_INDEX = "https://download.pytorch.org/whl/cpu"
KERNEL = "convnet-course"


def main() -> None:
    """Install what the command line asks for, unless it is there already."""
    wanted = "test" if "test" in sys.argv[1:] else "lab"
    new_enough()
    if wanted == "test":
        chromium()
        sandbox()
    if stamp("test").is_file() and stamp("test").read_text() == key():
        return
    if stamp(wanted).is_file() and stamp(wanted).read_text() == key():
        return
    environment()
    torch()
    say("Installing the course" + (" and its test tools" if wanted == "test" else ""))
    pip("install", "--editable", f"{ROOT}[test]" if wanted == "test" else str(ROOT))
    say(f"Registering the kernel {KERNEL!r} and JupyterLab's settings")
    name = ("--name", KERNEL, "--display-name", "Python (convnet course)")
    quiet(PYTHON, "-m", "ipykernel", "install", "--sys-prefix", *name)
    overrides = VENV / "share/jupyter/lab/settings/overrides.d" / f"{KERNEL}.json"
    overrides.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / "tools/lab_settings/overrides.json", overrides)
    stamp(wanted).write_text(key())


def new_enough() -> None:
    """See that this Python can run the course; go on with a newer one where there is one."""
    if platform.system() == "Windows":
        stop("On Windows use WSL (https://learn.microsoft.com/windows/wsl), or environment.yml.")
    if sys.version_info >= OLDEST:
        return
    found, needed = platform.python_version(), ".".join(map(str, OLDEST))
    for other in filter(None, (shutil.which(f"python3.{n}") for n in (13, 12, 14, 11))):
        if works(Path(other)):
            say(f"{sys.executable} is Python {found}, too old for the course; using {other}")
            os.execv(other, [other, *sys.argv])
    stop(
        f"The course needs Python {needed} or newer; {sys.executable} is Python {found}.",
        "Install a newer one and name it:  make lab PYTHON=/path/to/python3.12",
    )


def stamp(wanted: str) -> Path:
    """The file that says for which state of pyproject.toml `wanted` was installed."""
    return VENV / f".installed-{wanted}"


def key() -> str:
    """Everything that makes an installation a different one."""
    parts = {
        "pyproject": hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest(),
        "installer": hashlib.sha256(Path(__file__).read_bytes()).hexdigest(),
        "folder": str(ROOT),
        "torch": os.environ.get("TORCH") or "auto",
    }
    return json.dumps(parts, indent=1)


def environment() -> None:
    """Make .venv, or make it again where it was copied, moved or broken."""
    if works(PYTHON) and (VENV / "bin" / "pip").is_file() and home() in ("", str(VENV)):
        return
    say(f"Making .venv with Python {platform.python_version()}")
    base = getattr(sys, "_base_executable", sys.executable)  # not a .venv that is about to go
    made = subprocess.run([base, "-m", "venv", "--clear", VENV], check=False)
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        stop(
            "Python could not make a virtual environment (see above).",
            "Debian and Ubuntu keep it in a package of its own:  sudo apt-get install python3-venv",
        )


def home() -> str:
    """The folder that the environment's own scripts point to, "" where it cannot be told."""
    first = (VENV / "bin" / "pip").read_text(errors="replace").partition("\n")[0]
    return first[2:].partition("/bin/python")[0] if "/bin/python" in first else ""


def torch() -> None:
    """Install PyTorch alone, from the index that has the smaller right build."""
    requirement = torch_requirement()
    build = os.environ.get("TORCH") or "auto"
    if build not in ("auto", "cpu", "cuda"):
        stop(f"TORCH must be cpu or cuda, not {build!r}.")
    linux = platform.system() == "Linux"
    cpu = linux and (build == "cpu" or (build == "auto" and shutil.which("nvidia-smi") is None))
    if build != "auto" and linux and installed_build() not in ("", build):
        say(f"Removing the other build of PyTorch, for TORCH={build}")
        pip("uninstall", "--yes", "torch")
    if cpu and answers(f"{CPU_INDEX}/torch/"):
        say("Installing PyTorch, CPU build (TORCH=cuda for the other)")
        if pip("install", "--index-url", CPU_INDEX, requirement, may_fail=True):
            return
        say("That did not work; trying the usual package index")
    elif cpu:
        say("PyTorch's CPU index does not answer; installing PyTorch from the usual index")
    else:
        say("Installing PyTorch" + (" with CUDA" if linux else ""))
    pip("install", requirement)


def torch_requirement() -> str:
    """The course's own bounds on PyTorch, from pyproject.toml: `torch>=...,<...`."""
    import tomllib  # since Python 3.11, so not before the version is known

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return next(str(line) for line in project["dependencies"] if line.startswith("torch"))


def installed_build() -> str:
    """Which build of PyTorch is in .venv now: "cpu", "cuda", or "" for none."""
    code = "import importlib.metadata as m; print(m.version('torch'))"
    done = subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        return ""
    return "cpu" if done.stdout.strip().endswith("+cpu") else "cuda"


def chromium() -> None:
    """See that the browser for the tests is there; get it where apt can."""
    if browser():
        return
    if shutil.which("apt-get") is None:
        stop(
            "The tests need Chromium, and it is not on the PATH.",
            "macOS:   brew install --cask chromium",
            "Fedora:  sudo dnf install chromium",
            "or name a Chrome or Chromium that you have:  make test CHROMIUM=/path/to/chrome",
        )
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    say("Installing Chromium for the tests" + (" (sudo asks for your password)" if sudo else ""))
    subprocess.run([*sudo, "apt-get", "update", "-qq"], check=False)
    options = ["--yes", "-qq", "--no-install-recommends"]
    packages = ["chromium", "fonts-dejavu-core"]
    command = [*sudo, "apt-get", "install", *options, *packages]
    if subprocess.run(command, check=False).returncode or not browser():
        stop(
            "Chromium could not be installed (see above).",
            "Install it yourself, or name one:  make test CHROMIUM=/path/to/chrome",
        )


def sandbox() -> None:
    """See that bubblewrap is there, in which graded code is run; get it where apt can."""
    if shutil.which("bwrap") or platform.system() != "Linux":
        return
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    if shutil.which("apt-get"):
        say("Installing bubblewrap" + (" (sudo asks for your password)" if sudo else ""))
        options = ["--yes", "-qq", "--no-install-recommends"]
        subprocess.run([*sudo, "apt-get", "update", "-qq"], check=False)
        subprocess.run([*sudo, "apt-get", "install", *options, "bubblewrap"], check=False)
    if not shutil.which("bwrap"):
        say("bubblewrap is missing; Landlock takes its place where the kernel has it")


def browser() -> str | None:
    """Path of the browser that the tests will use."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def answers(url: str) -> bool:
    """Whether an address answers within a few seconds."""
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except (OSError, ValueError):
        return False


def works(python: Path) -> bool:
    """Whether this Python starts and is new enough."""
    code = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.run([python, "-c", code], check=False).returncode == 0
    except OSError:
        return False


def pip(*arguments: str, may_fail: bool = False) -> bool:
    """Run .venv's pip with one line that changes; show all of its words only when it fails."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", *arguments]
    shown = sys.stdout.isatty()
    said: list[str] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line)
            first = line.strip().partition(" (from ")[0]
            if shown and first.startswith(("Collecting", "Downloading", "Installing", "Building")):
                width = shutil.get_terminal_size().columns - 1
                print(f"\r    {first}"[:width].ljust(width), end="", flush=True)
    if shown:
        print("\r" + " " * (shutil.get_terminal_size().columns - 1), end="\r", flush=True)
    if process.returncode and not may_fail:
        stop("".join(said), "pip could not do this (see above). Are you online? Then run it again.")
    return process.returncode == 0


def quiet(*command: str | Path) -> None:
    """Run a command whose output is of interest only when it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        stop(f"{' '.join(map(str, command))} failed:", done.stdout + done.stderr)


def say(line: str) -> None:
    """Tell the reader what happens now."""
    print(f"--> {line}", flush=True)


def stop(*lines: str) -> None:
    """End with a message for the reader instead of a traceback."""
    print(*lines, sep="\n", file=sys.stderr)
    raise SystemExit(1)


if __name__ == "__main__":
    main()
