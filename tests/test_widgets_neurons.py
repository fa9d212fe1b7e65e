"""Do the neuron and activation explorers compute what course.functional computes, and obey?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
import traitlets
from playwright.sync_api import Browser
from widget_page import chromium, latency, open_widget, pixels, put, settle, status, trait

from course import functional as F
from course import widgets

pytestmark = pytest.mark.browser
NAMES = ("sigmoid", "tanh", "relu", "leaky_relu", "gelu")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def reference(name: str, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    out, cache = getattr(F, f"{name}_forward")(z)
    return out, getattr(F, f"{name}_backward")(np.ones_like(z), cache)


@pytest.mark.parametrize("name", NAMES)
def test_activations_equal_the_reference(browser: Browser, name: str) -> None:
    """Values and slopes, far into both tails, to the last digits of float64?"""
    z = np.concatenate([np.linspace(-8, 8, 161), [-700.0, -40.0, 40.0, 700.0]])
    page = open_widget(browser, widgets.ActivationExplorer())
    rows = page.evaluate("([name, z]) => z.map((v) => maths.at(name, v))", [name, z.tolist()])
    value, slope = np.array(rows).T
    expected, gradient = reference(name, z)
    np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(slope, gradient, rtol=1e-12, atol=1e-14)
    page.close()


def test_erf_equals_torch(browser: Browser) -> None:
    """The error function behind GELU, on both sides of the seam between its two formulas?"""
    x = np.linspace(-7, 7, 281)
    page = open_widget(browser, widgets.ActivationExplorer())
    got = page.evaluate("(x) => x.map(maths.erf)", x.tolist())
    np.testing.assert_allclose(got, torch.erf(torch.from_numpy(x)).numpy(), atol=4e-16, rtol=4e-15)
    page.close()


@pytest.mark.parametrize("name", NAMES)
def test_neuron_equals_linear_then_activation(browser: Browser, name: str) -> None:
    rng = np.random.default_rng(3)
    page = open_widget(browser, widgets.NeuronExplorer())
    for w1, w2, bias, x1, x2 in rng.uniform(-3, 3, (20, 5)):
        state = {"w1": w1, "w2": w2, "bias": bias, "x1": x1, "x2": x2, "activation": name}
        got = page.evaluate("(s) => maths.forward(s)", state)
        x, weight = np.array([[x1, x2]]), np.array([[w1, w2]])
        z, _ = F.linear_forward(x, weight, np.array([bias]))
        assert got["z"] == pytest.approx(z.item(), rel=1e-12)
        assert got["out"] == pytest.approx(reference(name, z)[0].item(), rel=1e-12)
        assert sum(got["terms"]) == pytest.approx(z.item(), rel=1e-12)
    page.close()


def test_boundary_is_where_the_sum_is_zero(browser: Browser) -> None:
    """Do both ends lie on w.x + b = 0 and on the edge; is there none where the line misses?"""
    page = open_widget(browser, widgets.NeuronExplorer())
    ends = page.evaluate("() => maths.boundary({ w1: 1.5, w2: -0.7, bias: 0.4 })")
    assert len(ends) == 2
    for x, y in ends:
        assert 1.5 * x - 0.7 * y + 0.4 == pytest.approx(0, abs=1e-12)
        assert max(abs(x), abs(y)) == pytest.approx(3)
    assert page.evaluate("() => maths.boundary({ w1: 0.1, w2: 0.1, bias: 3 })") == []
    assert page.evaluate("() => maths.boundary({ w1: 0, w2: 0, bias: 1 })") == []
    page.close()


def test_chain_is_a_power_and_weak_is_where_the_slope_is_small(browser: Browser) -> None:
    page = open_widget(browser, widgets.ActivationExplorer())
    assert page.evaluate("() => maths.chain('sigmoid', 0, 10)") == pytest.approx(
        [0.25 ** (n + 1) for n in range(10)], rel=1e-12
    )
    (first, last) = page.evaluate("() => maths.weak('sigmoid')")
    edge = np.log((1 + np.sqrt(0.6)) / (1 - np.sqrt(0.6)))  # s (1 - s) = 0.1
    assert first[1] == pytest.approx(-edge, abs=0.011)
    assert last[0] == pytest.approx(edge, abs=0.011)
    assert page.evaluate("() => maths.weak('relu')") == [[-6, 0]]
    page.close()


@pytest.mark.parametrize("name", ["NeuronExplorer", "ActivationExplorer"])
@pytest.mark.parametrize(("dark", "width"), [(False, 1000), (True, 1000), (False, 400)])
def test_draws_without_a_fault(browser: Browser, name: str, dark: bool, width: int) -> None:
    """In both themes and on a narrow screen: a picture, no error, nothing wider than the page?"""
    page = open_widget(browser, getattr(widgets, name)(), dark=dark, width=width)
    assert not page.faults  # type: ignore[attr-defined]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    blank = page.evaluate(
        "() => [...document.querySelectorAll('canvas')].map((c) =>"
        " new Set(new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data"
        ".buffer)).size)"
    )
    assert all(colours > 8 for colours in blank)
    page.close()


@pytest.mark.parametrize("name", ["NeuronExplorer", "ActivationExplorer"])
def test_every_control_has_a_name(browser: Browser, name: str) -> None:
    page = open_widget(browser, getattr(widgets, name)())
    unnamed = page.evaluate(
        "() => [...document.querySelectorAll('input, select, canvas, button')].filter((e) =>"
        " !(e.labels?.length || e.getAttribute('aria-label'))).length"
    )
    assert unnamed == 0
    page.close()


@pytest.mark.parametrize(("name", "moved"), [("NeuronExplorer", "x1"), ("ActivationExplorer", "z")])
def test_arrow_keys_move_the_point(browser: Browser, name: str, moved: str, capsys: Any) -> None:
    """By keyboard alone: value, sentence and picture change, and fast enough to feel direct?"""
    page = open_widget(browser, getattr(widgets, name)())
    before = trait(page, moved), status(page), pixels(page, "canvas[tabindex]")
    page.focus("canvas[tabindex]")
    page.keyboard.press("ArrowRight")
    settle(page)
    assert trait(page, moved) == pytest.approx(before[0] + 0.1)
    assert status(page) != before[1]
    assert pixels(page, "canvas[tabindex]") != before[2]
    median = latency(page, "canvas[tabindex]", "canvas[tabindex]", ("ArrowLeft", "ArrowRight"))
    with capsys.disabled():
        print(f"\n{name}: key press to changed pixels, median {median:.1f} ms (n = 24)")
    assert median <= 60
    page.close()


def test_drag_moves_the_point_and_sliders_obey_keys(browser: Browser) -> None:
    page = open_widget(browser, widgets.NeuronExplorer())
    box = page.locator("canvas[tabindex]").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.25)
    page.mouse.up()
    assert trait(page, "x1") == pytest.approx(-1.5, abs=0.1)
    assert trait(page, "x2") == pytest.approx(1.5, abs=0.1)
    page.focus("input[type=range]")
    page.keyboard.press("ArrowRight")
    assert trait(page, "w1") == pytest.approx(1.1)
    page.close()


def test_zero_weights_are_said_aloud(browser: Browser) -> None:
    page = open_widget(browser, widgets.NeuronExplorer())
    put(page, w1=0, w2=0)
    assert "no boundary" in status(page)
    page.close()


@pytest.mark.parametrize(
    ("name", "values", "says"),
    [
        ("NeuronExplorer", {"w1": 4}, "w1 must lie between -3 and 3"),
        ("NeuronExplorer", {"bias": float("nan")}, "bias must lie between"),
        ("NeuronExplorer", {"activation": "swish"}, "'sigmoid'"),
        ("ActivationExplorer", {"layers": 0}, "layers must lie between 1 and 30"),
        ("ActivationExplorer", {"compare": "step"}, "'none'"),
    ],
)
def test_bad_values_are_named(name: str, values: dict[str, Any], says: str) -> None:
    with pytest.raises(traitlets.TraitError, match=says):
        getattr(widgets, name)(**values)


def test_unknown_widget_lists_the_known() -> None:
    with pytest.raises(AttributeError, match="NeuronExplorer"):
        widgets.NeuralExplorer  # noqa: B018
