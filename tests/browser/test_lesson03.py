"""Does lesson 03 open, run and obey in JupyterLab, as released and as solved?"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from lab import REPOSITORY, Lab, errors, keep, scroll_to
from playwright.sync_api import Browser, Locator, Page

from autograde.build import read_lessons
from autograde.course import Course
from autograde.notebook import source_notebook

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]
STEPPER = ".cw:has(.cw-output)"
OUTPUT = ".cw-output canvas[tabindex]"
SECONDS = 240  # the lesson trains a network; a quiet machine needs a tenth of this


@pytest.fixture
def released(lab: Lab, browser: Browser) -> Iterator[tuple[Page, nbformat.NotebookNode]]:
    """The learner's notebook, copied, opened and run from the menu; and what it saved."""
    lesson = Course(REPOSITORY).find("03")
    shutil.copy(Course(REPOSITORY).notebook(lesson), lab.root / "convolution.ipynb")
    page = lab.open(browser, "convolution.ipynb")
    yield page, lab.run_all(page, "convolution.ipynb", SECONDS)
    page.close()


def shown(page: Page) -> tuple[str, str]:
    """What the stepper's output shows and what its sentence says."""
    picture = page.locator(OUTPUT).first.evaluate("(canvas) => canvas.toDataURL()")
    return picture, page.locator(f"{STEPPER} [aria-live]").first.inner_text()


def drag(page: Page, canvas: Locator) -> None:
    box = canvas.bounding_box()
    assert box is not None
    x, y = box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"]
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 0.4 * box["width"], y + 0.4 * box["height"], steps=6)
    page.mouse.up()
    page.wait_for_timeout(150)


def test_released_lesson_runs_and_obeys(released: tuple[Page, nbformat.NotebookNode]) -> None:
    """Run All ends; the only errors are the checks' "not written yet"; mouse and keys move it?"""
    page, notebook = released
    found = errors(notebook)
    assert found, "an untouched lesson must say that nothing is written yet"
    assert [e for e in found if "CheckFailed" not in e or "not written yet" not in e] == []

    output = scroll_to(page, OUTPUT)
    keep(page, "lesson03_as_opened")
    before = shown(page)
    drag(page, output)
    dragged = shown(page)
    assert all(new != old for new, old in zip(dragged, before, strict=True))

    slider = page.get_by_label("Slide the window").first
    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + box["height"] / 2, steps=6)
    page.mouse.up()
    page.wait_for_timeout(150)
    slid = shown(page)
    assert all(new != old for new, old in zip(slid, dragged, strict=True))
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(150)
    assert all(new != old for new, old in zip(shown(page), slid, strict=True))
    dragged = shown(page)

    output.focus()
    for key in ("ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
    page.wait_for_timeout(150)
    assert all(new != old for new, old in zip(shown(page), dragged, strict=True))
    page.get_by_label("Stride", exact=True).first.focus()
    stepped = shown(page)
    page.keyboard.press("ArrowUp")
    page.wait_for_timeout(150)
    assert all(new != old for new, old in zip(shown(page), stepped, strict=True))
    keep(page, "lesson03_by_keyboard")
    assert page.faults == []  # type: ignore[attr-defined]
    assert page.refused == []  # type: ignore[attr-defined]


def test_solved_lesson_has_no_error(lab: Lab, browser: Browser, tmp_path: Path) -> None:
    """With the answers in: every check passes, nothing is written on stderr?"""
    course = Course(REPOSITORY)
    lesson = course.find("03")
    solved = source_notebook(read_lessons(course, [lesson])[lesson])
    nbformat.write(solved, lab.root / "solved.ipynb")
    page = lab.open(browser, "solved.ipynb")
    assert errors(lab.run_all(page, "solved.ipynb", SECONDS)) == []
    figure = scroll_to(page, "img[alt^='The loss falls']")
    figure.evaluate("(img) => img.scrollIntoView({ block: 'center' })")
    page.wait_for_timeout(500)
    assert figure.is_visible()
    keep(page, "lesson03_solved")
    assert page.faults == []  # type: ignore[attr-defined]
    page.close()
