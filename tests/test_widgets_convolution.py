"""Do the convolution widgets compute what course.functional does, and refuse what is no setting?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Page
from traitlets import TraitError
from widget_page import chromium, open_widget

from course import functional as F
from course.widgets.convolution_stepper import ConvolutionStepper
from course.widgets.filter_designer import FilterDesigner
from course.widgets.spatial_calculator import SpatialCalculator

WIDGETS = (ConvolutionStepper, FilterDesigner, SpatialCalculator)


@pytest.fixture(scope="module")
def pages() -> Iterator[dict[type, Page]]:
    """One page for each widget: its script's own `maths` is what the tests call."""
    with chromium() as browser:
        yield {kind: open_widget(browser, kind()) for kind in WIDGETS}


def call(page: Page, name: str, *arguments: Any) -> Any:
    """maths.name(...arguments) as the browser computes it; typed arrays come back as lists."""
    result = page.evaluate(
        """([name, values]) => JSON.stringify(maths[name](...values),
           (key, value) => ArrayBuffer.isView(value) ? Array.from(value) : value)""",
        [name, list(arguments)],
    )
    return json.loads(result)


def cases(n: int, seed: int) -> Iterator[tuple[Any, ...]]:
    """Random layers that fit: images and kernels not square, every setting varied."""
    rng = np.random.default_rng(seed)
    while n:
        channels, filters = int(rng.choice([1, 2, 3])), int(rng.integers(1, 4))
        height, width = (int(size) for size in rng.integers(1, 13, 2))
        kernel = [int(size) for size in rng.integers(1, 6, 2)]
        stride, padding, dilation = (int(rng.integers(*span)) for span in ((1, 5), (0, 4), (1, 4)))
        spans = [dilation * (size - 1) + 1 for size in kernel]
        if spans[0] > height + 2 * padding or spans[1] > width + 2 * padding:
            continue
        n -= 1
        x = rng.normal(size=(channels, height, width))
        weight = rng.normal(size=(filters, channels, *kernel))
        yield x, weight, rng.normal(size=filters), stride, padding, dilation


