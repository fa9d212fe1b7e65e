"""Figures of lesson 04: what pooling keeps, where the gradient goes, what it buys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from ._base import COLOURS, GREY, LINES, legend, new_figure, themed

__all__ = ["cost_and_accuracy", "gradient_maps", "movement", "pooled_pictures"]

SIGNS = "osD^vP*"


@themed
def pooled_pictures(pictures: Mapping[str, ArrayLike], *, title: str) -> Figure:
    """Pictures (H, W) in [0, 1] of any size, all drawn equally large; the sizes stand above."""
    figure, axes = new_figure(1, len(pictures), width=10.0, height=2.7, title=title)
    for ax, (name, picture) in zip(axes[0], pictures.items(), strict=True):
        pixels = np.asarray(picture)
        ax.imshow(pixels, cmap="gray", vmin=0, vmax=1)
        size = f"{pixels.shape[0]} × {pixels.shape[1]}"
        ax.set_title(f"{name}\n{size}", fontsize=9, fontweight="normal")
        ax.set(xticks=[], yticks=[])
    return figure


@themed
def gradient_maps(image: ArrayLike, maps: Mapping[str, ArrayLike], *, title: str) -> Figure:
    """An image (H, W), and gradients >= 0 by its pixels: name -> (H, W), a scale for each."""
    figure, axes = new_figure(1, 1 + len(maps), width=9.6, height=3.3, title=title)
    axes[0, 0].imshow(np.asarray(image), cmap="gray", vmin=0, vmax=1)
    axes[0, 0].set_title("image", fontsize=9, fontweight="normal")
    for ax, (name, values) in zip(axes[0, 1:], maps.items(), strict=True):
        top = float(np.max(values))
        drawn = ax.imshow(np.asarray(values), cmap="Blues", vmin=0, vmax=top)
        ax.set_title(name, fontsize=9, fontweight="normal")
        bar = figure.colorbar(drawn, ax=ax, orientation="horizontal", shrink=0.85, pad=0.03)
        bar.set_ticks([0, top], labels=["0", f"{top:g}"])
        bar.set_label("gradient (white = 0)", fontsize=9)
    for ax in axes[0, : 1 + len(maps)]:
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set(visible=True, color=GREY, linewidth=0.6)
    return figure


@themed
def movement(panels: Mapping[str, Mapping[str, ArrayLike]], *, title: str) -> Figure:
    """How far features move with a shifted input: panel -> line -> (seeds, shifts) shares.

    The bar at each point spans the lowest and the highest seed.
    """
    figure, axes = new_figure(1, len(panels), width=10.0, height=3.9, title=title, sharey=True)
    for ax, (name, lines) in zip(axes[0], panels.items(), strict=True):
        looks = zip(lines.items(), cycle(COLOURS), cycle(LINES), cycle(SIGNS), strict=False)
        for place, ((label, shares), colour, line, sign) in enumerate(looks):
            values = 100 * np.asarray(shares, dtype=float)
            mean = values.mean(axis=0)
            reach = [mean - values.min(axis=0), values.max(axis=0) - mean]
            x = np.arange(len(mean)) + 0.05 * (place - (len(lines) - 1) / 2)
            look = {"color": colour, "linestyle": line, "marker": sign, "capsize": 3}
            ax.errorbar(x, mean, yerr=reach, label=label, markersize=5, linewidth=1.6, **look)
        ax.set(title=name, xlabel="shift of the image (pixels)", xticks=range(len(mean)))
        ax.grid(True)
    axes[0, 0].set_ylabel("change of the features (%)")
    axes[0, 0].set_ylim(top=1.3 * axes[0, 0].get_ylim()[1])  # room for the legend
    legend(axes[0, 0], loc="upper left", fontsize=9)
    return figure


@themed
def cost_and_accuracy(
    macs: Sequence[float], accuracy: Mapping[str, ArrayLike], *, title: str
) -> Figure:
    """Validation accuracy of each network: name -> one share a seed; its multiply-adds beside it.

    The point is the mean, the bar spans the lowest and the highest seed.
    """
    figure, axes = new_figure(width=8.2, height=0.6 * len(accuracy) + 1.1)
    ax = axes[0, 0]
    looks = zip(accuracy.items(), macs, cycle(COLOURS), cycle(SIGNS), strict=False)
    for place, ((_, shares), work, colour, sign) in enumerate(looks):
        values = 100 * np.asarray(shares, dtype=float)
        mean = values.mean()
        reach = [[mean - values.min()], [values.max() - mean]]
        look = {"color": colour, "marker": sign, "capsize": 4}
        ax.errorbar(mean, place, xerr=reach, **look)
        text = f"{work / 1000:,.0f} thousand multiply-adds"
        ax.annotate(
            text, (mean, place), (0, 9), textcoords="offset points", ha="center", fontsize=9
        )
    ax.set_yticks(range(len(accuracy)), list(accuracy))
    ax.set(title=title, xlabel="validation accuracy (%)", ylim=(len(accuracy) - 0.5, -0.7))
    ax.margins(x=0.15)
    ax.grid(True, axis="x")
    return figure
