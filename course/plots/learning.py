"""Figures of lesson 02: what a knob of the training loop does, with the spread of the seeds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from ._base import BLUE, ORANGE, legend, new_figure, themed

__all__ = ["accuracy_against", "two_accuracies"]


@themed
def accuracy_against(
    values: Sequence[float], shares: ArrayLike, *, xlabel: str, title: str, xscale: str = "log"
) -> Figure:
    """Accuracy against one setting: mean of the seeds, with their standard deviation as bars.

    values: V settings. shares: (V, S), the share of right answers for each of S seeds.
    """
    shares = 100 * np.asarray(shares, dtype=float)
    if shares.ndim != 2 or len(shares) != len(values):
        raise ValueError(f"shares has shape {shares.shape}; {len(values)} rows are needed")
    figure, axes = new_figure(width=6.4, height=3.4)
    ax = axes[0, 0]
    spread = shares.std(axis=1, ddof=1)
    ax.errorbar(values, shares.mean(axis=1), spread, color=BLUE, marker="o", capsize=4)
    ax.set(title=title, xlabel=xlabel, ylabel="validation accuracy (%)", xscale=xscale)
    ax.set_ylim(0, 102)
    ax.grid(True)
    return figure


@themed
def two_accuracies(shares: ArrayLike, *, title: str) -> Figure:
    """Training and validation accuracy by epoch: mean of the seeds, and their spread as a band.

    shares: (S, E, 2), for each of S seeds and E epochs the share of right answers in training and
    in validation.
    """
    shares = 100 * np.asarray(shares, dtype=float)
    if shares.ndim != 3 or shares.shape[2] != 2:
        raise ValueError(f"shares has shape {shares.shape}; (seeds, epochs, 2) is needed")
    figure, axes = new_figure(width=6.4, height=3.4)
    ax, epochs = axes[0, 0], np.arange(1, shares.shape[1] + 1)
    names = ("training", BLUE, "-"), ("validation", ORANGE, "--")
    for (name, color, dashes), each in zip(names, np.moveaxis(shares, 2, 0), strict=True):
        mean, spread = each.mean(axis=0), each.std(axis=0, ddof=1)
        ax.plot(epochs, mean, color=color, linestyle=dashes, label=name)
        ax.fill_between(epochs, mean - spread, mean + spread, color=color, alpha=0.25, linewidth=0)
    ax.set(title=title, xlabel="epoch", ylabel="accuracy (%)", ylim=(0, 102))
    ax.grid(True)
    legend(ax)
    return figure