@pytest.mark.browser
class TestNumbers:
    """The browser's numbers against course.functional (float64) and PyTorch."""

    @pytest.mark.parametrize("kind", [ConvolutionStepper, FilterDesigner])
    def test_is_the_convolution_the_reference_s(self, pages: dict[type, Page], kind: type) -> None:
        for x, weight, bias, stride, padding, dilation in cases(60, seed=3):
            expected, _ = F.conv2d_forward(x[None], weight, bias, stride, padding, dilation)
            got = call(
                pages[kind], "conv2d", x.ravel().tolist(), x.shape, weight.ravel().tolist(),
                weight.shape, bias.tolist(), stride, padding, dilation,
            )  # fmt: skip
            assert tuple(got["shape"]) == expected.shape[1:]
            np.testing.assert_allclose(got["out"], expected.ravel(), rtol=1e-12, atol=1e-12)

    def test_does_one_pixel_traced_back_give_the_output(self, pages: dict[type, Page]) -> None:
        rng = np.random.default_rng(8)
        for x, weight, bias, stride, padding, dilation in cases(25, seed=5):
            expected, _ = F.conv2d_forward(x[None], weight, bias, stride, padding, dilation)
            i, j = (int(rng.integers(size)) for size in expected.shape[2:])
            seen = call(
                pages[ConvolutionStepper], "trace", x.ravel().tolist(), x.shape,
                weight[0].ravel().tolist(), weight.shape[2:], float(bias[0]),
                stride, padding, dilation, i, j,
            )  # fmt: skip
            assert seen["value"] == pytest.approx(expected[0, 0, i, j], abs=1e-12)
            products = [[tap["product"] for tap in channel["taps"]] for channel in seen["channels"]]
            assert np.sum(products) + bias[0] == pytest.approx(seen["value"], abs=1e-12)
            padded = np.pad(x, ((0, 0), (padding, padding), (padding, padding)))
            rows, columns = (dilation * (size - 1) + 1 for size in weight.shape[2:])
            top, left = i * stride, j * stride
            window = padded[:, top : top + rows : dilation, left : left + columns : dilation]
            pixels = [[tap["pixel"] for tap in channel["taps"]] for channel in seen["channels"]]
            np.testing.assert_array_equal(np.ravel(pixels), window.ravel())

    @pytest.mark.parametrize("size", [3, 5])
    @pytest.mark.parametrize("summed", [False, True])
    def test_is_the_filtered_picture_the_reference_s(
        self, pages: dict[type, Page], size: int, summed: bool
    ) -> None:
        rng = np.random.default_rng(size)
        x, weight = rng.random((3, 9, 12)), rng.normal(size=(size, size))
        if summed:
            stacked = np.broadcast_to(weight, (1, 3, size, size))
            expected, _ = F.conv2d_forward(x[None], stacked.copy(), None, 1, size // 2)
        else:
            expected, _ = F.conv2d_forward(x[:, None], weight[None, None], None, 1, size // 2)
        got = call(
            pages[FilterDesigner], "filtered", x.ravel().tolist(), x.shape,
            weight.ravel().tolist(), size, summed,
        )  # fmt: skip
        np.testing.assert_allclose(got["out"], expected.ravel(), rtol=1e-12, atol=1e-12)
        assert tuple(got["shape"]) == ((1, 9, 12) if summed else (3, 9, 12))

    def test_is_normalising_the_same_on_both_sides(self, pages: dict[type, Page]) -> None:
        widget = FilterDesigner(normalise=True)
        for weight in ([[1, 2, 1], [2, 4, 2], [1, 2, 1]], [[-1, 0, 1]] * 3, [[1, -5, 1]] * 3):
            widget.weight = weight
            got = call(pages[FilterDesigner], "normalised", weight)
            np.testing.assert_allclose(got, widget.effective_weight.ravel(), rtol=1e-6)

    def test_do_sizes_and_counts_equal_pytorch_s(self, pages: dict[type, Page]) -> None:
        for x, weight, _, stride, padding, dilation in cases(40, seed=11):
            channels, height, width = x.shape
            filters, size = len(weight), weight.shape[2]
            span = dilation * (size - 1) + 1
            setting = {
                "width": width, "height": height, "depth": channels, "kernel_size": size,
                "filters": filters, "stride": stride, "padding": padding, "dilation": dilation,
            }  # fmt: skip
            got = call(pages[SpatialCalculator], "arrangement", setting)
            assert got["fits"] == (span <= min(height, width) + 2 * padding)
            layer = torch.nn.Conv2d(channels, filters, size, stride, padding, dilation)
            assert got["parameters"] == sum(p.numel() for p in layer.parameters())
            widget = SpatialCalculator(**setting)
            assert widget.parameters == got["parameters"]
            if not got["fits"]:
                assert "Impossible" in call(pages[SpatialCalculator], "reason", setting)
                continue
            out = layer(torch.zeros(1, channels, height, width))
            assert got["outputs"] == out.numel()
            assert (got["rows"]["out"], got["columns"]["out"]) == tuple(out.shape[2:])
            assert widget.output_shape == tuple(out.shape[1:])
            assert got["connections"] == out.numel() * channels * size**2

    @pytest.mark.parametrize(
        ("setting", "words"),
        [
            ((10, 3, 2, 1), ["does not tile", "7 / 2 = 3.5 is", "last column"]),
            ((224, 11, 4, 1), ["53.25", "last column", "never seen"]),
            ((5, 7, 1, 1), ["impossible", "spans 7", "only 5", "padding 1", "filter of 5"]),
            ((5, 3, 1, 4), ["spans 9", "padding 2", "filter of 2"]),
            ((9, 3, 4, 1), ["last 2 columns and last 2 rows are never"]),
            ((7, 3, 2, 1), []),
        ],
    )
    def test_does_a_bad_setting_name_its_reason_and_remedy(
        self, pages: dict[type, Page], setting: tuple[int, ...], words: list[str]
    ) -> None:
        names = ("width", "kernel_size", "stride", "dilation")
        widget = SpatialCalculator(**dict(zip(names, setting, strict=True)))
        values = {name: getattr(widget, name) for name in SpatialCalculator.LIMITS}
        text = call(pages[SpatialCalculator], "reason", values)
        assert bool(text) == bool(words)
        for word in words:
            assert word.lower() in text.lower(), text

    def test_does_every_remedy_work(self, pages: dict[type, Page]) -> None:
        """A padding or stride that the reason recommends must itself have no reason against it."""
        rng = np.random.default_rng(1)
        for _ in range(40):
            values = {
                "width": int(rng.integers(3, 30)), "height": int(rng.integers(3, 30)),
                "depth": 1, "filters": 1, "kernel_size": int(rng.integers(1, 8)),
                "stride": int(rng.integers(1, 6)), "padding": int(rng.integers(0, 3)),
                "dilation": int(rng.integers(1, 4)),
            }  # fmt: skip
            text = call(pages[SpatialCalculator], "reason", values)
            advice = re.search(r"(?:With|Take) (padding|stride) (\d+)", text)
            if not advice:
                continue
            better = {**values, advice[1]: int(advice[2])}
            fits = call(pages[SpatialCalculator], "arrangement", better)
            assert fits["tiles" if text.startswith("Does") else "fits"], (values, text)


class TestStepperTraits:
    """What Python may set, and what it is told otherwise."""

    def test_do_its_arrays_give_the_output_it_shows(self) -> None:
        widget = ConvolutionStepper(stride=2, padding=1, picture="flower, in colour")
        out, _ = F.conv2d_forward(widget.x, widget.weight, None, 2, 1)
        assert out.shape[2:] == widget.output_shape

    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("stride", 0, "stride must lie between 1 and 8 \\(got 0\\)"),
            ("padding", -1, "padding must lie between 0"),
            ("dilation", 99, "dilation must lie between 1"),
            ("bias", float("nan"), "bias must lie"),
            ("row", 26, "row 26 is outside the output of 26 x 26; take 0 to 25"),
            ("column", -1, "column -1 is outside"),
            ("filter", "sobel", "no filter 'sobel'; choose one of 'identity'"),
            ("filter", "red_blue", "3 channels"),
            ("picture", "cat", "no picture 'cat'"),
            ("stride", 1.5, "int"),
        ],
    )
    def test_is_a_wrong_value_refused_by_name(self, name: str, value: Any, words: str) -> None:
        widget = ConvolutionStepper()
        before = getattr(widget, name)
        with pytest.raises(TraitError, match=words):
            setattr(widget, name, value)
        assert getattr(widget, name) == before

    def test_does_a_smaller_output_keep_the_window_inside(self) -> None:
        widget = ConvolutionStepper(row=25, column=25)
        widget.stride = 4
        assert (widget.row, widget.column) == (6, 6)
        widget.picture = "handwritten digit"
        assert widget.row < widget.output_shape[0]

    def test_is_a_window_larger_than_the_input_a_state_and_no_error(self) -> None:
        widget = ConvolutionStepper(picture="handwritten digit", dilation=6)
        assert widget.output_shape == (0, 0)
        assert (widget.row, widget.column) == (0, 0)

    @pytest.mark.parametrize(
        "shape", [(6, 7), (1, 6, 7), (3, 6, 7), (6, 7, 3), (6, 7, 1), (1, 3, 6, 7)]
    )
    def test_is_each_usual_layout_of_a_picture_taken(self, shape: tuple[int, ...]) -> None:
        channels = 3 if 3 in shape else 1
        widget = ConvolutionStepper(np.full(shape, 0.5))
        assert widget.x.shape == (1, channels, 6, 7)

    def test_are_bytes_divided_by_255(self) -> None:
        widget = ConvolutionStepper(np.full((4, 4), 255, np.uint8))
        assert widget.x.max() == 1.0

    @pytest.mark.parametrize(
        ("image", "words"),
        [
            (np.zeros((5, 8, 8)), "shape \\(5, 8, 8\\); pass ONE picture"),
            (np.zeros((65, 8)), "65 x 8 pixels"),
            (np.full((4, 4), 2.5), "2.5 to 2.5"),
            (np.full((4, 4), np.nan), "NaN"),
            (np.array(["a"]), "must hold numbers"),
            (np.zeros((0, 4)), "shape \\(0, 4\\)"),
        ],
    )
    def test_is_no_picture_refused_with_a_remedy(self, image: Any, words: str) -> None:
        with pytest.raises(ValueError, match=words):
            ConvolutionStepper(image)

    def test_is_one_s_own_filter_taken(self) -> None:
        weight = np.arange(27.0).reshape(3, 3, 3)
        widget = ConvolutionStepper(weight=weight)
        assert widget.filter == "own"
        np.testing.assert_array_equal(widget.weight[0], weight)
        with pytest.raises(ValueError, match="weight has 3 channels, the image has 1"):
            ConvolutionStepper(np.zeros((8, 8)), weight=weight)
        with pytest.raises(ValueError, match="pass ONE filter"):
            ConvolutionStepper(weight=np.zeros((16, 3, 3, 3)))


