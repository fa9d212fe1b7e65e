"""Do the loss and the classifier explorer compute what course.functional computes, and obey?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import traitlets
from playwright.sync_api import Browser
from widget_page import chromium, latency, open_widget, put, settle, status, trait

from course import functional as F
from course import widgets

pytestmark = pytest.mark.browser
LEFT_RIGHT = ("ArrowLeft", "ArrowRight")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def test_both_losses_are_the_courses(browser: Browser) -> None:
    page = open_widget(browser, widgets.LossExplorer())
    rng = np.random.default_rng(0)
    for trial in range(30):
        scores = rng.normal(size=(1, 3)) * 3 + (1000 if trial % 3 == 0 else 0)
        right, t, margin = int(rng.integers(3)), 10 ** rng.uniform(-1, 1), rng.uniform(0, 4)
        a, b = page.evaluate(
            "([s, k, t, m]) => [maths.crossEntropy(s, k, t), maths.hinge(s, k, m)]",
            [scores[0].tolist(), right, t, margin],
        )
        loss, gradient = F.cross_entropy_loss(scores / t, np.array([right]))
        assert a["loss"] == pytest.approx(loss, rel=1e-9, abs=1e-9)
        np.testing.assert_allclose(a["gradient"], gradient[0] / t, atol=1e-9)
        np.testing.assert_allclose(a["probabilities"], F.softmax(scores / t)[0], atol=1e-12)
        loss, gradient = F.hinge_loss(scores, np.array([right]), margin)
        assert b["loss"] == pytest.approx(loss, rel=1e-9, abs=1e-9)
        np.testing.assert_array_equal(b["gradient"], gradient[0])
    page.close()


def test_the_svm_is_satisfied_while_softmax_still_pushes(browser: Browser) -> None:
    page = open_widget(browser, widgets.LossExplorer(score0=4, score1=1, score2=0))
    assert "The hinge loss is 0" in status(page)
    assert "it still pushes the right score up by 0.064" in status(page)
    put(page, margin=3.5)
    assert "one wrong class comes too near" in status(page)
    page.close()


def test_a_thousand_more_breaks_only_the_formula_as_it_stands(browser: Browser) -> None:
    page = open_widget(browser, widgets.LossExplorer())
    before = page.locator("tbody tr").all_inner_texts()
    page.get_by_label("1000 more for every score").check()
    settle(page)
    safe, plain = page.locator("tbody tr").all_inner_texts()
    assert safe == before[0]
    assert plain.count("NaN") == 3
    assert "overflows" in status(page)
    page.close()


def test_presets_keys_and_mouse_change_the_scores(browser: Browser, capsys: Any) -> None:
    page = open_widget(browser, widgets.LossExplorer())
    page.get_by_role("button", name="wrong").click()
    settle(page)
    assert [trait(page, f"score{k}") for k in range(3)] == [-1, 2, 0.5]
    page.focus("canvas[tabindex]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    settle(page)
    assert trait(page, "score1") == pytest.approx(2.1)
    page.get_by_label("Right class").select_option("2")
    settle(page)
    assert trait(page, "right") == 2
    box = page.locator("canvas[tabindex]").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 22 + 2.5 * 44)
    settle(page)
    assert trait(page, "score2") > 2
    median = latency(page, "canvas[tabindex]", "canvas[tabindex]", LEFT_RIGHT)
    with capsys.disabled():
        print(f"\nloss explorer: key press to changed pixels, median {median:.1f} ms (n = 24)")
    assert median <= 60
    page.close()


@pytest.mark.parametrize(
    ("name", "values", "says"),
    [
        ("LossExplorer", {"score1": 7}, "score1 must lie between -6 and 6"),
        ("LossExplorer", {"right": 3}, "right must lie between 0 and 2"),
        ("ClassifierExplorer", {"decay": float("nan")}, "decay must lie between 0 and 0.2"),
    ],
)
def test_bad_values_are_named(name: str, values: dict[str, Any], says: str) -> None:
    with pytest.raises(traitlets.TraitError, match=says):
        getattr(widgets, name)(**values)
