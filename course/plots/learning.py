"""Figures of lesson 02: what a knob of the training loop does, with the spread of the seeds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from ._base import BLUE, new_figure, themed

__all__ = ["accuracy_against"]


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
