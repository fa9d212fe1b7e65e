"""Do the loss and the classifier explorer compute what course.functional computes, and obey?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import traitlets
from playwright.sync_api import Browser
from widget_page import chromium, latency, open_widget, pixels, put, settle, status, trait

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


@pytest.mark.parametrize("name", ["hinge", "softmax"])
def test_training_is_that_of_the_courses_losses(browser: Browser, name: str) -> None:
    page = open_widget(browser, widgets.ClassifierExplorer())
    points = page.evaluate("() => maths.points(0.9, 0.3, 0.4)")
    got = page.evaluate("([n, p]) => maths.train(n, p, 60, 0.02, 0.15)", [name, points])
    told = page.evaluate("([n, w, p]) => maths.summary(n, w, p)", [name, got, points])
    x = np.array(points)[:, :2]
    y = np.array(points)[:, 2].astype(int)
    loss = {"hinge": F.hinge_loss, "softmax": F.cross_entropy_loss}[name]
    weight, bias = np.zeros((3, 2)), np.zeros(3)
    for _ in range(60):
        _, dscores = loss(x @ weight.T + bias, y)
        dweight, dbias = dscores.T @ x + 0.02 * weight, dscores.sum(axis=0)
        weight, bias = weight - 0.15 * dweight, bias - 0.15 * dbias
    np.testing.assert_allclose(got, np.column_stack([weight, bias]), atol=1e-9)
    scores = x @ weight.T + bias
    assert told["loss"] == pytest.approx(loss(scores, y)[0], rel=1e-9)
    assert told["right"] == pytest.approx((scores.argmax(axis=1) == y).mean())
    page.close()


def test_points_that_are_right_are_nothing_to_the_svm_and_something_to_softmax(
    browser: Browser,
) -> None:
    page = open_widget(browser, widgets.ClassifierExplorer(steps=400))
    near = page.evaluate("() => maths.points(0.3, -2, 1.5)")
    pushing = [
        page.evaluate("([n, p]) => maths.summary(n, maths.train(n, p, 400, 0), p)", [name, near])
        for name in ("hinge", "softmax")
    ]
    assert pushing[0]["pushing"] == 0
    assert pushing[1]["pushing"] > 20
    page.close()


def test_arrow_keys_move_the_point(browser: Browser, capsys: Any) -> None:
    page = open_widget(browser, widgets.ClassifierExplorer())
    x, told, picture = trait(page, "x"), status(page), pixels(page, "canvas[tabindex]")
    page.focus("canvas[tabindex]")
    for _ in range(8):
        page.keyboard.press("Shift+ArrowRight")
    settle(page)
    assert trait(page, "x") == pytest.approx(min(4, x + 4))
    assert status(page) != told
    assert pixels(page, "canvas[tabindex]") != picture
    median = latency(page, "canvas[tabindex]", "canvas[tabindex]", LEFT_RIGHT)
    with capsys.disabled():
        print(
            f"\nclassifier explorer: key press to changed pixels, median {median:.1f} ms (n = 24)"
        )
    assert median <= 60
    page.close()


@pytest.mark.parametrize("name", ["LossExplorer", "ClassifierExplorer"])
@pytest.mark.parametrize(("dark", "width"), [(False, 1000), (True, 1000), (False, 400)])
def test_draws_without_a_fault(browser: Browser, name: str, dark: bool, width: int) -> None:
    page = open_widget(browser, getattr(widgets, name)(), dark=dark, width=width)
    assert not page.faults  # type: ignore[attr-defined]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    unnamed = page.evaluate(
        "() => [...document.querySelectorAll('input, select, canvas')].filter((e) =>"
        " !(e.labels?.length || e.getAttribute('aria-label'))).length"
    )
    assert unnamed == 0
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