class TestDesignerTraits:
    def test_is_an_array_taken_as_weights(self) -> None:
        widget = FilterDesigner(weight=np.eye(5))
        assert widget.weight == np.eye(5).tolist()
        widget.use("box_blur")
        np.testing.assert_allclose(widget.effective_weight, np.full((3, 3), 1 / 9), rtol=1e-6)

    def test_is_a_sum_of_zero_left_undivided(self) -> None:
        widget = FilterDesigner(normalise=True)
        widget.use("laplacian")
        widget.normalise = True
        assert widget.effective_weight[1, 1] == -4

    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("weight", [[1, 2], [3, 4]], "shape \\(2, 2\\); pass 3 x 3 or 5 x 5"),
            ("weight", [[1, 2, 3], [4, 5], [6]], "rows of numbers"),
            ("weight", "sharpen", "rows of numbers"),
            ("weight", np.full((3, 3), np.inf), "finite"),
            ("channels", "both", "no channels 'both'"),
            ("display", "grey", "no display 'grey'"),
            ("picture", "dog", "no picture 'dog'"),
        ],
    )
    def test_is_a_wrong_value_refused_by_name(self, name: str, value: Any, words: str) -> None:
        widget = FilterDesigner()
        before = getattr(widget, name)
        with pytest.raises(TraitError, match=words):
            setattr(widget, name, value)
        assert getattr(widget, name) == before

    def test_is_an_unknown_filter_named(self) -> None:
        with pytest.raises(TraitError, match="no filter 'blur'"):
            FilterDesigner().use("blur")

    def test_do_photographs_name_their_author(self) -> None:
        captions = [picture["caption"] for picture in FilterDesigner()._pictures.values()]
        assert any("vultilion" in text and "CC BY 2.0" in text for text in captions)
        assert any("danielbuechele" in text and "CC BY 2.0" in text for text in captions)


