"""Figures of lesson 03: what filters see, how far they see, and how long they take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from ._base import (
    BLUE,
    COLOURS,
    DIVERGING,
    GREY,
    SEQUENTIAL,
    VERMILION,
    centred,
    new_figure,
    themed,
)

__all__ = [
    "feature_maps",
    "filter_rows",
    "parameter_bars",
    "receptive_fields",
    "shift_panels",
    "timing_bars",
]


@themed
def parameter_bars(counts: Mapping[str, int], *, title: str) -> Figure:
    """Number of parameters of each layer, name -> count, on a logarithmic scale."""
    figure, axes = new_figure(width=7.6, height=0.55 + 0.46 * len(counts))
    ax = axes[0, 0]
    names, values = list(counts), list(counts.values())
    colours = [VERMILION if "fully" in name else BLUE for name in names]
    ax.barh(range(len(values)), values, color=colours, height=0.62)
    for place, value in enumerate(values):
        ax.text(value * 1.25, place, f"{value:,}", va="center")
    ax.set(
        title=title,
        xlabel="parameters (logarithmic scale)",
        xscale="log",
        xlim=(1, max(values) * 3000),
        yticks=range(len(values)),
        yticklabels=names,
    )
    ax.invert_yaxis()
    ax.grid(True, axis="x")
    return figure


@themed
def shift_panels(
    image: ArrayLike, shifted: ArrayLike, first: ArrayLike, second: ArrayLike, shift: int
) -> Figure:
    """An image, its shifted copy, both feature maps, and where map 2 is not the shifted map 1.

    image, shifted (H, W); first, second (H, W): the feature maps. shift: columns to the right.
    """
    first, second = np.asarray(first), np.asarray(second)
    moved = np.roll(first, shift, axis=1)
    panels: list[tuple[str, Any, bool]] = [
        ("image", image, False),
        (f"moved {shift} px right", shifted, False),
        ("first map", first, True),
        ("second map", second, True),
        ("second − moved first", second - moved, True),
    ]
    figure, axes = new_figure(1, 5, width=10.5, height=2.6)
    norm = centred(np.stack([first, second]))
    drawn: Any = None
    for ax, (title, picture, signed) in zip(axes[0], panels, strict=True):
        look: dict[str, Any] = {"cmap": "gray", "vmin": 0.0, "vmax": 1.0}
        if signed:
            look = {"cmap": DIVERGING, "norm": norm}
        drawn = ax.imshow(np.asarray(picture), **look)
        ax.set_title(title, fontsize=10)
        ax.set(xticks=[], yticks=[])
    figure.colorbar(drawn, ax=axes, shrink=0.75, label="value (white = 0)")
    return figure


@themed
def receptive_fields(influence: Mapping[str, ArrayLike], sizes: Sequence[int]) -> Figure:
    """How strongly the middle output pixel depends on each input pixel, for several networks.

    influence: name -> |d out / d x| of shape (H, W). sizes: the receptive field by the formula,
    drawn as a frame around the middle.
    """
    figure, axes = new_figure(1, len(influence), width=2.5 * len(influence) + 0.6, height=3.0)
    drawn: Any = None
    for ax, (name, values), size in zip(axes[0], influence.items(), sizes, strict=True):
        values = np.asarray(values, dtype=float)
        drawn = ax.imshow(values / values.max(), cmap=SEQUENTIAL, vmin=0, vmax=1)
        corner = values.shape[0] // 2 - size / 2 - 0.5 + (values.shape[0] % 2) / 2
        ax.add_patch(
            Rectangle((corner, corner), size, size, fill=False, edgecolor=VERMILION, linewidth=2)
        )
        ax.set_title(f"{name}\nfield {size} × {size}", fontsize=10)
        ax.set(xlabel="input column (px)", ylabel="input row (px)" if ax is axes[0, 0] else "")
    figure.colorbar(drawn, ax=axes, shrink=0.8, label="influence (largest = 1)")
    return figure


@themed
def timing_bars(seconds: Mapping[str, float], *, title: str) -> Figure:
    """Time of one call, name -> seconds, on a logarithmic scale, with the ratio to the fastest."""
    figure, axes = new_figure(width=7.6, height=0.6 + 0.5 * len(seconds))
    ax = axes[0, 0]
    names, values = list(seconds), np.array(list(seconds.values())) * 1e3
    ax.barh(range(len(values)), values, color=COLOURS[: len(values)], height=0.62)
    for place, value in enumerate(values):
        ax.text(
            value * 1.15, place, f"{value:,.3g} ms, {value / values.min():,.1f} times", va="center"
        )
    ax.set(
        title=title,
        xlabel="time of one forward pass (ms, logarithmic scale)",
        xscale="log",
        xlim=(values.min() / 3, values.max() * 100),
        yticks=range(len(values)),
        yticklabels=names,
    )
    ax.invert_yaxis()
    ax.grid(True, axis="x")
    return figure


@themed
def filter_rows(rows: Mapping[str, Mapping[str, ArrayLike]], *, title: str = "") -> Figure:
    """Rows of filters: row name -> {filter name -> (R, S)}; each filter on its own signed scale."""
    columns = max(len(row) for row in rows.values())
    figure, axes = new_figure(
        len(rows), columns, width=1.15 * columns + 0.4, height=1.5 * len(rows) + 0.4, title=title
    )
    for line, (name, filters) in zip(axes, rows.items(), strict=True):
        for ax in line:
            ax.set(xticks=[], yticks=[])
            ax.set_frame_on(False)
        for ax, (label, weights) in zip(line, filters.items(), strict=False):
            ax.set_frame_on(True)
            ax.imshow(np.asarray(weights), cmap=DIVERGING, norm=centred(weights))
            ax.set_title(label, fontsize=9, fontweight="normal", pad=3)
        line[0].set_ylabel(name, fontsize=10)
    return figure


@themed
def feature_maps(image: ArrayLike, filters: ArrayLike, maps: ArrayLike, *, title: str) -> Figure:
    """One image and, below each filter (K, R, S), the map (K, OH, OW) it makes of the image."""
    filters, maps = np.asarray(filters), np.asarray(maps)
    count = len(filters)
    figure, axes = new_figure(2, count + 1, width=1.2 * (count + 1), height=2.9, title=title)
    for ax in axes.flat:
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_color(GREY)
    axes[0, 0].set_frame_on(False)
    axes[0, 0].text(0.5, 0.5, "filter", ha="center", transform=axes[0, 0].transAxes)
    axes[1, 0].imshow(np.asarray(image), cmap="gray", vmin=0, vmax=1)
    axes[1, 0].set_title("input", fontsize=9, fontweight="normal", pad=3)
    for k in range(count):
        axes[0, k + 1].imshow(filters[k], cmap=DIVERGING, norm=centred(filters[k]))
        axes[0, k + 1].set_title(f"k = {k}", fontsize=9, fontweight="normal", pad=3)
        axes[1, k + 1].imshow(maps[k], cmap=DIVERGING, norm=centred(maps))
    return figure
