"""Can the convolution widgets be used by hand, by keyboard, on a narrow page and in the dark?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

sys.path.insert(0, str(Path(__file__).parents[1]))
from widget_page import chromium, latency, open_widget, pixels, put, settle, status, trait

from course import functional as F
from course.widgets.convolution_stepper import ConvolutionStepper
from course.widgets.filter_designer import FilterDesigner
from course.widgets.spatial_calculator import SpatialCalculator

pytestmark = pytest.mark.browser
WIDGETS = (ConvolutionStepper, FilterDesigner, SpatialCalculator)
INPUT, OUTPUT = ".cw-input canvas", ".cw-output canvas[tabindex]"
FILTERED = "canvas[aria-label='The filtered picture']"
VOLUMES, STRIP = ".cw-volumes canvas", "canvas[role=application]"
BOUND = 60  # ms; the goal of 20 ms is for a quiet machine, CI shares its cores


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


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


def field(page: Page, label: str) -> Any:
    return page.get_by_label(label, exact=True)


class TestEveryWidget:
    @pytest.mark.parametrize("kind", WIDGETS)
    def test_is_it_redrawn_when_the_theme_changes(self, place: Any, kind: Any) -> None:
        page = place(kind())
        canvas = {ConvolutionStepper: OUTPUT, FilterDesigner: ".cw-scale"}.get(kind, VOLUMES)
        if kind is FilterDesigner:
            put(page, picture="ankle boot")
        before = pixels(page, canvas)
        page.evaluate("document.body.dataset.jpThemeLight = 'false'")
        settle(page)
        assert pixels(page, canvas) != before

    @pytest.mark.parametrize("kind", WIDGETS)
    def test_is_it_drawn_right_after_it_was_away(self, place: Any, kind: Any) -> None:
        """JupyterLab takes cells that are scrolled away out of the page and puts them back."""
        page, again = place(kind()), place(kind(stride=2) if kind is not FilterDesigner else kind())
        page.evaluate("window.kept = document.querySelector('.cw'); kept.remove()")
        settle(page)
        drawn = page.evaluate("kept.textContent")
        put(page, **({} if kind is FilterDesigner else {"stride": 2}))
        assert page.evaluate("kept.textContent") == drawn, "drawn where nothing can be measured"
        page.evaluate("document.getElementById('place').append(window.kept)")
        settle(page)
        settle(page)
        where = {name: trait(page, name) for name in ("row", "column") if hasattr(kind, name)}
        put(again, **where)
        for canvas in range(page.locator("canvas").count()):
            shown = [
                p.locator("canvas").nth(canvas).evaluate("(c) => c.toDataURL()")
                for p in (page, again)
            ]
            assert shown[0] == shown[1]

    @pytest.mark.parametrize("kind", WIDGETS)
    def test_does_it_end_quietly(self, place: Any, kind: Any) -> None:
        """After its end a widget draws no more, whatever its model does."""
        page = place(kind())
        page.evaluate("window.end()")
        before = page.inner_text(".cw")
        put(page, stride=2, weight=[[0, 0, 0], [0, 9, 0], [0, 0, 0]])
        assert page.inner_text(".cw") == before

    @pytest.mark.parametrize("kind", WIDGETS)
    def test_are_its_lines_sharp_on_a_fine_screen(self, browser: Browser, kind: Any) -> None:
        page = open_widget(browser, kind(), ratio=2)
        sizes = page.evaluate(
            """() => [...document.querySelectorAll("canvas")].map((c) =>
                c.width / c.getBoundingClientRect().width)"""
        )
        page.close()
        assert sizes == pytest.approx([2] * len(sizes), rel=0.02)


class TestStepper:
    def test_do_the_arrow_keys_move_the_window(self, place: Any) -> None:
        page = place(ConvolutionStepper(row=5, column=7))
        page.focus(OUTPUT)
        before = pixels(page, INPUT), pixels(page, OUTPUT), status(page)
        for key, where in [
            ("ArrowRight", (5, 8)), ("ArrowDown", (6, 8)), ("ArrowLeft", (6, 7)),
            ("ArrowUp", (5, 7)), ("End", (5, 25)), ("Home", (5, 0)),
            ("PageDown", (25, 0)), ("PageUp", (0, 0)), ("ArrowUp", (0, 0)), ("ArrowLeft", (0, 0)),
        ]:  # fmt: skip
            page.keyboard.press(key)
            settle(page)
            assert (trait(page, "row"), trait(page, "column")) == where
        after = pixels(page, INPUT), pixels(page, OUTPUT), status(page)
        assert all(old != new for old, new in zip(before, after, strict=True))

    def test_does_the_page_say_the_reference_s_number(self, place: Any) -> None:
        widget = ConvolutionStepper(stride=2, padding=1, dilation=2, bias=0.25, row=6, column=9)
        page = place(widget)
        expected, _ = F.conv2d_forward(widget.x, widget.weight, np.array([0.25]), 2, 1, 2)
        said = page.inner_text(".cw-sums div:last-child b").replace("−", "-")
        assert float(said) == pytest.approx(expected[0, 0, 6, 9], abs=0.005)
        products = page.locator(".cw-product").all_inner_texts()
        total = sum(float(text.replace("−", "-")) for text in products) + 0.25
        assert total == pytest.approx(expected[0, 0, 6, 9], abs=0.05)

    def test_does_a_click_on_the_output_trace_it_back(self, place: Any) -> None:
        page = place(ConvolutionStepper(row=0, column=0))
        box = page.locator(OUTPUT).bounding_box()
        cell = box["width"] / 26
        page.mouse.click(box["x"] + 20.5 * cell, box["y"] + 4.5 * cell)
        settle(page)
        assert (trait(page, "row"), trait(page, "column")) == (4, 20)
        assert "rows 4 to 6, columns 20 to 22" in status(page)

    def test_does_dragging_on_the_input_move_the_window(self, place: Any) -> None:
        page = place(ConvolutionStepper(row=0, column=0, padding=1))
        box = page.locator(INPUT).bounding_box()
        cell = box["width"] / 30
        page.mouse.move(box["x"] + 3, box["y"] + 3)
        page.mouse.down()
        page.mouse.move(box["x"] + 15.5 * cell, box["y"] + 10.5 * cell, steps=4)
        settle(page)
        assert (trait(page, "row"), trait(page, "column")) == (9, 14)
        page.mouse.move(box["x"] + 900, box["y"] + 900)
        settle(page)
        assert (trait(page, "row"), trait(page, "column")) == (27, 27)
        page.mouse.up()

    def test_does_the_keyboard_alone_reach_everything(self, place: Any) -> None:
        page = place(ConvolutionStepper())
        reached = set()
        for _ in range(30):
            page.keyboard.press("Tab")
            reached.add(page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))
        expected = page.evaluate(
            """[...document.querySelectorAll("input, select, button, canvas[tabindex]")]
               .filter((e) => e.checkVisibility()).map((e) => e.outerHTML.slice(0, 120))"""
        )
        assert set(expected) <= reached

    def test_do_the_fields_change_the_layer(self, place: Any) -> None:
        page = place(ConvolutionStepper())
        field(page, "Stride").fill("2")
        field(page, "Padding").fill("1")
        settle(page)
        assert "Output 14 × 14" in page.inner_text(".cw-output")
        assert "never seen" in page.inner_text(".cw-input")
        field(page, "Filter").select_option("gaussian_5")
        settle(page)
        assert page.locator(".cw-product").count() == 25

    def test_is_a_wrong_entry_named_and_the_last_good_one_kept(self, place: Any) -> None:
        page = place(ConvolutionStepper())
        stride = field(page, "Stride")
        for text, words in (("0", "1 to 8"), ("1.5", "whole number"), ("", "whole number")):
            stride.fill(text)
            assert words in page.inner_text(".cw-field:has(input[aria-invalid])")
            assert trait(page, "stride") == 1
        page.keyboard.press("Tab")
        assert stride.input_value() == "1"
        assert page.locator("[aria-invalid]").count() == 0

    def test_is_an_impossible_setting_shown_with_its_remedy(self, place: Any) -> None:
        page = place(ConvolutionStepper(picture="handwritten digit"))
        field(page, "Dilation").fill("5")
        settle(page)
        assert "Impossible: the window spans 11 × 11" in status(page)
        assert "padding 2" in status(page)
        assert not page.locator(OUTPUT).is_visible()
        field(page, "Padding").fill("2")
        settle(page)
        assert page.locator(OUTPUT).is_visible()
        assert "Window 1 of 4" in status(page)

    def test_are_three_channels_three_tables_and_one_sum(self, place: Any) -> None:
        widget = ConvolutionStepper(picture="flower, in colour", row=12, column=3)
        page = place(widget)
        assert page.locator(".cw-products").count() == 3
        expected, _ = F.conv2d_forward(widget.x, widget.weight)
        said = page.inner_text(".cw-sums div:last-child b").replace("−", "-")
        assert float(said) == pytest.approx(expected[0, 0, 12, 3], abs=0.005)

    def test_does_a_filter_for_colour_step_aside_on_a_grey_picture(self, place: Any) -> None:
        page = place(ConvolutionStepper(picture="flower, in colour", filter="red_blue"))
        field(page, "Picture").select_option("ankle boot")
        settle(page)
        assert trait(page, "filter") == "identity"

    def test_does_playing_fill_the_output_and_stop_at_its_end(self, place: Any) -> None:
        page = place(ConvolutionStepper(picture="handwritten digit", row=4, column=0))
        field(page, "Speed").select_option("fast")
        page.get_by_role("button", name="Play").click()
        page.get_by_role("button", name="Pause").wait_for()
        assert page.get_attribute(".cw-status", "aria-live") == "off"
        page.get_by_role("button", name="Play").wait_for(timeout=10_000)
        assert (trait(page, "row"), trait(page, "column")) == (5, 5)
        assert page.get_attribute(".cw-status", "aria-live") == "polite"

    def test_is_playing_slow_where_less_motion_is_wished(self, place: Any) -> None:
        page = place(ConvolutionStepper(row=0, column=0), calm=True)
        page.get_by_role("button", name="Play").click()
        page.wait_for_timeout(500)
        assert trait(page, "column") == 0
        page.wait_for_timeout(600)
        assert trait(page, "column") == 1

    def test_does_the_whole_output_appear_when_asked(self, place: Any) -> None:
        page = place(ConvolutionStepper(row=2, column=2))
        before = pixels(page, OUTPUT)
        field(page, "Show the whole output").check()
        settle(page)
        assert pixels(page, OUTPUT) != before

    def test_is_the_arithmetic_written_out(self, place: Any) -> None:
        page = place(ConvolutionStepper())
        assert not page.locator(".cw-arithmetic").is_visible()
        field(page, "Show the pixel’s arithmetic").check()
        settle(page)
        assert page.inner_text(".cw-arithmetic").count("·") == 9

    def test_does_a_product_point_at_its_pixel(self, place: Any) -> None:
        page = place(ConvolutionStepper())
        before = pixels(page, INPUT)
        page.locator(".cw-products td").nth(5).hover()
        settle(page)
        pointed = pixels(page, INPUT)
        assert pointed != before
        page.locator(".cw-status").hover()
        settle(page)
        assert pixels(page, INPUT) == before

    def test_does_python_move_the_window(self, place: Any) -> None:
        page = place(ConvolutionStepper(row=1, column=1))
        before = pixels(page, INPUT)
        put(page, row=20, column=20)
        assert pixels(page, INPUT) != before
        assert field(page, "Row").input_value() == "20"

    def test_is_a_key_press_seen_at_once(self, place: Any, capsys: Any) -> None:
        taken = {
            name: latency(place(widget), OUTPUT, INPUT, ("ArrowRight", "ArrowLeft"))
            for name, widget in {
                "grey": ConvolutionStepper(),
                "colour": ConvolutionStepper(picture="flower, in colour"),
                "64 x 64 x 3": ConvolutionStepper(np.zeros((3, 64, 64))),
            }.items()
        }
        report(capsys, "stepper, window moved", taken)

    def test_is_a_changed_setting_seen_at_once(self, place: Any, capsys: Any) -> None:
        page = place(ConvolutionStepper())
        label = page.locator("label", has_text="Padding").get_attribute("for")
        taken = latency(page, f"#{label}", INPUT, ("ArrowUp", "ArrowDown"))
        report(capsys, "stepper, padding changed", {"grey": taken})


class TestDesigner:
    def test_does_editing_a_weight_change_the_picture(self, place: Any) -> None:
        page = place(FilterDesigner())
        before = pixels(page, FILTERED)
        field(page, "weight, row 1, column 1").fill("3.5")
        settle(page)
        assert trait(page, "weight")[1][1] == 3.5
        assert pixels(page, FILTERED) != before
        assert "your own filter" in status(page)

    def test_is_half_a_number_no_weight(self, place: Any) -> None:
        page = place(FilterDesigner())
        weight = field(page, "weight, row 0, column 0")
        weight.fill("")
        settle(page)
        assert trait(page, "weight")[0][0] == -1
        assert weight.get_attribute("aria-invalid") is not None
        page.keyboard.press("Tab")
        assert weight.input_value() == "-1"

    def test_does_every_ready_made_filter_say_its_name(self, place: Any) -> None:
        page = place(FilterDesigner())
        seen = set()
        for button in page.locator("[data-preset]").all():
            button.click()
            settle(page)
            assert button.get_attribute("aria-pressed") == "true"
            assert status(page).startswith(button.inner_text())
            seen.add(pixels(page, FILTERED))
        assert len(seen) == 8

    def test_is_the_range_said_the_reference_s(self, place: Any) -> None:
        widget = FilterDesigner()
        page = place(widget)
        weight = np.asarray(widget.weight, float)[None, None]
        out, _ = F.conv2d_forward(widget.x.transpose(1, 0, 2, 3).astype(float), weight, None, 1, 1)
        low, high = (f"{value:.2f}".replace("-", "−") for value in (out.min(), out.max()))
        assert f"values from {low} to {high}" in status(page)

    def test_is_the_picture_unchanged_by_identity(self, place: Any) -> None:
        page = place(FilterDesigner(weight=[[0, 0, 0], [0, 1, 0], [0, 0, 0]]))
        assert pixels(page, FILTERED) == pixels(page, "canvas[aria-label='The picture']")

    def test_does_a_larger_filter_keep_its_middle(self, place: Any) -> None:
        page = place(FilterDesigner())
        field(page, "Size").select_option("5")
        settle(page)
        weight = np.array(trait(page, "weight"))
        np.testing.assert_array_equal(weight[1:4, 1:4], [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
        assert weight.shape == (5, 5)
        assert np.abs(weight).sum() == 8
        field(page, "Size").select_option("3")
        settle(page)
        assert trait(page, "weight") == [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]

    def test_do_the_ways_of_showing_differ(self, place: Any) -> None:
        page = place(FilterDesigner())
        seen = set()
        for channels in ("each", "sum"):
            for display in ("picture", "signed", "absolute"):
                field(page, "Show the output").select_option(display)
                field(page, "Colour").select_option(channels)
                settle(page)
                seen.add(pixels(page, FILTERED))
        assert len(seen) == 6

    def test_is_a_sum_of_zero_said_to_be_left(self, place: Any) -> None:
        page = place(FilterDesigner())
        field(page, "divide by their sum").check()
        settle(page)
        assert "cannot be divided by 0" in page.inner_text(".cw-middle")

    def test_are_photographs_credited(self, place: Any) -> None:
        page = place(FilterDesigner())
        assert "CC BY 2.0" in page.inner_text(".cw")

    def test_is_a_changed_weight_seen_at_once(self, place: Any, capsys: Any) -> None:
        weight = ".cw-weight:nth-child(5)"
        noise = np.random.default_rng(0).random((3, 256, 256))
        taken = {
            name: latency(place(widget), weight, FILTERED, ("ArrowUp", "ArrowUp"))
            for name, widget in {
                "3 x 85 x 128, 3 x 3": FilterDesigner(display="signed"),
                "3 x 85 x 128, 5 x 5": FilterDesigner(weight=np.ones((5, 5)), display="signed"),
                "3 x 256 x 256, 5 x 5": FilterDesigner(noise, weight=np.eye(5), display="signed"),
            }.items()
        }
        report(capsys, "designer, weight changed", taken)


class TestCalculator:
    def test_do_the_numbers_follow_the_fields(self, place: Any) -> None:
        page = place(SpatialCalculator())
        assert "28 × 28 × 16" in page.inner_text(".cw-cards")
        assert "1,216" in page.inner_text(".cw-cards")
        before = pixels(page, VOLUMES)
        field(page, "Padding P").fill("2")
        settle(page)
        assert "32 × 32 × 16" in page.inner_text(".cw-cards")
        assert "(32 − 5 + 2·2) / 1 + 1 = 32" in page.inner_text(".cw-formula")
        assert pixels(page, VOLUMES) != before

    def test_does_a_square_input_stay_square(self, place: Any) -> None:
        page = place(SpatialCalculator())
        field(page, "Width W").fill("40")
        settle(page)
        assert trait(page, "height") == 40
        field(page, "square").uncheck()
        field(page, "Height H").fill("20")
        settle(page)
        assert "36 × 16 × 16" in page.inner_text(".cw-cards")
        assert page.locator(".cw-formula div").count() == 2

    def test_are_published_layers_one_choice_away(self, place: Any) -> None:
        page = place(SpatialCalculator())
        field(page, "Example").select_option("AlexNet, first layer")
        settle(page)
        assert "55 × 55 × 96" in page.inner_text(".cw-cards")
        assert "34,944" in page.inner_text(".cw-cards")
        field(page, "Example").select_option("AlexNet as printed (224)")
        settle(page)
        assert "Does not tile: 213 / 4 = 53.25" in status(page)
        assert "never seen" in status(page)

    def test_is_an_impossible_filter_shown_with_its_reason(self, place: Any) -> None:
        page = place(SpatialCalculator(width=4))
        assert "Impossible: the filter spans 5 cells" in status(page)
        assert "none" in page.inner_text(".cw-names")
        assert page.evaluate("document.querySelector('.cw').classList.contains('cw-invalid')")

    def test_do_the_arrow_keys_show_another_window(self, place: Any) -> None:
        page = place(SpatialCalculator())
        page.focus(STRIP)
        for key, window in [
            ("ArrowRight", 1),
            ("End", 27),
            ("ArrowRight", 27),
            ("ArrowLeft", 26),
            ("Home", 0),
        ]:
            page.keyboard.press(key)
            settle(page)
            assert trait(page, "window") == window
        assert "columns 0 to 4" in status(page)

    def test_does_fewer_windows_keep_the_shown_one_inside(self, place: Any) -> None:
        page = place(SpatialCalculator(window=27))
        field(page, "Stride S").fill("9")
        settle(page)
        assert trait(page, "window") == 3

    def test_is_a_changed_number_seen_at_once(self, place: Any, capsys: Any) -> None:
        page = place(SpatialCalculator())
        label = page.locator("label", has_text="Padding P").get_attribute("for")
        changed = latency(page, f"#{label}", VOLUMES, ("ArrowUp", "ArrowDown"))
        moved = latency(place(SpatialCalculator()), STRIP, STRIP, ("ArrowRight", "ArrowRight"))
        report(capsys, "calculator", {"padding changed": changed, "window moved": moved})


def report(capsys: Any, what: str, taken: dict[str, float]) -> None:
    """Print the medians, and hold them to the generous bound."""
    with capsys.disabled():
        said = ", ".join(f"{name} {ms:.1f} ms" for name, ms in taken.items())
        print(f"\n{what}: key press to changed pixels, median of 24: {said}")
    assert max(taken.values()) <= BOUND
