"""Figures of whole networks: volumes to scale, where the cost lies, accuracy against work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from numpy.typing import ArrayLike

from course.plots._base import BLUE, COLOURS, GREY, VERMILION, legend, new_figure, themed

LEAN = (0.35, 0.25)  # where a unit of depth goes on the page


@themed
def volumes(shapes: Mapping[str, tuple[int, ...]], *, title: str, depth: float = 0.12) -> Figure:
    """Draw volumes (C, H, W) to one scale, and flat layers (D,) as bars of one width.

    depth: length of a channel in pixels of height and width, else the deep ones hide the wide.
    """
    figure, axes = new_figure(width=9.0, height=3.3, title=title)
    ax = axes[0, 0]
    tallest = max(shape[1] for shape in shapes.values() if len(shape) == 3)
    left = 0.0
    for name, shape in shapes.items():
        channels, high, wide = shape if len(shape) == 3 else (0, 0.6 * tallest, 0.05 * tallest)
        dx, dy = (channels * depth * lean for lean in LEAN)
        low, top = -high / 2, high / 2
        faces = [
            [(left, low), (left + wide, low), (left + wide, top), (left, top)],
            [(left, top), (left + wide, top), (left + wide + dx, top + dy), (left + dx, top + dy)],
            [
                (left + wide, low),
                (left + wide + dx, low + dy),
                (left + wide + dx, top + dy),
                (left + wide, top),
            ],
        ]
        colour = BLUE if len(shape) == 3 else VERMILION
        for face, shade in zip(faces, (0.35, 0.2, 0.55), strict=True):
            ax.add_patch(Polygon(face, facecolor=colour, alpha=shade))
            ax.add_patch(Polygon(face, fill=False, edgecolor=colour, linewidth=0.9))
        middle = left + (wide + dx) / 2
        size = " × ".join(map(str, shape))
        ax.text(middle, -tallest * 0.56, f"{name}\n{size}", ha="center", va="top", fontsize=8)
        left += max(wide + dx, 0.42 * tallest) + 0.1 * tallest
    ax.set(xlim=(-0.15 * tallest, left), ylim=(-0.8 * tallest, 0.6 * tallest), aspect="equal")
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    return figure


@themed
def where_the_cost_lies(
    names: Sequence[str], parameters: ArrayLike, outputs: ArrayLike, macs: ArrayLike, *, title: str
) -> Figure:
    """Three rows of bars over the layers: the share of parameters, outputs and multiply-adds."""
    figure, axes = new_figure(3, 1, width=8.4, height=5.4, title=title, sharex=True)
    parts = {"parameters": parameters, "outputs kept": outputs, "multiply-adds": macs}
    for ax, (name, values), colour in zip(axes[:, 0], parts.items(), COLOURS, strict=False):
        shares = 100 * np.asarray(values, dtype=float) / np.sum(values)
        ax.bar(range(len(shares)), shares, color=colour, width=0.75)
        ax.set(ylabel="share (%)", ylim=(0, max(shares) * 1.28))
        ax.set_title(f"{name}: {int(np.sum(values)):,}", fontsize=10, loc="left")
        for place in np.flatnonzero(shares >= 10):
            ax.text(place, shares[place], f"{shares[place]:.0f} %", ha="center", va="bottom")
    axes[-1, 0].set_xticks(range(len(names)), names, rotation=60, ha="right", fontsize=8)
    axes[-1, 0].set_xlabel("layer, from the image to the scores")
    return figure


@themed
def accuracy_against_work(
    macs: Mapping[str, float], accuracy: Mapping[str, ArrayLike], *, title: str
) -> Figure:
    """Validation accuracy over multiply-adds an image; a network a point, its seeds as a bar.

    accuracy: name -> one share a seed. The bar spans the lowest and the highest seed.
    """
    figure, axes = new_figure(width=7.4, height=4.2)
    ax = axes[0, 0]
    for name, shares in accuracy.items():
        values = 100 * np.asarray(shares, dtype=float)
        mean = values.mean()
        hidden = name.endswith("K 1")
        ax.errorbar(
            macs[name],
            mean,
            yerr=[[mean - values.min()], [values.max() - mean]],
            color=VERMILION if hidden else BLUE,
            marker="s" if hidden else "o",
            capsize=4,
        )
        ax.annotate(name, (macs[name], mean), (8, -3), textcoords="offset points", fontsize=9)
    ax.plot([], [], "o", color=BLUE, label="no hidden FC layer (K 0)")
    ax.plot([], [], "s", color=VERMILION, label="one hidden FC layer (K 1)")
    ax.set(title=title, xscale="log", xlabel="multiply-adds an image (logarithmic)")
    ax.set_xlim(min(macs.values()) / 1.5, max(macs.values()) * 3)
    ax.set_ylabel("validation accuracy (%)")
    ax.grid(True, color=GREY, alpha=0.25)
    legend(ax, loc="lower right")
    return figure