class TestCalculatorTraits:
    def test_does_a_square_stay_square(self) -> None:
        widget = SpatialCalculator(width=227)
        assert widget.height == 227
        widget.width = 64
        assert widget.height == 64
        apart = SpatialCalculator(width=20, height=10)
        apart.width = 30
        assert (apart.square, apart.height) == (False, 10)

    def test_are_the_published_sizes_reproduced(self) -> None:
        """AlexNet's first layer (Krizhevsky et al., 2012): 55 x 55 x 96, 34,944 parameters."""
        widget = SpatialCalculator(width=227, kernel_size=11, stride=4, filters=96)
        assert (widget.output_shape, widget.parameters) == ((96, 55, 55), 34_944)

    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("width", 0, "width must lie between 1 and 512 \\(got 0\\)"),
            ("stride", 0, "stride must lie between 1"),
            ("padding", -1, "padding must lie between 0"),
            ("depth", 2000, "depth must lie"),
            ("window", 28, "window 28 does not exist; take 0 to 27"),
            ("filters", 2.5, "int"),
        ],
    )
    def test_is_a_wrong_value_refused_by_name(self, name: str, value: Any, words: str) -> None:
        widget = SpatialCalculator()
        before = getattr(widget, name)
        with pytest.raises(TraitError, match=words):
            setattr(widget, name, value)
        assert getattr(widget, name) == before

    def test_does_the_window_stay_inside(self) -> None:
        widget = SpatialCalculator(window=27)
        widget.stride = 9
        assert widget.window == 3
        widget.kernel_size = 33
        assert (widget.output_shape[1:], widget.window) == ((0, 0), 0)
