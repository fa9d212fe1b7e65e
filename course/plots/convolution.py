"""Figures of lesson 03: what filters see, what they make of it, and how long it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from ._base import (
    BLUE,
    COLOURS,
    DIVERGING,
    GREY,
    VERMILION,
    centred,
    new_figure,
    themed,
)

__all__ = [
    "column_panels",
    "feature_maps",
    "filter_rows",
    "parameter_bars",
    "shift_panels",
    "timing_bars",
]

PLAIN: dict[str, Any] = {"fontsize": 9, "fontweight": "normal", "pad": 3}  # a small title


@themed
def parameter_bars(counts: Mapping[str, int], *, title: str) -> Figure:
    """Number of parameters of each layer, name -> count, on a logarithmic scale."""
    names, values = list(counts), list(counts.values())
    colours = [VERMILION if "fully" in name else BLUE for name in names]
    figure = _bars(names, values, colours, [f"{value:,}" for value in values])
    figure.axes[0].set(title=title, xlabel="parameters (logarithmic scale)")
    return figure


@themed
def timing_bars(seconds: Mapping[str, float], *, title: str) -> Figure:
    """Time of one call, name -> seconds, on a logarithmic scale, with the ratio to the fastest."""
    values = np.array(list(seconds.values())) * 1e3
    ratios = [f"{ratio:,.0f}" if ratio >= 10 else f"{ratio:.1f}" for ratio in values / values.min()]
    texts = [
        f"{value:,.3g} ms, " + ("the fastest" if ratio == "1.0" else f"{ratio} × the fastest")
        for value, ratio in zip(values, ratios, strict=True)
    ]
    figure = _bars(list(seconds), values, COLOURS, texts)
    figure.axes[0].set(title=title, xlabel="time of one forward pass (ms, logarithmic scale)")
    return figure


@themed
def shift_panels(
    image: ArrayLike, shifted: ArrayLike, first: ArrayLike, second: ArrayLike, shift: int
) -> Figure:
    """An image, its shifted copy, both feature maps, and where map 2 is not the shifted map 1.

    image, shifted (H, W); first, second (H, W): the feature maps. shift: columns to the right.
    The first `shift` columns of the last panel have nothing to be compared with and are grey.
    """
    first, second = np.asarray(first), np.asarray(second)
    off = np.full(second.shape, np.nan)
    off[:, shift:] = second[:, shift:] - first[:, : second.shape[1] - shift]
    signed: dict[str, Any] = {"cmap": DIVERGING, "norm": centred(np.stack([first, second]))}
    panels: list[tuple[str, Any, dict[str, Any]]] = [
        ("image", image, {"cmap": "gray", "vmin": 0.0, "vmax": 1.0}),
        (f"moved {shift} px right", shifted, {"cmap": "gray", "vmin": 0.0, "vmax": 1.0}),
        ("map of the image", first, signed),
        ("map of the moved", second, signed),
        ("second − moved first", off, signed),
    ]
    figure, axes = new_figure(1, 5, width=10.5, height=2.7, title="Move the image, the map moves")
    drawn: Any = None
    for ax, (title, picture, look) in zip(axes[0], panels, strict=True):
        ax.set_facecolor("#d0d0d0")
        drawn = ax.imshow(np.asarray(picture), **look)
        ax.set_title(title, **PLAIN)
        _frame(ax)
    figure.colorbar(drawn, ax=axes, shrink=0.85, label="value (white = 0)")
    return figure


@themed
def column_panels(image: ArrayLike, columns: ArrayLike, size: int) -> Figure:
    """A small image with its windows framed, and the same windows as the columns of a matrix.

    image: (H, W), one channel. columns: (size * size, OH * OW) from im2col with stride 1.
    """
    image, columns = np.asarray(image), np.asarray(columns)
    wide = image.shape[1] - size + 1
    figure, axes = new_figure(
        1, 2, width=7.6, height=3.3, title="Each window becomes a column", width_ratios=(3, 4)
    )
    left, right = axes[0]
    for ax, table in ((left, image), (right, columns)):
        ax.set(xlim=(-0.6, table.shape[1] - 0.4), ylim=(table.shape[0] - 0.4, -0.6))
        ax.set_aspect("equal")
        ax.spines[:].set_visible(False)
        ax.tick_params(length=0)
        for (i, j), value in np.ndenumerate(table):
            ax.text(j, i, f"{value:g}", ha="center", va="center")
    for column in range(columns.shape[1]):
        (i, j), colour = divmod(column, wide), COLOURS[column % len(COLOURS)]
        inset = 0.5 - 0.09 * (column % 4)  # windows overlap: frames of several sizes stay visible
        frame: dict[str, Any] = {"fill": False, "edgecolor": colour, "linewidth": 2}
        extent = size - 1 + 2 * inset
        left.add_patch(Rectangle((j - inset, i - inset), extent, extent, **frame))
        right.add_patch(Rectangle((column - 0.42, -0.5), 0.84, len(columns), **frame))
    left.set(title="image", xlabel="column", ylabel="row")
    left.set(xticks=range(image.shape[1]), yticks=range(image.shape[0]))
    places = [divmod(n, wide) for n in range(columns.shape[1])]
    right.set(title="im2col", xlabel="output place (i, j)", ylabel="filter place (u, v)")
    right.set_xticks(range(len(places)), [f"{i}, {j}" for i, j in places])
    taps = [divmod(n, size) for n in range(len(columns))]
    right.set_yticks(range(len(taps)), [f"{u}, {v}" for u, v in taps])
    return figure


@themed
def filter_rows(
    rows: Mapping[str, Mapping[str, ArrayLike]], *, title: str, together: Sequence[str] = ()
) -> Figure:
    """Rows of filters: row name -> {filter name -> (R, S)}; zero is white.

    together: names of the rows that share one scale, with a colour bar; the filters of the other
    rows have each a scale of its own.
    """
    columns = max(len(row) for row in rows.values())
    figure, axes = new_figure(
        len(rows), columns, width=0.75 * columns + 1.2, height=1.1 * len(rows) + 0.5, title=title
    )
    shared = [np.ravel(w) for name in together for w in rows[name].values()]
    scale = centred(np.concatenate(shared)) if shared else None
    drawn: Any = None
    for line, (name, filters) in zip(axes, rows.items(), strict=True):
        for ax in line[len(filters) :]:
            ax.set_axis_off()
        for ax, (label, weights) in zip(line, filters.items(), strict=False):
            norm = scale if name in together else centred(weights)
            picture = ax.imshow(np.asarray(weights), cmap=DIVERGING, norm=norm)
            drawn = picture if name in together else drawn
            ax.set_title(label, **PLAIN)
            _frame(ax)
        line[0].set_ylabel(name, fontsize=10)
    if drawn is not None:
        lines = [n for n, name in enumerate(rows) if name in together]
        figure.colorbar(drawn, ax=axes[lines], shrink=0.85, label="weight (white = 0)")
    return figure


@themed
def feature_maps(
    image: ArrayLike, filters: ArrayLike, maps: ArrayLike, *, title: str, across: int = 6
) -> Figure:
    """One image and, below each filter (K, R, S), the map (K, OH, OW) it makes of the image.

    across: filters side by side before a new band begins.
    """
    filters, maps = np.asarray(filters), np.asarray(maps)
    count = len(filters)
    bands, across = -(-count // across), min(across, count)
    figure, axes = new_figure(
        *(2 * bands, across + 1),
        width=1.35 * (across + 1) + 1.0,
        height=2.3 * bands + 0.4,
        title=title,
        height_ratios=(2, 3) * bands,
    )
    for ax in axes.flat:
        ax.set_axis_off()
    source = axes[1, 0]
    source.imshow(np.asarray(image), cmap="gray", vmin=0, vmax=1)
    source.set_title("input", **PLAIN)
    scale = centred(maps)
    drawn: Any = None
    for k in range(count):
        band, column = divmod(k, across)
        upper, lower = axes[2 * band, column + 1], axes[2 * band + 1, column + 1]
        upper.imshow(filters[k], cmap=DIVERGING, norm=centred(filters[k]))
        upper.set_title(f"filter k = {k}", **PLAIN)
        drawn = lower.imshow(maps[k], cmap=DIVERGING, norm=scale)
        for ax in (upper, lower):
            ax.set_axis_on()
            _frame(ax)
    bar = figure.colorbar(drawn, ax=axes, shrink=0.7, label="value in the maps (white = 0)")
    if maps.min() >= 0:  # as after a ReLU: the lower half of the scale is not used
        bar.ax.set_ylim(0, None)
    return figure


def _bars(
    names: Sequence[str], values: ArrayLike, colours: Sequence[str], texts: Sequence[str]
) -> Figure:
    """Level bars on a logarithmic scale, the first on top, each with its text at the end."""
    values = np.asarray(values, dtype=float)
    figure, axes = new_figure(width=7.8, height=0.9 + 0.45 * len(values))
    ax = axes[0, 0]
    ax.barh(range(len(values)), values, color=colours[: len(values)], height=0.62)
    for place, (value, text) in enumerate(zip(values, texts, strict=True)):
        ax.annotate(text, (value, place), (5, 0), textcoords="offset points", va="center")
    low = 10.0 ** np.floor(np.log10(values.min()) - 0.3)
    ax.set(xscale="log", xlim=(low, values.max() * (values.max() / low) ** 0.45))
    ax.set(yticks=range(len(values)), yticklabels=names)
    ax.invert_yaxis()
    ax.grid(True, axis="x")
    ax.set_axisbelow(True)
    return figure


def _frame(ax: Axes) -> None:
    """A thin frame around a picture, and no numbers on its axes: the pixels are seen."""
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(True)
    ax.spines[:].set(color=GREY, linewidth=0.6)
