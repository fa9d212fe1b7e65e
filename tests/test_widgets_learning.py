"""Do the descent and the graph explorer compute what PyTorch computes, and obey?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
import traitlets
from playwright.sync_api import Browser
from widget_page import chromium, latency, open_widget, pixels, put, settle, status, trait

from course import widgets

pytestmark = pytest.mark.browser
LOSSES = {
    "valley": lambda x, y: (x * x + 20 * y * y) / 2,
    "bowl": lambda x, y: (x * x + y * y) / 2,
    "minima": lambda x, y: (x * x - 2) ** 2 / 4 + 0.3 * x + y * y / 2,
    "saddle": lambda x, y: (x * x - y * y) / 2 + y**4 / 16,
}
EXPRESSIONS = (
    "x*w + b",
    "max(0, x*w + b)",
    "min(x, w) - b / 2",
    "x*x*x - -w",
    "exp(-x) / (1 + exp(-x)) + tanh(w*b)",
    "sigmoid(x*w + b) * relu(w) + log(x*x + 1)",
    "(x + w) * (x + w) / (b*b + .5)",
    "max(x, x) + min(w, w)",
    "constructor * x",
)
PYTHON = {
    "max": lambda a, b: torch.maximum(torch.as_tensor(a).double(), torch.as_tensor(b)),
    "min": lambda a, b: torch.minimum(torch.as_tensor(a).double(), torch.as_tensor(b)),
    **{name: getattr(torch, name) for name in ("exp", "log", "tanh", "sigmoid", "relu")},
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.mark.parametrize("surface", LOSSES)
def test_the_path_is_that_of_pytorchs_sgd(browser: Browser, surface: str) -> None:
    page = open_widget(browser, widgets.DescentExplorer())
    for lr, momentum in ((0.02, 0.0), (0.05, 0.9), (0.09, 0.5)):
        got = page.evaluate("(a) => maths.path(...a)", [surface, lr, momentum, 25, [-1.7, 0.9]])
        w = torch.tensor([-1.7, 0.9], dtype=torch.float64, requires_grad=True)
        sgd = torch.optim.SGD([w], lr=lr, momentum=momentum)
        expected = [w.detach().numpy().copy()]
        for _ in range(25):
            sgd.zero_grad()
            LOSSES[surface](w[0], w[1]).backward()
            sgd.step()
            expected.append(w.detach().numpy().copy())
        np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)
        losses = page.evaluate("([s, p]) => maths.losses(s, p)", [surface, got])
        np.testing.assert_allclose(losses, [LOSSES[surface](*p) for p in got], rtol=1e-12)
    page.close()


@pytest.mark.parametrize(("lr", "word"), [(0.001, "crawls"), (0.09, "arrives"), (0.11, "diverges")])
def test_the_verdict_fits_the_valley(browser: Browser, lr: float, word: str) -> None:
    """Curvatures 1 and 20: stable below 2/20."""
    page = open_widget(browser, widgets.DescentExplorer())
    points = page.evaluate("(lr) => maths.path('valley', lr, 0, 100, [-2.6, 1])", lr)
    assert page.evaluate("(p) => maths.verdict('valley', p)", points) == word
    page.close()


@pytest.mark.parametrize("text", EXPRESSIONS)
def test_values_and_gradients_are_pytorchs(browser: Browser, text: str) -> None:
    rng = np.random.default_rng(1)
    page = open_widget(browser, widgets.GraphExplorer())
    for _ in range(5):
        values = dict(zip(("x", "w", "b", "constructor"), rng.uniform(-2, 2, 4), strict=True))
        got = page.evaluate("([t, v]) => maths.evaluate(t, v)", [text, values])
        leaves = {
            name: torch.tensor(value, dtype=torch.float64, requires_grad=True)
            for name, value in values.items()
        }
        result = eval(text, {**PYTHON, **leaves})
        result.backward()
        assert got["value"] == pytest.approx(result.item(), rel=1e-12)
        for name, slope in got["gradients"].items():
            assert slope == pytest.approx(leaves[name].grad.item(), rel=1e-10, abs=1e-14)
    page.close()


@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        ("x*(w + ", 6, "missing before"),
        ("x ** w", 3, "missing before"),
        ("(x + w", 6, "“)” is missing"),
        ("x w", 2, "one too many"),
        ("x $ w", 2, "not understood"),
        ("sqrt(x)", 0, "there is no function sqrt"),
        ("max(x)", 0, "max takes 2 values, not 1"),
        ("exp(x, w)", 0, "exp takes 1 value, not 2"),
        ("constructor(x)", 0, "there is no function constructor"),
        ("", 0, "missing before"),
    ],
)
def test_a_slip_is_named_where_it_stands(browser: Browser, text: str, at: int, says: str) -> None:
    page = open_widget(browser, widgets.GraphExplorer())
    got = page.evaluate("(t) => maths.evaluate(t, {})", text)
    assert says in got["error"]
    assert got["at"] == at
    before = pixels(page, "canvas")
    put(page, expression=text)
    assert "Not read" in status(page)
    assert pixels(page, "canvas") == before  # the last good picture stays
    assert not page.faults  # type: ignore[attr-defined]
    page.close()


def test_typing_draws_and_a_new_name_gets_a_field(browser: Browser, capsys: Any) -> None:
    page = open_widget(browser, widgets.GraphExplorer())
    page.get_by_label("Expression").fill("x*w + c")
    settle(page)
    assert trait(page, "expression") == "x*w + c"
    page.get_by_label("c", exact=True).fill("5")
    settle(page)
    assert trait(page, "values")["c"] == 5
    assert "The result is −1" in status(page)
    median = latency(page, "input[type=number]", "canvas", ("ArrowUp", "ArrowDown"))
    with capsys.disabled():
        print(f"\ngraph explorer: key press to changed pixels, median {median:.1f} ms (n = 24)")
    assert median <= 60
    page.close()


def test_arrow_keys_move_the_start(browser: Browser, capsys: Any) -> None:
    page = open_widget(browser, widgets.DescentExplorer())
    x, told = trait(page, "x"), status(page)
    page.focus("canvas[tabindex]")
    page.keyboard.press("ArrowRight")
    settle(page)
    assert trait(page, "x") == pytest.approx(x + 0.05)
    assert status(page) != told
    median = latency(page, "canvas[tabindex]", "canvas[tabindex]", ("ArrowLeft", "ArrowRight"))
    with capsys.disabled():
        print(f"\ndescent explorer: key press to changed pixels, median {median:.1f} ms (n = 24)")
    assert median <= 60
    page.close()


@pytest.mark.parametrize(
    ("name", "values", "says"),
    [
        ("DescentExplorer", {"log_lr": 1}, "log_lr must lie between -3 and 0.5"),
        ("DescentExplorer", {"surface": "hill"}, "'valley'"),
        ("GraphExplorer", {"values": {"x": float("nan")}}, "x is nan"),
        ("GraphExplorer", {"values": {"x": "3"}}, "x is '3'"),
    ],
)
def test_bad_values_are_named(name: str, values: dict[str, Any], says: str) -> None:
    with pytest.raises(traitlets.TraitError, match=says):
        getattr(widgets, name)(**values)
