"""Do the released lessons open, run and obey in JupyterLab, each widget by key?"""

from __future__ import annotations

import shutil

import pytest
from lab import REPOSITORY, Lab, errors, keep, scroll_to
from playwright.sync_api import Browser
from widget_page import latency

from autograde.course import Course

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]
SECONDS = 300  # a lesson's experiments; a quiet machine needs a fifth of this
UP_DOWN, LEFT_RIGHT = ("ArrowUp", "ArrowDown"), ("ArrowLeft", "ArrowRight")

# lesson -> widget: what to focus inside it, what it draws on, two keys that undo each other
WIDGETS = {
    "02": {
        "Descent explorer": ("canvas[tabindex]", "canvas[tabindex]", LEFT_RIGHT),
        "Graph explorer": ("input[type=number]", "canvas", UP_DOWN),
    },
    "05": {
        "Loss explorer": ("canvas[tabindex]", "canvas[tabindex]", LEFT_RIGHT),
        "Classifier explorer": ("canvas[tabindex]", "canvas[tabindex]", LEFT_RIGHT),
    },
    "06": {"Architecture builder": ("canvas", "canvas", LEFT_RIGHT)},
}


@pytest.mark.parametrize("number", WIDGETS)
def test_released_lesson_runs_and_obeys(
    number: str, lab: Lab, browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    """Run All ends with no errors but "not written yet"; keys change picture and sentence?"""
    course = Course(REPOSITORY)
    name = f"lesson{number}.ipynb"
    shutil.copy(course.notebook(course.find(number)), lab.root / name)
    page = lab.open(browser, name)
    found = errors(lab.run_all(page, name, SECONDS))
    assert found, "an untouched lesson must say that nothing is written yet"
    assert [e for e in found if "CheckFailed" not in e or "not written yet" not in e] == []
    for title, (focus, canvas, keys) in WIDGETS[number].items():
        widget = f"section[aria-label='{title}']"
        scroll_to(page, widget)
        said = page.inner_text(f"{widget} [aria-live]")
        page.focus(f"{widget} {focus}")
        page.keyboard.press(keys[0])
        page.wait_for_timeout(150)
        assert page.inner_text(f"{widget} [aria-live]") != said
        page.keyboard.press(keys[1])
        median = latency(page, f"{widget} {focus}", f"{widget} {canvas}", keys)
        with capsys.disabled():
            print(f"\n{title} in JupyterLab: key to changed pixels, median of 24 {median:.1f} ms")
        assert median <= 60  # the goal is 20 on a quiet machine
        keep(page, f"lesson{number}_{title.split()[0].lower()}")
    assert page.faults == []  # type: ignore[attr-defined]
    assert page.refused == []  # type: ignore[attr-defined]
    page.close()
