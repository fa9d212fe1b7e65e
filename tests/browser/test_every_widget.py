"""Is every widget of the course named, readable, narrow enough and alone with its keys?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from widget_page import open_widget

from course import widgets

pytestmark = pytest.mark.browser
ALL = widgets.__all__


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


@pytest.mark.parametrize("kind", ALL)
def test_has_every_control_a_name(place: Any, kind: Any) -> None:
    page = place(getattr(widgets, kind)())
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("input, select, button, canvas")]
           .filter((e) => !e.closest("[hidden]") && e.getAttribute("aria-hidden") !== "true")
           .filter((e) => !(e.labels?.length || e.getAttribute("aria-label") || e.innerText))
           .map((e) => e.outerHTML)"""
    )
    assert nameless == []


@pytest.mark.parametrize("kind", ALL)
def test_do_its_keys_stay_its_own(place: Any, kind: Any) -> None:
    """JupyterLab acts on arrow keys unless the focused element itself says not to."""
    page = place(getattr(widgets, kind)())
    leaks = page.evaluate(
        """() => {
          let heard = 0;
          document.addEventListener("keydown", () => heard++);
          const controls = "input, select, textarea, button, canvas[tabindex]";
          const all = [...document.querySelectorAll(controls)];
          for (const e of all) {
            const options = { key: "ArrowDown", bubbles: true, cancelable: true };
            e.dispatchEvent(new KeyboardEvent("keydown", options));
          }
          const bare = all.filter((e) => e.dataset.lmSuppressShortcuts !== "true");
          return [heard, bare.length, all.length];
        }"""
    )
    assert leaks[:2] == [0, 0]
    assert leaks[2] >= 3


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("width", [340, 400, 700, 1200])
def test_does_it_fit_a_narrow_page(place: Any, kind: Any, width: int) -> None:
    page = place(getattr(widgets, kind)(), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("dark", [False, True])
def test_is_its_text_readable_on_both_themes(place: Any, kind: Any, dark: bool) -> None:
    """Contrast of at least 4.5 : 1 (WCAG 2.2, 1.4.3) for every text on the page."""
    page = place(getattr(widgets, kind)(), dark=dark)
    poor = page.evaluate(
        """() => {
          const parse = (text) => text.match(/[\\d.]+/g).map(Number);
          const light = (c) => c.slice(0, 3).map((v) => v / 255)
            .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
          const over = (top, under) => {
            const a = top[3] ?? 1;
            return [0, 1, 2].map((n) => top[n] * a + under[n] * (1 - a));
          };
          const ground = (e) => {
            const own = parse(getComputedStyle(e).backgroundColor);
            if ((own[3] ?? 1) === 1) return own;
            return over(own, e.parentElement ? ground(e.parentElement) : [255, 255, 255]);
          };
          return [...document.querySelectorAll(".cw *")]
            .filter((e) => !e.disabled && e.checkVisibility())
            .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())
              || e.matches("input[type=number]"))
            .map((e) => {
              const under = ground(e);
              const text = over(parse(getComputedStyle(e).color), under);
              const [p, q] = [light(text), light(under)].sort((a, b) => b - a);
              return [(p + 0.05) / (q + 0.05), e.outerHTML.slice(0, 90)];
            }).filter(([ratio]) => ratio < 4.5);
        }"""
    )
    assert poor == []
