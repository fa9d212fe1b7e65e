"""Does the pooling stepper compute what PyTorch computes, forward and back, and obey?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
import traitlets
from playwright.sync_api import Browser, Page
from widget_page import chromium, latency, open_widget, pixels, put, settle, status, trait

from course import functional as F
from course.widgets import PoolingStepper

INPUT = "canvas[aria-label^='Input']"
OUTPUT = "canvas[aria-label^='Output']"
BACK = "canvas[aria-label='Gradient by the input']"
TORCH = {"max": torch.nn.functional.max_pool2d, "average": torch.nn.functional.avg_pool2d}
OURS = {
    "max": (F.maxpool2d_forward, F.maxpool2d_backward),
    "average": (F.avgpool2d_forward, F.avgpool2d_backward),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def place(browser: Browser) -> Iterator[Any]:
    """Open widgets on pages of their own; afterwards none of them may have raised."""
    opened: list[Page] = []

    def open_one(widget: Any, **options: Any) -> Page:
        opened.append(open_widget(browser, widget, **options))
        return opened[-1]

    yield open_one
    for page in opened:
        assert page.faults == []  # type: ignore[attr-defined]
        page.close()


def call(page: Page, name: str, *arguments: Any) -> Any:
    """maths.name(...arguments) as the browser computes it; typed arrays come back as lists."""
    result = page.evaluate(
        """([name, values]) => JSON.stringify(maths[name](...values),
           (key, value) => ArrayBuffer.isView(value) ? Array.from(value) : value)""",
        [name, list(arguments)],
    )
    return json.loads(result)


@pytest.mark.browser
class TestNumbers:
    @pytest.mark.parametrize("kind", TORCH)
    @pytest.mark.parametrize("ties", [False, True])
    def test_forward_and_back_are_pytorchs_and_ours(
        self, place: Any, kind: str, ties: bool
    ) -> None:
        page, rng = place(PoolingStepper()), np.random.default_rng(4)
        for _ in range(40):
            shape = [int(n) for n in (rng.choice([1, 3]), *rng.integers(1, 11, 2))]
            kernel, stride = (int(n) for n in rng.integers(1, 6, 2))
            if kernel > min(shape[1:]):
                continue
            x = rng.integers(0, 3, shape) if ties else rng.normal(size=shape)
            x_t = torch.tensor(x.astype(float)[None], requires_grad=True)
            out = TORCH[kind](x_t, kernel, stride)
            dout = rng.normal(size=tuple(out.shape))
            out.backward(torch.from_numpy(dout))
            got = call(page, "pool", x.ravel().tolist(), shape, kind, kernel, stride)
            assert got["shape"] == list(out.shape[1:])
            ours, cache = OURS[kind][0](x.astype(float)[None], kernel, stride)
            options = (shape, kind, kernel, stride)
            dx = call(page, "back", dout.ravel().tolist(), x.ravel().tolist(), *options)
            for expected in (out.detach().numpy(), ours):
                np.testing.assert_allclose(got["out"], expected.ravel(), rtol=1e-12, atol=1e-12)
            for expected in (x_t.grad.numpy(), OURS[kind][1](dout, cache)):
                np.testing.assert_allclose(dx, expected.ravel(), rtol=1e-12, atol=1e-12)

    def test_the_seminars_tables_come_out_exactly(self, place: Any) -> None:
        page = place(PoolingStepper())
        for name, expected in (
            ("table for the maximum", [100, 184, 12, 45]),
            ("table for the average", [36.5, 80, 12, 15]),
        ):
            widget = PoolingStepper(picture=name)
            x = widget.x[0]
            options = (list(x.shape), widget.kind, widget.kernel_size, widget.stride)
            assert call(page, "pool", x.ravel().tolist(), *options)["out"] == expected

    def test_steps_add_up_to_the_whole_way_back(self, place: Any) -> None:
        page, x = place(PoolingStepper()), [0, 0, 5, 5, 0, 0, 5, 1, 2, 7, 7, 0, 7, 1, 0, 0]
        dout = list(range(1, 10))
        options = (dout, x, [1, 4, 4], "max", 2, 1)
        before = np.zeros(16)
        for windows in range(1, 10):
            now = np.array(call(page, "back", *options, windows))
            assert (now - before).sum() == windows  # the windows' gradients are 1, 2, 3, ...
            assert np.count_nonzero(now - before) == 1
            before = now
        np.testing.assert_array_equal(before, call(page, "back", *options))

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("1 2; 3 x", "“x” is not a number"),
            ("1 2; 3", "row 2 has 1 numbers, the first has 2"),
            ("1 2;", "“” is not a number"),
            ("1 2 3 4 5 6 7 8 9", "8 × 8"),
            ("10000 1", "too large"),
        ],
    )
    def test_a_slip_in_the_table_is_named_and_the_last_good_one_stays(
        self, place: Any, text: str, says: str
    ) -> None:
        page = place(PoolingStepper())
        assert says in call(page, "parse", text)["error"]
        before = pixels(page, INPUT)
        put(page, table=text)
        assert "Not read" in status(page)
        assert says in status(page)
        assert pixels(page, INPUT) == before


@pytest.mark.browser
class TestHands:
    def test_arrow_keys_step_and_the_numbers_are_read_aloud(self, place: Any) -> None:
        page = place(PoolingStepper())
        assert "Window 1 of 4: largest 100 = out[0, 0]" in status(page)
        page.focus(INPUT)
        page.keyboard.press("ArrowRight")
        settle(page)
        assert "Window 2 of 4: largest 184 = out[0, 1]" in status(page)
        page.keyboard.press("PageDown")
        settle(page)
        assert (trait(page, "row"), trait(page, "column")) == (1, 1)
        page.get_by_label("Step forward").click()
        settle(page)
        assert (trait(page, "row"), trait(page, "column")) == (0, 0)

    def test_the_printed_31_gives_36_5(self, place: Any) -> None:
        page = place(PoolingStepper())
        page.get_by_label("Input", exact=True).select_option("table for the average")
        settle(page)
        assert trait(page, "kind") == "average"
        assert "mean 36.5 = out[0, 0]" in status(page)
        assert "146 / 4 = 36.5" in page.inner_text(".cw-pool-window")
        page.get_by_label("Numbers: change them").fill("29 15 28 184; 0 100 70 38")
        settle(page)
        assert "mean 36 = out[0, 0]" in status(page)

    def test_ties_and_sums_are_said_on_the_way_back(self, place: Any) -> None:
        page = place(PoolingStepper(picture="ties", way_back=True, stride=1))
        put(page, row=1, column=1)
        said = status(page)
        assert "5 is added at row 2, column 1, the first of 2 equal ones; there it is 9" in said
        before = pixels(page, BACK)
        page.get_by_label("All windows at once").check()
        settle(page)
        assert pixels(page, BACK) != before
        page.get_by_label("Keep the").select_option("average")
        settle(page)
        assert "5 / 4 = 1.25 is added to each" in status(page)
        page.get_by_label("Gradient from behind").select_option("ones")
        settle(page)
        assert "1 / 4 = 0.25 is added to each" in status(page)

    def test_a_click_on_the_output_moves_the_window(self, place: Any) -> None:
        for picture in ("table for the maximum", "ankle boot"):
            page = place(PoolingStepper(picture=picture))
            box = page.locator(OUTPUT).bounding_box()
            page.mouse.click(box["x"] + box["width"] - 3, box["y"] + 3)
            settle(page)
            last = 1 if picture.startswith("table") else 13
            assert (trait(page, "row"), trait(page, "column")) == (0, last)

    def test_colours_are_pooled_channel_by_channel(self, place: Any) -> None:
        page = place(PoolingStepper(picture="flower, in colour"))
        text = page.inner_text(".cw-pool-window")
        assert [name for name in ("red", "green", "blue") if name in text] == [
            "red",
            "green",
            "blue",
        ]
        assert text.count("largest:") == 3
        assert "3,072 numbers in, 768 out, 75 % fewer" in page.inner_text("section > .cw-note")

    def test_a_window_that_does_not_fit_is_a_state(self, place: Any) -> None:
        page = place(PoolingStepper(kernel_size=5))
        assert "Impossible: a window of 5 × 5 does not fit into 4 × 4" in status(page)
        page.get_by_label("Window", exact=True).fill("4")
        settle(page)
        assert "Window 1 of 1: largest 184" in status(page)

    def test_it_plays_to_the_end(self, place: Any) -> None:
        page = place(PoolingStepper())
        page.get_by_role("button", name="Play").click()
        page.wait_for_function("window.model.get('row') === 1 && window.model.get('column') === 1")
        page.get_by_role("button", name="Play").wait_for(timeout=5000)

    @pytest.mark.parametrize(
        ("picture", "way_back"),
        [("ties", True), ("ankle boot", False), ("flower, in colour", True)],
    )
    def test_it_answers_at_once(
        self, place: Any, picture: str, way_back: bool, capsys: Any
    ) -> None:
        page = place(PoolingStepper(picture=picture, way_back=way_back, stride=1))
        median = latency(page, INPUT, INPUT, ("ArrowRight", "ArrowLeft"))
        with capsys.disabled():
            print(f"\npooling stepper, {picture}: key press to changed pixels, {median:.1f} ms")
        assert median <= 60

    @pytest.mark.parametrize(("dark", "width"), [(False, 1000), (True, 1000), (False, 360)])
    @pytest.mark.parametrize("picture", ["ties", "flower, in colour"])
    def test_draws_on_every_page(self, place: Any, picture: str, dark: bool, width: int) -> None:
        page = place(PoolingStepper(picture=picture, way_back=True), dark=dark, width=width)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        unnamed = page.evaluate(
            "() => [...document.querySelectorAll('input, select, canvas, button')].filter((e) =>"
            " !(e.labels?.length || e.getAttribute('aria-label') || e.innerText)).length"
        )
        assert unnamed == 0
        bare = page.evaluate(
            "() => [...document.querySelectorAll('input, select, button, canvas[tabindex]')]"
            ".filter((e) => e.dataset.lmSuppressShortcuts !== 'true').length"
        )
        assert bare == 0


class TestTraits:
    def test_its_arrays_give_the_output_it_shows(self) -> None:
        widget = PoolingStepper(picture="flower, in colour", kernel_size=3)
        assert F.maxpool2d_forward(widget.x, 3, 2)[0].shape[2:] == widget.output_shape

    def test_a_table_chosen_by_name_brings_its_numbers(self) -> None:
        widget = PoolingStepper()
        widget.picture = "ties"
        assert widget.x[0, 0, 0].tolist() == [0, 0, 5, 5]
        assert PoolingStepper(table="1 2; 3 4").x[0, 0].tolist() == [[1, 2], [3, 4]]

    def test_one_s_own_picture_is_taken(self) -> None:
        widget = PoolingStepper(np.full((6, 8), 0.5))
        assert (widget.picture, widget.x.shape) == ("your image", (1, 1, 6, 8))

    def test_a_smaller_output_keeps_the_window_inside(self) -> None:
        widget = PoolingStepper(row=1, column=1)
        widget.kernel_size = 4
        assert (widget.row, widget.column) == (0, 0)

    @pytest.mark.parametrize(
        ("name", "value", "says"),
        [
            ("kernel_size", 0, "kernel_size must lie between 1 and 5 \\(got 0\\)"),
            ("stride", 9, "stride must lie between 1 and 5"),
            ("kind", "min", "no kind 'min'; choose one of 'max', 'average'"),
            ("picture", "cat", "no picture 'cat'"),
            ("upstream", "two", "no upstream 'two'"),
            ("row", 2, "row 2 is outside the output of 2 x 2; take 0 to 1"),
            ("table", "1 2; 3", "rows of different length"),
            ("table", "a b", "no number"),
            ("table", "1 nan", "finite"),
            ("table", "1 2 3 4 5 6 7 8 9", "8 x 8 fit"),
            ("table", "", "different length"),
        ],
    )
    def test_a_wrong_value_is_refused_by_name(self, name: str, value: Any, says: str) -> None:
        widget = PoolingStepper()
        before = getattr(widget, name)
        with pytest.raises(traitlets.TraitError, match=says):
            setattr(widget, name, value)
        assert getattr(widget, name) == before
