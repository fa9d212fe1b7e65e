"""What all widgets share on the Python side: script, style sheet, validation."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import traitlets

FOLDER = Path(__file__).parent


class BrowserWidget(anywidget.AnyWidget):
    """A widget that computes and draws in the browser; the kernel keeps its state.

    A subclass names its script, `_js`, and scripts shared with other widgets, `_parts`. They follow
    `_core.js` in one ES module, so that nothing is imported and the widget lives in an exported
    page as well. The script exports `{ render({ model, el }) }`, and `maths`, what it computes
    with, for the tests to hold against course.functional.

    LIMITS: trait -> (least, greatest), both allowed; `_limited` is their validator.
    """

    LIMITS: ClassVar[dict[str, tuple[float, float]]] = {}
    _js: ClassVar[str]
    _parts: ClassVar[tuple[str, ...]] = ()  # scripts that stand between the two
    _esm: ClassVar[str]
    _css = FOLDER / "_core.css"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "_js" in cls.__dict__:  # not where ipywidgets adds a trait by making a subclass
            scripts = (FOLDER / name for name in ("_core.js", *cls._parts, cls._js))
            cls._esm = "\n".join(script.read_text(encoding="utf-8") for script in scripts)
        super().__init_subclass__(**kwargs)

    def _limited(self, proposal: Any) -> Any:
        """Return the proposed value, or raise TraitError naming it and what is allowed."""
        name, value = proposal["trait"].name, proposal["value"]
        low, high = self.LIMITS[name]
        if not math.isfinite(value) or not low <= value <= high:
            raise traitlets.TraitError(f"{name} must lie between {low} and {high} (got {value})")
        return value


def one_of(name: str, value: str, known: Iterable[str]) -> str:
    """Return value if it is among the known ones; else raise TraitError that lists them."""
    names = list(known)
    if value not in names:
        listed = ", ".join(map(repr, names))
        raise traitlets.TraitError(f"there is no {name} {value!r}; choose one of {listed}")
    return value


def windows(size: int, kernel_size: int, stride: int, padding: int, dilation: int) -> int:
    """Return how many windows fit in a row: floor((W + 2P - D(F - 1) - 1) / S) + 1, or 0."""
    room = size + 2 * padding - dilation * (kernel_size - 1) - 1
    return room // stride + 1 if room >= 0 else 0
