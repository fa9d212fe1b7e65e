"""Does the architecture builder read, count and point as course.architecture does, and obey?"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import traitlets
from playwright.sync_api import Browser
from test_architecture import GENERAL, LENET5, MISTAKES, SEMINAR, VGG16
from widget_page import chromium, latency, open_widget, pixels, put, settle, status, trait

from course import widgets
from course.architecture import PatternError, table

pytestmark = pytest.mark.browser
FORMULA = "INPUT -> [(CONV -> RELU)^{*N} -> POOL?]^{*M} -> [FC -> RELU]^{*K} -> FC"
PATTERNS = [
    (SEMINAR, (3, 32), 10),
    (GENERAL, (3, 32), 10),
    (FORMULA, (1, 28), 10),
    (LENET5, (1, 32), 10),
    (VGG16, (3, 224), 1000),
    ("CONV11x11-96 s4 p0 -> POOL3x3 s2 -> [CONV3x3-8 p0]*2 -> BN -> GAP -> FC", (3, 227), 5),
    ("[CONV -> BN -> RELU -> AVGPOOL3/2+1]*2 -> DROPOUT -> FC -> BN -> SIGMOID -> FC", (2, 19), 7),
    ("CONV*0 -> POOL", (4, 9), 3),
    ("INPUT", (3, 8), 2),
]
TIMES = {"N": 2, "M": 3, "K": 1}
ROWS = "([pattern, s]) => maths.table(pattern, s)"
# fields that are infinite do not travel as JSON
FINITE = (
    "([pattern, s]) => maths.table(pattern, s).rows.map((r) => [r.shape, r.parameters, r.macs,"
    " r.memory, Number.isFinite(r.field) ? r.field : -1])"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def settings(shape: tuple[int, int], classes: int) -> dict[str, Any]:
    own = {"channels": shape[0], "side": shape[1], "classes": classes, "width": 16, "hidden": 128}
    return own | {"times": TIMES}


@pytest.mark.parametrize(("pattern", "shape", "classes"), PATTERNS, ids=[p[0] for p in PATTERNS])
def test_table_equals_the_courses(
    browser: Browser, pattern: str, shape: tuple[int, int], classes: int
) -> None:
    """Shape, parameters, multiply-adds, memory and field of every layer, to the last digit?"""
    page = open_widget(browser, widgets.ArchitectureBuilder())
    got = page.evaluate(FINITE, [pattern, settings(shape, classes)])
    rows = table(pattern, (shape[0], shape[1], shape[1]), classes, **TIMES).rows
    expected = [
        [
            list(r.shape),
            r.parameters,
            r.macs,
            r.memory,
            -1 if math.isinf(r.field[0]) else r.field[0],
        ]
        for r in rows
    ]
    assert got == expected
    page.close()


def test_random_patterns_give_the_same_tables_or_the_same_errors(browser: Browser) -> None:
    rng = np.random.default_rng(0)
    words = ["CONV", "RELU", "POOL", "FC", "[", "]", "(", ")", "*2", "*N", "->", "->", ",", "?"]
    words += ["CONV5-3 p0", "^{*2}", "BN", "POOL3x3 s2", "*", "CONV-4/2", "FC-9"]
    patterns = [" ".join(rng.choice(words, rng.integers(1, 9))) for _ in range(600)]
    inner = [" -> ".join(rng.choice([w for w in words if w[0].isalpha()], 4)) for _ in range(200)]
    page = open_widget(browser, widgets.ArchitectureBuilder())
    good = 0
    for pattern in [*patterns, *inner]:
        got = page.evaluate(ROWS, [pattern, settings((3, 32), 10)])
        try:
            rows = table(pattern, (3, 32, 32), 10, **TIMES).rows
        except PatternError as error:
            assert got["error"] is not None, pattern
            _same_place(got["error"], str(error))
        else:
            assert got["error"] is None, (pattern, got)
            shapes = [list(row.shape) for row in rows]
            assert [row["shape"] for row in got["rows"]] == shapes, pattern
            good += 1
    assert good > 100
    page.close()


def _same_place(error: dict[str, Any], text: str) -> None:
    """The token that is marked, and the message up to what only one of them spells out."""
    message, _pattern, marks = text.rsplit("\n", 2)
    assert error["start"] == marks.index("^"), text
    assert error["length"] == marks.count("^"), text
    assert re.split(r"[:?]", error["message"])[0] == re.split(r"[:?]", message)[0]


@pytest.mark.parametrize(("pattern", "marked", "message"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_errors_point_at_the_same_token(
    browser: Browser, pattern: str, marked: str, message: str
) -> None:
    page = open_widget(browser, widgets.ArchitectureBuilder())
    got = page.evaluate(ROWS, [pattern, settings((3, 32), 10) | {"times": {}}])
    with pytest.raises(PatternError) as error:
        table(pattern, (3, 32, 32), 10)
    _same_place(got["error"], str(error.value))
    page.close()


def test_typing_draws_and_a_mistake_is_marked_and_said(browser: Browser) -> None:
    """Typed letter by letter: the mark is under the wrong word, the last picture stays?"""
    page = open_widget(browser, widgets.ArchitectureBuilder())
    page.fill("textarea", "CONV -> RELU -> FC")
    settle(page)
    assert trait(page, "pattern") == "CONV -> RELU -> FC"
    assert page.locator("tbody tr").count() == 4
    before = pixels(page, "canvas")
    page.fill("textarea", "CONV -> RELLU -> FC")
    settle(page)
    assert page.inner_text("mark") == "RELLU"
    assert "did you mean RELU?" in status(page)
    assert page.get_attribute("textarea", "aria-invalid") is not None
    assert pixels(page, "canvas") == before
    page.fill("textarea", "CONV -> RELU -> POOL -> FC")
    settle(page)
    assert page.locator("mark:visible").count() == 0
    assert pixels(page, "canvas") != before
    page.close()


def test_an_example_and_a_number_change_the_table(browser: Browser) -> None:
    page = open_widget(browser, widgets.ArchitectureBuilder())
    page.select_option("select", "VGG-16")
    settle(page)
    assert "138,357,544" in page.inner_text("tfoot")
    page.select_option("select", "LeNet-5")
    settle(page)
    assert "61,706" in page.inner_text("tfoot")
    page.select_option("select", "AlexNet")
    settle(page)
    assert "62,378,344" in page.inner_text("tfoot")
    put(page, classes=10)
    assert page.input_value("select") == ""
    assert "62,378,344" not in page.inner_text("tfoot")
    page.close()


@pytest.mark.parametrize(("dark", "width"), [(False, 1000), (True, 1000), (False, 400)])
def test_draws_without_a_fault(browser: Browser, dark: bool, width: int) -> None:
    """In both themes and on a narrow screen: a picture, no error, nothing wider than the page?"""
    page = open_widget(browser, widgets.ArchitectureBuilder(), dark=dark, width=width)
    for pattern in (VGG16, "FC", "INPUT"):
        put(page, pattern=pattern, side=224)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    put(page, pattern=SEMINAR, side=32)
    assert not page.faults  # type: ignore[attr-defined]
    colours = page.evaluate(
        "() => { const c = document.querySelector('canvas'); return new Set(new Uint32Array("
        "c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer)).size; }"
    )
    assert colours > 8
    page.close()


def test_every_control_has_a_name(browser: Browser) -> None:
    page = open_widget(browser, widgets.ArchitectureBuilder())
    unnamed = page.evaluate(
        "() => [...document.querySelectorAll('input, select, canvas, button, textarea')].filter("
        "(e) => !(e.labels?.length || e.getAttribute('aria-label'))).length"
    )
    assert unnamed == 0
    page.close()


def test_arrow_keys_choose_a_layer(browser: Browser, capsys: Any) -> None:
    """By keyboard alone: sentence, row and picture change, and fast enough to feel direct?"""
    page = open_widget(browser, widgets.ArchitectureBuilder(pattern=SEMINAR))
    page.focus("canvas")
    page.keyboard.press("End")
    settle(page)
    assert trait(page, "layer") == 20
    assert "Layer 21 of 21, FC" in status(page)
    assert page.locator("tr[aria-selected=true]").inner_text().startswith("FC")
    box, row = (page.locator(s).bounding_box() for s in (".cw-layers", "tr[aria-selected=true]"))
    assert box is not None
    assert row is not None
    assert box["y"] < row["y"] < box["y"] + box["height"]  # the table has moved along
    put(page, layer=2)
    keys = ("ArrowLeft", "ArrowRight")
    put(page, layer=5)
    median = latency(page, "canvas", "canvas", keys)
    with capsys.disabled():
        print(
            f"\nArchitectureBuilder: key press to changed pixels, median {median:.1f} ms (n = 24)"
        )
    assert median <= 60
    page.close()


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"side": 0}, "side must lie between 1 and 512"),
        ({"n": 10}, "n must lie between 0 and 9"),
        ({"classes": 0}, "classes must lie between"),
    ],
)
def test_bad_values_are_named(values: dict[str, Any], says: str) -> None:
    with pytest.raises(traitlets.TraitError, match=says):
        widgets.ArchitectureBuilder(**values)


def test_summary_in_python_is_that_of_the_course() -> None:
    widget = widgets.ArchitectureBuilder(n=1, m=2, k=0)
    assert widget.summary == table(GENERAL, (3, 32, 32), 10, N=1, M=2, K=0)
    widget.pattern = "CONV -> POOOL"
    with pytest.raises(PatternError, match="POOL"):
        _ = widget.summary
