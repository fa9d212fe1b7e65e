"""JupyterLab on loopback for a test: its own folders, its own token, the settings of `make lab`."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Browser, Locator, Page, Route, expect

REPOSITORY = Path(__file__).parents[2]
SCREENSHOTS = REPOSITORY / "build" / "screenshots"
LOCAL = ("http://127.0.0.1:", "ws://127.0.0.1:", "file:", "data:", "blob:", "about:")
TOKEN = "for-this-test-only"
PATIENCE = 60_000  # milliseconds; on a busy machine Lab and a kernel take their time
expect.set_options(timeout=PATIENCE)


def closed_in(page: Page) -> list[str]:
    """Cut the page off from everything but this machine; the list fills with what it asked for."""
    refused: list[str] = []

    def decide(route: Route) -> None:
        if route.request.url.startswith(LOCAL):
            route.fallback()
        else:
            refused.append(route.request.url)
            route.abort()

    page.route("**/*", decide)
    return refused


def keep(page: Page, name: str) -> Path:
    """Save what the page shows as build/screenshots/<name>.png, for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    page.screenshot(path=path)
    return path


def notebook_of(*cells: str) -> nbformat.NotebookNode:
    """A notebook of code cells."""
    new = nbformat.v4
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return new.new_notebook(cells=[new.new_code_cell(text) for text in cells], metadata=metadata)


@dataclass
class Lab:
    """A running server. Notebooks lie below root."""

    url: str
    root: Path

    def ask(self, path: str, method: str = "GET", body: Any = None) -> Any:
        """Call the server's REST interface."""
        request = urllib.request.Request(
            f"{self.url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {TOKEN}"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def theme(self, name: str) -> None:
        """Choose the theme as the Settings menu does."""
        path = "/lab/api/settings/@jupyterlab/apputils-extension:themes"
        self.ask(path, "PUT", {"raw": json.dumps({"theme": f"JupyterLab {name}"})})

    def open(self, browser: Browser, notebook: str, width: int = 1440, height: int = 1000) -> Page:
        """Open a notebook in a fresh workspace; page.faults, page.refused fill as it lives."""
        page = browser.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(PATIENCE)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.faults, page.refused = faults, closed_in(page)  # type: ignore[attr-defined]
        workspace = f"test-{time.monotonic_ns()}"
        page.goto(f"{self.url}/lab/workspaces/{workspace}/tree/{notebook}?token={TOKEN}")
        expect(page.locator(".jp-Notebook")).to_be_visible()
        expect(page.get_by_role("button", name="| Idle")).to_be_visible()
        return page

    def saved(self, notebook: str) -> nbformat.NotebookNode:
        """The notebook as it lies on the disk."""
        return nbformat.read(self.root / notebook, as_version=4)

    def run_all(self, page: Page, notebook: str, seconds: float = 60) -> nbformat.NotebookNode:
        """Run > Run All Cells, wait until the last cell has run, save; return what was saved."""
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_text("Run All Cells", exact=True).click()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(0.5)
            if any(kernel["execution_state"] != "idle" for kernel in self.ask("/api/kernels")):
                continue
            page.keyboard.press("Control+s")
            page.wait_for_timeout(300)
            with suppress(nbformat.reader.NotJSONError):  # just being written
                read = self.saved(notebook)
                cells = [cell for cell in read.cells if cell.cell_type == "code"]
                if all(cell.execution_count for cell in cells if cell.source.strip()):
                    return read
        raise AssertionError(f"{notebook} was not through after {seconds:.0f} s")

    def end_kernels(self) -> None:
        """Two cores are few: no kernel outlives its test."""
        for session in self.ask("/api/sessions"):
            self.ask(f"/api/sessions/{session['id']}", "DELETE")


def errors(notebook: nbformat.NotebookNode) -> list[str]:
    """Every error output and every line on stderr, with the first line of its cell."""
    found = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error" or output.get("name") == "stderr":
                words = output.get("text") or f"{output.get('ename')}: {output.get('evalue')}"
                found.append(f"{cell.source.splitlines()[0]} -> {words}")
    return found


def scroll_to(page: Page, selector: str) -> Locator:
    """Bring the first match into view: Lab takes cells that are far away out of the page."""
    found = page.locator(f"{selector} >> visible=true").first
    panel = page.locator(".jp-WindowedPanel-outer").first
    page.wait_for_timeout(300)
    for again in range(2):  # once more, since the page grows while it is drawn
        for turn in range(200):
            if found.count() and found.is_visible():
                found.scroll_into_view_if_needed()
                page.wait_for_timeout(300)  # cells above still take their true height
                found.scroll_into_view_if_needed()
                return found
            end = panel.evaluate(
                """(panel, turn) => {
                     if (!turn) panel.scrollTop = 0;
                     else panel.scrollTop += panel.clientHeight * 0.7;
                     return panel.scrollTop + panel.clientHeight >= panel.scrollHeight - 2;
                   }""",
                turn,
            )
            page.wait_for_timeout(100 + 200 * again)
            if end and turn:
                break
    raise AssertionError(f"nothing in the notebook matches {selector}")


def free_port() -> int:
    """A port that nobody listens on just now; the server moves on if that has changed."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(folder: Path) -> Iterator[Lab]:
    """A server whose every file lies in folder, ended together with its kernels."""
    root = folder / "root"
    root.mkdir(parents=True)
    places = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    own = {f"JUPYTER_{name}": str(folder / name.lower()) for name in places}
    own |= {
        f"JUPYTERLAB_{name}_DIR": str(folder / name.lower()) for name in ("SETTINGS", "WORKSPACES")
    }
    own |= {"IPYTHONDIR": str(folder / "ipython"), "COURSE_PROGRESS": "off"}
    search = [str(Path(sys.executable).parent), os.environ["PATH"]]
    own |= {"PATH": os.pathsep.join(search), "PYTHONPATH": str(REPOSITORY)}
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
        "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={free_port()}",
        f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={root}",
        f"--LabApp.app_settings_dir={REPOSITORY / 'tools' / 'lab_settings'}",
    ]  # fmt: skip
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            command, cwd=root, env={**os.environ, **own}, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            lab = Lab(_address(server, Path(own["JUPYTER_RUNTIME_DIR"]), folder), root)
            yield lab
            lab.end_kernels()
        finally:
            server.terminate()
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _address(server: subprocess.Popen[bytes], runtime: Path, folder: Path) -> str:
    """Where the server listens, read from the file it writes once it does."""
    for _ in range(600):
        for record in runtime.glob("jpserver-*.json"):
            with suppress(ValueError, OSError):
                port = json.loads(record.read_text())["port"]
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return f"http://127.0.0.1:{port}"
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise AssertionError("JupyterLab did not start:\n" + (folder / "server.log").read_text())
