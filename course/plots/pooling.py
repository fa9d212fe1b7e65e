"""Figures of lesson 04: what pooling keeps, where the gradient goes, what it buys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from ._base import COLOURS, DIVERGING, GREY, LINES, centred, legend, new_figure, themed

__all__ = ["cost_and_accuracy", "gradient_maps", "movement", "pooled_pictures"]

SIGNS = "osD^vP*"


@themed
def pooled_pictures(pictures: Mapping[str, ArrayLike], *, title: str) -> Figure:
    """Pictures (H, W) in [0, 1] of any size, all drawn equally large; the sizes stand above."""
    figure, axes = new_figure(1, len(pictures), width=10.0, height=2.7, title=title)
    for ax, (name, picture) in zip(axes[0], pictures.items(), strict=True):
        picture = np.asarray(picture)
        ax.imshow(picture, cmap="gray", vmin=0, vmax=1)
        size = f"{picture.shape[0]} × {picture.shape[1]}"
        ax.set_title(f"{name}\n{size}", fontsize=9, fontweight="normal")
        ax.set(xticks=[], yticks=[])
    return figure


@themed
def gradient_maps(image: ArrayLike, maps: Mapping[str, ArrayLike], *, title: str) -> Figure:
    """An image (H, W), and beside it gradients by its pixels: name -> (H, W), one scale."""
    figure, axes = new_figure(1, 1 + len(maps), width=9.4, height=3.1, title=title)
    axes[0, 0].imshow(np.asarray(image), cmap="gray", vmin=0, vmax=1)
    axes[0, 0].set_title("image", fontsize=9, fontweight="normal")
    scale = centred(np.stack([np.asarray(values) for values in maps.values()]))
    drawn = None
    for ax, (name, values) in zip(axes[0, 1:], maps.items(), strict=True):
        drawn = ax.imshow(np.asarray(values), cmap=DIVERGING, norm=scale)
        ax.set_title(name, fontsize=9, fontweight="normal")
    for ax in axes.flat:
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set(visible=True, color=GREY, linewidth=0.6)
    if drawn is not None:
        figure.colorbar(drawn, ax=axes, shrink=0.85, label="gradient (white = 0)")
    return figure


@themed
def movement(panels: Mapping[str, Mapping[str, ArrayLike]], *, title: str) -> Figure:
    """How far features move with a shifted input: panel -> line -> (seeds, shifts) shares.

    The bar at each point spans the lowest and the highest seed.
    """
    figure, axes = new_figure(1, len(panels), width=10.0, height=3.9, title=title, sharey=True)
    for ax, (name, lines) in zip(axes[0], panels.items(), strict=True):
        looks = zip(lines.items(), cycle(COLOURS), cycle(LINES), cycle(SIGNS), strict=False)
        for place, ((label, values), colour, line, sign) in enumerate(looks):
            values = 100 * np.asarray(values, dtype=float)
            mean = values.mean(axis=0)
            reach = [mean - values.min(axis=0), values.max(axis=0) - mean]
            x = np.arange(len(mean)) + 0.05 * (place - (len(lines) - 1) / 2)
            look = {"color": colour, "linestyle": line, "marker": sign, "capsize": 3}
            ax.errorbar(x, mean, yerr=reach, label=label, markersize=5, linewidth=1.6, **look)
        ax.set(title=name, xlabel="shift of the image (pixels)", xticks=range(len(mean)))
        ax.grid(True)
    axes[0, 0].set_ylabel("change of the features (%)")
    legend(axes[0, 0], loc="upper left", fontsize=9)
    return figure


@themed
def cost_and_accuracy(
    macs: Sequence[float], accuracy: Mapping[str, ArrayLike], *, title: str
) -> Figure:
    """Validation accuracy over multiply-adds an image: name -> one share a seed, in that order.

    The point is the mean, the bar spans the lowest and the highest seed.
    """
    figure, axes = new_figure(width=7.6, height=4.0)
    ax = axes[0, 0]
    looks = zip(accuracy.items(), macs, cycle(COLOURS), cycle(SIGNS), strict=False)
    for (name, shares), work, colour, sign in looks:
        values = 100 * np.asarray(shares, dtype=float)
        mean = values.mean()
        reach = [[mean - values.min()], [values.max() - mean]]
        look = {"color": colour, "marker": sign, "capsize": 4, "linestyle": "none"}
        ax.errorbar(work / 1000, mean, yerr=reach, label=name, **look)
    ax.set(title=title, xlabel="thousand multiply-adds an image")
    ax.set_ylabel("validation accuracy (%)")
    ax.set_xlim(0, 1.15 * max(macs) / 1000)
    ax.grid(True)
    legend(ax, loc="lower left")
    return figure
