"""Two classes in a plane and the line, or curve, that a network draws between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from ._base import BLUE, DIVERGING, GREY, ORANGE, VERMILION, legend, new_figure, themed

__all__ = ["accuracy_by_width", "boundary_panels", "fold_panels", "xor_panels"]

Score = Callable[[NDArray[Any]], ArrayLike]  # points (N, 2) -> scores (N,), class 1 where above 0


def _scatter(ax: Axes, points: NDArray[Any], labels: NDArray[Any], size: float) -> None:
    for label, colour, sign in ((0, VERMILION, "o"), (1, BLUE, "^")):
        x, y = points[labels == label].T
        ax.scatter(
            x, y, s=size, color=colour, marker=sign, edgecolor="white", linewidth=0.4, zorder=3
        )


def _regions(ax: Axes, score: Score, reach: tuple[float, float], steps: int = 140) -> None:
    """Tint both classes' regions and draw the boundary between them."""
    ticks = np.linspace(*reach, steps)
    grid = np.stack(np.meshgrid(ticks, ticks), axis=-1)
    values = np.asarray(score(grid.reshape(-1, 2))).reshape(steps, steps)
    side = np.where(values > 0, 0.25, -0.25)
    ax.pcolormesh(ticks, ticks, side, cmap=DIVERGING, vmin=-1, vmax=1, shading="nearest")
    if values.min() < 0 < values.max():
        ax.contour(ticks, ticks, values, levels=[0.0], colors="black", linewidths=1.5)


@themed
def boundary_panels(
    scores: Mapping[str, Score],
    points: ArrayLike,
    labels: ArrayLike,
    *,
    title: str,
    columns: int = 3,
) -> Figure:
    """One panel a network: its two regions, the boundary, and the points (0 circle, 1 triangle).

    scores: panel title -> function from points (N, 2) to scores (N,), class 1 where above 0.
    """
    points, labels = np.asarray(points), np.asarray(labels)
    reach = 1.08 * float(np.abs(points).max())
    columns = min(columns, len(scores))
    rows = -(-len(scores) // columns)
    figure, axes = new_figure(
        rows,
        columns,
        width=2.7 * columns,
        height=2.75 * rows + 0.5,
        title=title,
        sharex=True,
        sharey=True,
    )
    for ax in axes.flat[len(scores) :]:
        ax.set_axis_off()
    for ax, (name, score) in zip(axes.flat, scores.items(), strict=False):
        _regions(ax, score, (-reach, reach))
        _scatter(ax, points, labels, size=9)
        ax.set(aspect="equal")
        ax.set_title(name, fontsize=10, fontweight="normal")
    figure.supxlabel("first input (no unit)", fontsize=10)
    figure.supylabel("second input (no unit)", fontsize=10)
    return figure


@themed
def accuracy_by_width(
    widths: Sequence[int], accuracies: ArrayLike, *, chance: float = 0.5, title: str
) -> Figure:
    """Accuracy against the number of hidden units: every seed a dot, their median a line.

    accuracies: (len(widths), seeds), shares in [0, 1].
    """
    shares = 100 * np.asarray(accuracies)
    figure, axes = new_figure(width=6.6, height=3.6)
    ax = axes[0, 0]
    for width, row in zip(widths, shares, strict=True):
        ax.plot([width] * len(row), row, "o", color=ORANGE, alpha=0.8, markeredgecolor="#7a5200")
    ax.plot([], [], "o", color=ORANGE, markeredgecolor="#7a5200", label="one seed each")
    ax.plot(
        widths, np.median(shares, axis=1), color=BLUE, marker="_", markersize=14, label="median"
    )
    ax.axhline(100 * chance, color=GREY, linestyle=":", linewidth=1.2, label="guessing")
    ax.set(title=title, xlabel="hidden units", ylabel="validation accuracy (%)", xscale="log")
    ax.set_xticks(widths, [str(width) for width in widths])
    ax.minorticks_off()
    ax.grid(True)
    legend(ax, loc="upper left")
    return figure


@themed
def xor_panels(points: ArrayLike, labels: ArrayLike, hidden: ArrayLike, output: Score) -> Figure:
    """XOR before and after the hidden layer: no line will do on the left, one does on the right.

    points, hidden: (4, 2), inputs and hidden values. output: hidden values (N, 2) -> scores (N,).
    """
    points, labels, hidden = np.asarray(points), np.asarray(labels), np.asarray(hidden)
    figure, axes = new_figure(1, 2, width=8.0, height=3.9)
    before, after = axes[0]
    lowest, highest = float(hidden.min()), float(hidden.max())
    room = 0.35 * max(highest - lowest, 1.0)
    _regions(after, output, (lowest - room, highest + room))
    for ax, places in ((before, points), (after, hidden)):
        _scatter(ax, places, labels, size=110)
        for place in np.unique(places, axis=0):
            here = [
                "".join(str(int(v)) for v in point)
                for point, at in zip(points, places, strict=True)
                if np.array_equal(at, place)
            ]
            ax.annotate(" and ".join(here), place, (9, 7), textcoords="offset points")
        ax.set(aspect="equal")
    before.set(title="the inputs", xlabel="first input", ylabel="second input")
    before.set(xlim=(-0.4, 1.5), ylim=(-0.4, 1.5), xticks=[0, 1], yticks=[0, 1])
    after.set(
        title="after the hidden layer", xlabel="first hidden unit", ylabel="second hidden unit"
    )
    return figure


@themed
def fold_panels(x: ArrayLike, folded: Sequence[ArrayLike]) -> Figure:
    """A function of one number after 1, 2, ... equal layers: each layer folds it once more."""
    figure, axes = new_figure(
        1, len(folded), width=2.4 * len(folded), height=2.7, sharex=True, sharey=True
    )
    for depth, (ax, values) in enumerate(zip(axes[0], folded, strict=True), start=1):
        ax.plot(x, values, color=BLUE, linewidth=1.5)
        ax.set_title(f"{depth} layer{'s' * (depth > 1)}, {2 * depth} units", fontsize=10)
        ax.set_xlabel("input x (no unit)")
        ax.grid(True)
    axes[0, 0].set_ylabel("output (no unit)")
    return figure
