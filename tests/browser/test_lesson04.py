"""Does lesson 04 run in JupyterLab as released, and does its stepper obey there, light and dark?"""

from __future__ import annotations

import shutil

import pytest
from lab import REPOSITORY, Lab, errors, keep, scroll_to
from playwright.sync_api import Browser, expect
from widget_page import latency

from autograde.course import Course

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]
STEPPER = "section[aria-label='Pooling stepper']"
INPUT = f"{STEPPER} canvas[aria-label^='Input']"
NAME = "pooling.ipynb"
SECONDS = 240  # the lesson trains networks; a quiet machine needs a fifth of this


def test_released_lesson_runs_and_its_stepper_obeys(
    lab: Lab, browser: Browser, capsys: pytest.CaptureFixture[str]
) -> None:
    """Run All ends; only the checks complain, that nothing is written yet; keys move the window?"""
    course = Course(REPOSITORY)
    shutil.copy(course.notebook(course.find("04")), lab.root / NAME)
    page = lab.open(browser, NAME)
    found = errors(lab.run_all(page, NAME, SECONDS))
    assert found
    assert [e for e in found if "CheckFailed" not in e or "not written yet" not in e] == []

    scroll_to(page, INPUT)
    said = page.locator(f"{STEPPER} [aria-live]").first
    assert "Window 1 of 4: largest 100" in said.inner_text()
    keep(page, "lesson04_light")
    page.locator(INPUT).first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(150)
    assert "Window 4 of 4: largest 45 = out[1, 1]" in said.inner_text()
    page.locator(STEPPER).first.get_by_label("Keep the").select_option("average")
    page.wait_for_timeout(150)
    assert "mean 15 = out[1, 1]" in said.inner_text()
    page.locator(STEPPER).first.get_by_label("The gradient’s way back").check()
    page.wait_for_timeout(150)
    assert "4 / 4 = 1 is added to each" in said.inner_text()
    median = latency(page, INPUT, INPUT, ("ArrowLeft", "ArrowRight"))
    with capsys.disabled():
        print(f"\npooling stepper in JupyterLab: key press to changed pixels, {median:.1f} ms")
    assert median <= 80
    lab.theme("Dark")
    page.reload()
    expect(page.locator("body[data-jp-theme-light=false]")).to_be_attached()
    scroll_to(page, INPUT)
    expect(page.locator(INPUT).first).to_be_visible()
    page.wait_for_timeout(200)
    keep(page, "lesson04_dark")
    assert page.faults == []  # type: ignore[attr-defined]
    assert page.refused == []  # type: ignore[attr-defined]
    page.close()
