"""Does a notebook exported as HTML live without kernel, network or any script beside it?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from lab import closed_in, keep, notebook_of
from nbclient import NotebookClient
from nbconvert.exporters import HTMLExporter
from playwright.sync_api import Browser, Page
from widget_page import settle

from course import widgets
from course.widgets.export import STATE, VIEW, LiveHTML, LiveSlides, LiveWidgets, live_html

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An executed notebook: three of our widgets, one of them shown twice, one slider of theirs."""
    executed = notebook_of(
        "from course import widgets\nw = widgets.NeuronExplorer(w1=2.0)\nw",
        "widgets.ActivationExplorer(activation='tanh')",
        "widgets.FilterDesigner()",
        "w.activation = 'relu'  # state is saved as it was at the end, not as it was when shown\nw",
    )
    NotebookClient(executed, timeout=120, kernel_name="python3").execute()
    path = tmp_path_factory.mktemp("export") / "lesson.ipynb"
    nbformat.write(executed, path)
    return path


@pytest.fixture(scope="module")
def page_file(notebook: Path) -> Path:
    """The page, made by nbconvert as its users call it."""
    command = [sys.executable, "-m", "nbconvert", "--to", "course.widgets.export.LiveHTML"]
    done = subprocess.run(
        [*command, str(notebook)], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return notebook.with_suffix(".html")


def beside(notebook: Path, name: str, exporter: HTMLExporter) -> Path:
    path = notebook.with_name(name)
    path.write_text(exporter.from_filename(str(notebook))[0], encoding="utf-8")
    return path


def visit(browser: Browser, path: Path, count: int = 4) -> Page:
    page = browser.new_page(viewport={"width": 1200, "height": 1000})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.faults, page.refused = faults, closed_in(page)  # type: ignore[attr-defined]
    page.goto(path.as_uri(), wait_until="domcontentloaded")
    ready = f"document.querySelectorAll('.cw').length === {count}"
    page.wait_for_function(ready, timeout=30_000)
    settle(page)
    return page


def test_page_lives_by_itself(browser: Browser, page_file: Path) -> None:
    """Opened from the disk with the network cut: pictures, state, keys, and no fault?"""
    page = visit(browser, page_file)
    assert "w₁·x₁" not in page.inner_text("body")  # it is drawn, not written
    neuron, activation = page.locator(".cw").nth(0), page.locator(".cw").nth(1)
    assert "ReLU gives" in neuron.locator("[aria-live]").inner_text()
    assert "tanh is" in activation.locator("[aria-live]").inner_text()
    for widget in (neuron, activation):
        picture = widget.locator("canvas[tabindex]").first
        before = (
            picture.evaluate("(c) => c.toDataURL()"),
            widget.locator("[aria-live]").inner_text(),
        )
        picture.focus()
        page.keyboard.press("ArrowRight")
        settle(page)
        assert picture.evaluate("(c) => c.toDataURL()") != before[0]
        assert widget.locator("[aria-live]").inner_text() != before[1]
    assert page.faults == []  # type: ignore[attr-defined]
    refused = page.refused  # type: ignore[attr-defined]
    assert not any("anywidget" in url or "html-manager" in url for url in refused)
    neuron.scroll_into_view_if_needed()
    keep(page, "export_from_disk")
    page.close()


SHOWN = (
    """(cw) => [cw.innerText, ...[...cw.querySelectorAll("canvas")].map((c) => c.toDataURL())]"""
)


def test_every_widget_lives_in_a_page(browser: Browser, tmp_path: Path) -> None:
    """Each widget of the course, exported, opened from the disk: is it drawn, does it obey keys?"""
    cells = [f"from course import widgets\nwidgets.{name}()" for name in widgets.__all__]
    executed = notebook_of(*cells)
    NotebookClient(executed, timeout=120, kernel_name="python3").execute()
    nbformat.write(executed, tmp_path / "all.ipynb")
    page = visit(browser, beside(tmp_path / "all.ipynb", "all.html", LiveHTML()), len(cells))
    for number, name in enumerate(widgets.__all__):
        widget = page.locator(".cw").nth(number)
        before = widget.evaluate(SHOWN)
        assert len(before) > 1, f"{name} has no picture"
        for control in widget.locator(
            "input[type=range], input[type=number], canvas[tabindex]"
        ).all():
            control.focus()
            for key in ("ArrowRight", "ArrowUp"):
                page.keyboard.press(key)
            settle(page)
            if widget.evaluate(SHOWN) != before:
                break
        else:
            pytest.fail(f"{name} does not obey any key")
    assert page.faults == []  # type: ignore[attr-defined]
    page.close()


def test_two_views_share_one_model(browser: Browser, page_file: Path) -> None:
    """What one view of a widget changes, its other view shows?"""
    page = visit(browser, page_file)
    first, last = page.locator(".cw").nth(0), page.locator(".cw").nth(3)
    first.locator("canvas[tabindex]").focus()
    page.keyboard.press("ArrowUp")
    settle(page)
    said = [view.locator("[aria-live]").inner_text() for view in (first, last)]
    assert said[0] == said[1]
    page.close()


def test_photographs_travel_with_the_page(browser: Browser, page_file: Path) -> None:
    """Bytes are not JSON: are they put back where the script looks for them?"""
    page = visit(browser, page_file)
    colours = page.evaluate(
        """() => [...document.querySelectorAll('.cw')[2].querySelectorAll('canvas')].map((c) =>
          new Set(new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height)
            .data.buffer)).size)"""
    )
    assert max(colours) > 100
    page.close()


def test_slides_live_too(browser: Browser, notebook: Path) -> None:
    """The same widgets in reveal.js slides; reveal itself may be away, the widgets are there?"""
    page = visit(browser, beside(notebook, "slides.html", LiveSlides()))
    assert page.locator(".cw canvas").count() >= 5
    page.close()


def test_other_widgets_stay(notebook: Path) -> None:
    """A slider of ipywidgets is left to ipywidgets' own page script, with its saved state?"""
    read = nbformat.read(notebook, as_version=4)
    read.metadata["widgets"][STATE]["state"]["theirs"] = {"state": {"value": 3}}
    output = nbformat.v4.new_output("display_data", {VIEW: {"model_id": "theirs"}})
    read.cells[0].outputs.append(output)
    after, _ = LiveWidgets().preprocess(read, {})
    first, last = after.cells[0].outputs
    assert "course-widget" in first.data["text/html"]
    assert last.data[VIEW]["model_id"] == "theirs"
    assert "theirs" in after.metadata["widgets"][STATE]["state"]


def test_text_cannot_end_the_script() -> None:
    """State that holds "</script>" stays data?"""
    html = live_html("k", {"state": {"_esm": "export default {}", "note": "</script><b>x"}})
    assert html.count("</script>") == 2
    assert "<b>x" not in html


def test_is_blank_without_it(browser: Browser, notebook: Path) -> None:
    """The reason for all this: does stock nbconvert still show no widget without a network?"""
    page = browser.new_page()
    refused = closed_in(page)
    page.goto(
        beside(notebook, "stock.html", HTMLExporter()).as_uri(), wait_until="domcontentloaded"
    )
    settle(page)
    assert page.locator(".cw").count() == 0
    assert any("require" in url or "html-manager" in url for url in refused)
    page.close()
