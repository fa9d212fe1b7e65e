"""A widget on a plain page in Chromium: no kernel, no Lab, the same script and style sheet."""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

# What anywidget hands to render(): get, set, on, off, save_changes.
MODEL = """
class Model {
  constructor(state) { this.state = state; this.heard = {}; this.saved = 0; }
  get(name) { return this.state[name]; }
  set(name, value) {
    if (JSON.stringify(this.state[name]) === JSON.stringify(value)) return;
    this.state[name] = value;
    for (const act of [...(this.heard[`change:${name}`] ?? [])]) act();
  }
  on(event, act) { (this.heard[event] ??= []).push(act); }
  off(event, act) { this.heard[event] = (this.heard[event] ?? []).filter((a) => a !== act); }
  save_changes() { this.saved += 1; }
}
const bytes = (key, value) => value?.base64 === undefined ? value
  : new DataView(Uint8Array.from(atob(value.base64), (c) => c.charCodeAt(0)).buffer);
"""

# The colours of JupyterLab 4's dark theme.
DARK = """
:root { --jp-layout-color1: #111111; --jp-layout-color2: #333333; --jp-border-color2: #424242;
  --jp-ui-font-color1: rgba(255, 255, 255, 0.87); --jp-ui-font-color2: rgba(255, 255, 255, 0.54); }
body { background: #111111; }
"""

# No sandbox: it refuses root, as in a container. The rest keeps Chromium to the test's own pages.
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic",
]  # fmt: skip


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, closed at the end."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    assert found, (
        "the browser tests need Chromium (apt-get install chromium), or CHROMIUM=/path/to/chrome"
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


def state_of(widget: Any) -> dict[str, Any]:
    """The traits that the script reads, bytes as base64."""
    own = {name for name in widget.keys if name in type(widget).class_trait_names()}
    names = own - {"layout", "tooltip", "tabbable", "comm"}
    names = {name for name in names if not name.startswith(("_model", "_view", "_dom"))}
    return {name: getattr(widget, name) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"base64": base64.b64encode(bytes(value)).decode()}
    raise TypeError(f"cannot be sent to a page: {type(value)}")


def open_widget(
    browser: Browser,
    widget: Any,
    *,
    width: int = 1000,
    dark: bool = False,
    calm: bool = False,
    ratio: float = 1,
) -> Page:
    """A page on which the widget stands; window.model is its model, page.faults its errors."""
    page = browser.new_page(
        viewport={"width": width, "height": 900},
        device_scale_factor=ratio,
        reduced_motion="reduce" if calm else "no-preference",
    )
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.faults = faults  # type: ignore[attr-defined]
    script, state = (
        json.dumps(str(widget._esm)),
        json.dumps(json.dumps(state_of(widget), default=_plain)),
    )
    theme = f'data-jp-theme-light="{"false" if dark else "true"}"'
    page.set_content(
        f"""<!doctype html><meta charset="utf-8"><body {theme}>
        <style>{widget._css}{DARK if dark else ""}</style><div id="place"></div>
        <script type="module">{MODEL}
        const blob = new Blob([{script}], {{ type: "text/javascript" }});
        const module = await import(URL.createObjectURL(blob));
        window.maths = module.maths;
        window.model = new Model(JSON.parse({state}, bytes));
        const el = document.getElementById("place");
        window.end = module.default.render({{ model: window.model, el }});
        window.ready = true;
        </script>"""
    )
    page.wait_for_function("window.ready", timeout=20_000)
    settle(page)
    return page


def settle(page: Page) -> None:
    """Wait until what was asked for has been painted."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def trait(page: Page, name: str) -> Any:
    return page.evaluate("(name) => window.model.get(name)", name)


def put(page: Page, **traits: Any) -> None:
    """Set traits as a message from Python does, and wait for the picture."""
    page.evaluate("(traits) => { for (const t in traits) window.model.set(t, traits[t]); }", traits)
    settle(page)


def pixels(page: Page, selector: str) -> str:
    """What a canvas shows, comparable with ==."""
    return str(page.eval_on_selector(selector, "(canvas) => canvas.toDataURL()"))


def status(page: Page) -> str:
    """The sentence that is read aloud."""
    return page.inner_text("[aria-live]")


# From the key event's own time stamp to the first task after the frame that shows the change.
WATCH = """
window.taken = [];
window.watched ??= document.addEventListener("keydown", (event) => {
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => window.taken.push(performance.now() - event.timeStamp);
    channel.port2.postMessage(0);
  });
}, true) ?? true;
"""


def latency(page: Page, focus: str, canvas: str, keys: tuple[str, str], times: int = 24) -> float:
    """Median milliseconds from a real key press to the changed picture on the screen."""
    page.evaluate(WATCH)
    page.focus(focus)
    for n in range(times):
        before = pixels(page, canvas)
        page.keyboard.press(keys[n % 2])
        settle(page)
        assert pixels(page, canvas) != before, f"key press {n} changed nothing"
    taken: list[float] = page.evaluate("window.taken")
    assert len(taken) == times
    return sorted(taken)[times // 2]
