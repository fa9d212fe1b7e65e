"""The course's look: palette, colour scales for numbers, and matplotlib's settings."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, ParamSpec, TypeVar

import matplotlib as mpl
from cycler import cycler
from matplotlib.colors import LinearSegmentedColormap

P = ParamSpec("P")
R = TypeVar("R")

# Okabe and Ito's palette (2008): told apart with any common colour blindness, and in grey print.
BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
ORANGE, SKY, BLACK, GREY = "#E69F00", "#56B4E9", "#000000", "#767676"
COLOURS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY, BLACK)
LINES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 2)), (0, (1, 1)))

# Signed numbers: vermilion below zero, white at zero, blue above. Unsigned: cividis.
DIVERGING = LinearSegmentedColormap.from_list(
    "course_diverging", ["#8A3B00", VERMILION, "#F6C9A8", "#FFFFFF", "#A9CFE6", BLUE, "#00466E"]
)
SEQUENTIAL = "cividis"

_SETTINGS: Any = {
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.dpi": 110,
    "figure.constrained_layout.h_pad": 0.06,
    "figure.constrained_layout.w_pad": 0.06,
    "axes.facecolor": "white",
    "axes.edgecolor": "#444444",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": "medium",
    "axes.titleweight": "bold",
    "axes.grid": False,
    "axes.prop_cycle": cycler(color=COLOURS),
    "font.size": 10.5,
    "text.color": "black",
    "axes.labelcolor": "black",
    "xtick.color": "#222222",
    "ytick.color": "#222222",
    "lines.linewidth": 2,
    "legend.frameon": False,
    "grid.color": "#dddddd",
    "image.interpolation": "nearest",
}


def theme() -> AbstractContextManager[None]:
    """The course's look, for the length of a `with` block: white ground, also on a dark page."""
    return mpl.rc_context(_SETTINGS)


def themed(draw: Callable[P, R]) -> Callable[P, R]:
    """Decorator: draw inside the course's theme."""

    @functools.wraps(draw)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        with theme():
            return draw(*args, **kwargs)

    return inside
