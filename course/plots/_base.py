"""What every figure shares: palette, theme, the way it is shown, and the two plainest kinds.

A figure is made by one plain function, arrays -> Figure, and shown by `show`. None of them calls
`plt.show()`; none touches pyplot, so no figure is shown twice or left open.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import TwoSlopeNorm
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from ._show import show
from ._theme import (
    BLACK,
    BLUE,
    COLOURS,
    DIVERGING,
    GREEN,
    GREY,
    LINES,
    ORANGE,
    PURPLE,
    SEQUENTIAL,
    SKY,
    VERMILION,
    theme,
    themed,
)

__all__ = [
    "BLACK",
    "BLUE",
    "COLOURS",
    "DIVERGING",
    "GREEN",
    "GREY",
    "LINES",
    "ORANGE",
    "PURPLE",
    "SEQUENTIAL",
    "SKY",
    "VERMILION",
    "centred",
    "curves",
    "legend",
    "new_figure",
    "show",
    "theme",
    "themed",
]


@themed
def new_figure(
    rows: int = 1,
    columns: int = 1,
    *,
    width: float = 7.0,
    height: float = 3.6,
    title: str = "",
    **options: Any,
) -> tuple[Figure, NDArray[Any]]:
    """An empty figure of `width` x `height` inches and its axes, always a (rows, columns) array.

    Draw on the axes inside `with theme():` or in a `@themed` function. options: as for
    `Figure.subplots` (sharex, sharey, width_ratios, ...).
    """
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, **options)
    if title:
        figure.suptitle(title, fontweight="bold")
    return figure, axes


def centred(values: ArrayLike) -> TwoSlopeNorm:
    """The colour scale for signed numbers: zero in the middle, both ends equally far."""
    values = np.asarray(values, dtype=float)
    reach = float(np.nanmax(np.abs(values), initial=0.0)) or 1.0
    return TwoSlopeNorm(0.0, vmin=-reach, vmax=reach)


def legend(axes: Axes, **options: Any) -> None:
    """A legend with a white ground, so that lines below it do not cross the words."""
    options = {"frameon": True, "facecolor": "white", "edgecolor": "none", "framealpha": 0.85} | (
        options
    )
    axes.legend(**options)


@themed
def curves(
    series: Mapping[str, ArrayLike | tuple[ArrayLike, ArrayLike]],
    *,
    title: str,
    xlabel: str,
    ylabel: str,
    xscale: str = "linear",
    yscale: str = "linear",
    markers: bool = False,
    width: float = 7.0,
    height: float = 3.6,
) -> Figure:
    """Lines in one coordinate system: name -> y, or name -> (x, y).

    Each line has its own colour and its own dashes, so that colour is never the only difference.
    """
    if not series:
        raise ValueError("series is empty: curves needs at least one name -> y, or name -> (x, y)")
    figure, axes = new_figure(width=width, height=height)
    ax = axes[0, 0]
    signs = "osD^vP*" if markers else " "
    for (name, values), colour, line, sign in zip(
        series.items(), cycle(COLOURS), cycle(LINES), cycle(signs), strict=False
    ):
        x, y = values if isinstance(values, tuple) else (np.arange(len(np.asarray(values))), values)
        ax.plot(x, y, color=colour, linestyle=line, marker=sign, label=name)
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel, xscale=xscale, yscale=yscale)
    ax.grid(True)
    if len(series) > 1:
        legend(ax)
    return figure
