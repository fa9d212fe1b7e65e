"""Figures of lesson 01: the cell and its model, activations, and what a neuron says to images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch
from numpy.typing import ArrayLike, NDArray

from ._base import (
    BLUE,
    COLOURS,
    DIVERGING,
    GREY,
    LINES,
    ORANGE,
    VERMILION,
    centred,
    legend,
    new_figure,
    themed,
)

__all__ = [
    "activation_panels",
    "dead_units",
    "firing_rate",
    "neuron_diagram",
    "neuron_on_images",
]


@themed
def neuron_diagram() -> Figure:
    """A nerve cell and its model side by side, with the parts that answer each other."""
    figure, axes = new_figure(1, 2, width=9.0, height=3.1)
    for ax, name in zip(axes[0], ("a nerve cell, roughly", "its model"), strict=True):
        ax.set(xlim=(0, 10), ylim=(0.1, 5.9), aspect="equal", title=name)
        ax.set_axis_off()
    _draw_cell(axes[0, 0])
    _draw_model(axes[0, 1])
    return figure


def _draw_cell(ax: Axes) -> None:
    for y in (4.9, 3.0, 1.1):
        bend = 0.25 * np.sign(3.0 - y)
        ax.add_patch(_arrow((0.2, y), (4.0, 3.0), f"arc3,rad={bend}", width=2.5, colour=ORANGE))
        ax.plot([0.2], [y], marker="o", color=BLUE, markersize=9)
        for dx, dy in ((1.2, 0.45), (1.2, -0.45)):
            ax.plot([0.45, dx], [y, y + dy], color=ORANGE, linewidth=1.3)
    ax.add_patch(Circle((4.4, 3.0), 0.95, facecolor="#F6C9A8", edgecolor=VERMILION, linewidth=2))
    ax.add_patch(Circle((4.4, 3.0), 0.3, facecolor=VERMILION))
    ax.plot([5.35, 8.4], [3.0, 3.0], color=GREY, linewidth=5, solid_capstyle="butt")
    for y in (3.8, 3.0, 2.2):
        ax.plot([8.4, 9.4], [3.0, y], color=GREY, linewidth=2.5)
        ax.plot([9.5], [y], marker="o", color=BLUE, markersize=7)
    spikes = 5.6 + np.array([0, 0.35, 1.0, 1.35, 2.3])
    ax.vlines(spikes, 3.35, 3.95, color="black", linewidth=1.6)
    for x, y, words in (
        (1.35, 5.55, "synapses (blue)"),
        (1.9, 0.45, "dendrites"),
        (4.4, 1.6, "cell body"),
        (6.9, 2.3, "axon"),
        (6.9, 4.35, "spikes"),
    ):
        ax.text(x, y, words, ha="center", va="center")


def _draw_model(ax: Axes) -> None:
    for y, index in ((4.9, "1"), (3.0, "2"), (1.1, "3")):
        ax.add_patch(_arrow((0.9, y), (4.0, 3.0), "arc3", width=2.0, colour=ORANGE))
        ax.text(0.55, y, f"$x_{index}$", ha="center", va="center", fontsize=13)
        at = (2.3, y + (3.0 - y) * 0.45 + 0.42)
        ax.text(*at, f"$w_{index}$", color=BLUE, ha="center", fontsize=13)
    ax.add_patch(Circle((4.7, 3.0), 0.72, facecolor="#F6C9A8", edgecolor=VERMILION, linewidth=2))
    ax.text(4.7, 3.0, r"$\Sigma$", ha="center", va="center", fontsize=17)
    ax.add_patch(_arrow((4.7, 1.2), (4.7, 2.2), "arc3", width=2.0, colour=ORANGE))
    ax.text(4.7, 0.8, "bias $b$", ha="center", va="center")
    ax.add_patch(_arrow((5.45, 3.0), (6.7, 3.0), "arc3", width=2.0, colour=GREY))
    ax.text(6.05, 3.35, "$z$", ha="center", fontsize=13)
    ax.add_patch(Circle((7.4, 3.0), 0.66, facecolor="white", edgecolor=GREY, linewidth=2))
    ax.text(7.4, 3.0, "$f$", ha="center", va="center", fontsize=15)
    ax.add_patch(_arrow((8.1, 3.0), (9.2, 3.0), "arc3", width=2.0, colour=GREY))
    ax.text(9.55, 3.0, "out", ha="center", va="center")
    ax.text(4.7, 4.35, "weighted sum", ha="center")
    ax.text(7.4, 4.35, "activation", ha="center")


def _arrow(
    start: tuple[float, float], end: tuple[float, float], bend: str, *, width: float, colour: str
) -> FancyArrowPatch:
    return FancyArrowPatch(
        start,
        end,
        connectionstyle=bend,
        arrowstyle="-|>",
        mutation_scale=12,
        lw=width,
        color=colour,
    )


@themed
def firing_rate(current: ArrayLike, rate: ArrayLike, threshold: float = 1.0) -> Figure:
    """Spikes per second against input current, with a ReLU of the same threshold beside it."""
    current, rate = np.asarray(current), np.asarray(rate)
    figure, axes = new_figure(width=6.6, height=3.6)
    ax = axes[0, 0]
    above = np.maximum(current - threshold, 0)
    slope = float((above @ rate) / max(float(above @ above), 1e-12))  # least squares through 0
    ax.plot(current, rate, color=BLUE, marker="o", markersize=3.5, label="simulated cell")
    ax.plot(
        current,
        slope * above,
        color=VERMILION,
        linestyle="--",
        label=f"ReLU: {slope:.0f} · max(0, I − 1)",
    )
    ax.axvline(threshold, color=GREY, linewidth=1, linestyle=":")
    ax.text(threshold - 0.03, 0.5 * float(rate.max()), "threshold", color="#444444", ha="right")
    ax.set(
        title="A spiking cell answers a constant input with a rate",
        xlabel="input current I (in units of the threshold)",
        ylabel="firing rate (spikes per second)",
    )
    legend(ax, loc="upper left")
    return figure


@themed
def activation_panels(z: ArrayLike, functions: Mapping[str, tuple[ArrayLike, ArrayLike]]) -> Figure:
    """Each activation (upper row) over its derivative (lower row).

    functions: name -> (value, derivative), each of the shape of z (N,).
    """
    columns = len(functions)
    figure, axes = new_figure(
        2, columns, width=1.95 * columns, height=4.0, sharex=True, sharey="row"
    )
    for index, (name, pair) in enumerate(functions.items()):
        for ax, values, colour, line in zip(
            axes[:, index], pair, (BLUE, VERMILION), ("-", "--"), strict=True
        ):
            ax.plot(z, values, color=colour, linestyle=line)
            ax.axhline(0, color="#999999", linewidth=0.8)
            ax.axvline(0, color="#999999", linewidth=0.8)
            ax.grid(True)
        axes[0, index].set(title=name, ylim=(-1.3, 3.2))
        axes[1, index].set(xlabel="z (no unit)", ylim=(-0.25, 1.25))
    axes[0, 0].set_ylabel("value f(z)")
    axes[1, 0].set_ylabel("derivative f ′(z)")
    return figure


@themed
def neuron_on_images(
    weight: ArrayLike, z: ArrayLike, labels: ArrayLike, names: Sequence[str], *, title: str = ""
) -> Figure:
    """A neuron that tells two kinds of image apart: its weights as a picture, its sums as bars.

    weight: (H, W). z: (N,) weighted sums. labels: (N,) 0 or 1. names: of the two classes.
    """
    weight, z, labels = np.asarray(weight), np.asarray(z), np.asarray(labels)
    figure, axes = new_figure(
        1, 2, width=8.4, height=3.5, title=title, gridspec_kw={"width_ratios": [1, 1.5]}
    )
    picture, bars = axes[0]
    drawn = picture.imshow(weight, cmap=DIVERGING, norm=centred(weight))
    picture.set(title="the weights as a picture", xticks=[], yticks=[])
    picture.spines[:].set_visible(False)
    figure.colorbar(drawn, ax=picture, shrink=0.85, label="weight (no unit)")
    edges: NDArray[Any] = float(np.abs(z).max()) * np.linspace(-1, 1, 41)
    looks: list[dict[str, Any]] = [{"hatch": "///", "color": ORANGE}, {"color": BLUE}]
    for label, (name, look) in enumerate(zip(names, looks, strict=True)):
        bars.hist(z[labels == label], edges, alpha=0.65, label=name, edgecolor="white", **look)
    bars.axvline(0, color="black", linewidth=1.5)
    bars.set(
        title="the sums of single images",
        xlabel="z = weight · x + bias (no unit)",
        ylabel="images",
    )
    bars.yaxis.get_major_locator().set_params(integer=True)
    bars.margins(y=0.3)  # room for the legend above the bars
    legend(bars, loc="upper left")
    return figure


@themed
def dead_units(
    rates: Sequence[float],
    dead: Mapping[str, Sequence[float]],
    accuracy: Mapping[str, Sequence[float]],
) -> Figure:
    """Share of dead units, and accuracy, over the learning rate.

    dead, accuracy: name -> share in [0, 1] for each of the `rates`.
    """
    figure, axes = new_figure(1, 2, width=9.0, height=3.5)
    for ax, shares, name in zip(
        axes[0],
        (dead, accuracy),
        ("units with derivative 0 for every image", "validation accuracy"),
        strict=True,
    ):
        for (label, values), colour, line, sign in zip(
            shares.items(), cycle(COLOURS), cycle(LINES), cycle("os^D"), strict=False
        ):
            ax.plot(
                rates,
                100 * np.asarray(values),
                color=colour,
                linestyle=line,
                marker=sign,
                label=label,
            )
        ax.set(
            title=name,
            xlabel="learning rate (no unit)",
            ylabel="share (%)",
            xscale="log",
            ylim=(-4, 104),
        )
        ax.set_xticks(rates, [f"{rate:g}" for rate in rates])
        ax.minorticks_off()
        ax.grid(True)
        legend(ax, loc="center left")
    return figure
