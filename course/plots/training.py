"""What a training run looks like: loss at each step, accuracy after each epoch."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle
from typing import Protocol

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from ._base import COLOURS, LINES, legend, new_figure, themed

__all__ = ["loss_curves", "running_median", "training_curves"]


class Record(Protocol):
    """What a run leaves behind; `course.training.History` is one."""

    loss: list[float]
    train_accuracy: list[float]
    val_accuracy: list[float]


def running_median(values: ArrayLike, window: int) -> NDArray[np.float64]:
    """Median of each value and up to `window` - 1 before it: as long as `values`, no look ahead.

    A median, because one step that goes astray by six powers of ten would own any mean.
    """
    values = np.asarray(values, dtype=float)
    if window < 1:
        raise ValueError(f"window must be at least 1, not {window}")
    return np.array(
        [np.median(values[max(0, last - window) : last]) for last in range(1, len(values) + 1)]
    )


@themed
def loss_curves(
    losses: Mapping[str, ArrayLike],
    *,
    title: str = "Loss while training",
    window: int = 20,
    yscale: str = "linear",
    guess: float | None = None,
) -> Figure:
    """The loss at each step: the raw numbers pale, their running median over `window` steps strong.

    losses: name -> loss at each step. guess: the loss of guessing, drawn as a level line.
    """
    figure, axes = new_figure(width=7.0, height=3.6)
    ax = axes[0, 0]
    for (name, loss), colour, line in zip(
        losses.items(), cycle(COLOURS), cycle(LINES), strict=False
    ):
        steps = np.arange(1, len(np.asarray(loss)) + 1)
        ax.plot(steps, loss, color=colour, alpha=0.25, linewidth=0.8)
        ax.plot(steps, running_median(loss, window), color=colour, linestyle=line, label=name)
    if guess is not None:
        ax.axhline(guess, color="#444444", linewidth=1, linestyle=":", label="guessing")
    ax.set(title=title, xlabel="step (minibatches)", ylabel="loss (nats)", yscale=yscale)
    ax.grid(True)
    legend(ax)
    return figure


@themed
def training_curves(
    runs: Mapping[str, Record], *, title: str = "Training", window: int = 20
) -> Figure:
    """Loss at each step on the left; accuracy after each epoch on the right.

    On the right the line is validation accuracy, the hollow marks training accuracy.
    """
    figure, axes = new_figure(1, 2, width=9.0, height=3.6, title=title)
    left, right = axes[0]
    for (name, run), colour, line in zip(runs.items(), cycle(COLOURS), cycle(LINES), strict=False):
        steps = np.arange(1, len(run.loss) + 1)
        left.plot(steps, run.loss, color=colour, alpha=0.25, linewidth=0.8)
        left.plot(steps, running_median(run.loss, window), color=colour, linestyle=line, label=name)
        for values, style, label in (
            (
                run.train_accuracy,
                {"marker": "o", "linestyle": "none", "fillstyle": "none"},
                "train",
            ),
            (run.val_accuracy, {"marker": "s", "linestyle": line}, "validation"),
        ):
            epochs = np.arange(1, len(values) + 1)
            right.plot(
                epochs, 100 * np.asarray(values), color=colour, label=f"{name}, {label}", **style
            )
    left.set(title="loss", xlabel="step (minibatches)", ylabel="loss (nats)")
    right.set(title="accuracy", xlabel="epoch", ylabel="accuracy (%)")
    right.xaxis.get_major_locator().set_params(integer=True)
    for ax in (left, right):
        ax.grid(True)
        legend(ax)
    return figure
