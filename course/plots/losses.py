"""Figures of lesson 05: margins, calibration, and what two losses want from the same scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from ._base import COLOURS, GREY, LINES, legend, new_figure, themed

__all__ = ["calibration_bins", "margins", "reliability", "score_map", "smallest_margin"]


@themed
def margins(leads: Mapping[str, ArrayLike], *, title: str, margin: float = 1.0) -> Figure:
    """Histogram of the right score's lead over the best wrong one, for each classifier.

    leads: name -> (N,), below 0 where the image is misjudged. A line marks the hinge's margin.
    """
    figure, axes = new_figure(width=7.0, height=3.4)
    ax = axes[0, 0]
    everything = np.concatenate([np.asarray(one, dtype=float) for one in leads.values()])
    low, high = np.quantile(everything, [0.005, 0.995])
    bins = np.linspace(low, high, 61)
    for (name, one), colour, line in zip(leads.items(), cycle(COLOURS), cycle(LINES), strict=False):
        ax.hist(np.asarray(one), bins, histtype="step", color=colour, linestyle=line, label=name)
    for place, words in ((0.0, "right above 0"), (margin, f"satisfied above {margin:g}")):
        ax.axvline(place, color="black", linewidth=1, linestyle=":")
        ax.annotate(words, (place, 0.98), (4, 0), ("data", "axes fraction"), "offset points",
                    rotation=90, va="top", fontsize=8)  # fmt: skip
    ax.set(title=title, xlabel="right score minus best wrong score", ylabel="images")
    legend(ax)
    return figure


def calibration_bins(
    confidence: ArrayLike, right: ArrayLike, bins: int = 10
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], float]:
    """Mean confidence, share of right answers and share of images in each bin, and the error.

    confidence (N,): the largest probability of each image. right (N,): whether it was right.
    Returns: three arrays (bins,), NaN where a bin is empty, and the expected calibration error,
    sum over the bins of share |mean confidence - share right|.
    Source: Guo, Pleiss, Sun and Weinberger (2017), section 2.
    """
    confidence, right = np.asarray(confidence, dtype=float), np.asarray(right, dtype=float)
    if confidence.shape != right.shape or confidence.ndim != 1:
        raise ValueError(f"confidence {confidence.shape} and right {right.shape} must be (N,)")
    place = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    count = np.bincount(place, minlength=bins).astype(float)
    with np.errstate(invalid="ignore"):
        means = np.bincount(place, confidence, minlength=bins) / count
        shares = np.bincount(place, right, minlength=bins) / count
    weight = count / len(confidence)
    return means, shares, weight, float(np.nansum(weight * np.abs(means - shares)))


@themed
def reliability(
    answers: Mapping[str, tuple[ArrayLike, ArrayLike]], *, title: str, bins: int = 10
) -> Figure:
    """Share of right answers against the probability that was claimed, one panel a classifier.

    answers: name -> (confidence (N,), right (N,)). On the diagonal a claim of 80 % is right in
    80 % of the cases; below it the classifier is overconfident. Large dots hold many images.
    """
    names: Sequence[str] = list(answers)
    figure, axes = new_figure(
        1, len(names), width=3.1 * len(names) + 0.6, height=3.6, title=title, sharey=True
    )
    for ax, (name, (confidence, right)), colour in zip(
        axes[0], answers.items(), cycle(COLOURS), strict=False
    ):
        means, shares, weight, error = calibration_bins(confidence, right, bins)
        ax.plot([0, 1], [0, 1], color=GREY, linewidth=1, linestyle="--")
        full = weight > 0
        ax.vlines(means[full], shares[full], means[full], color=colour, alpha=0.5, linewidth=4)
        ax.scatter(means[full], shares[full], 20 + 300 * weight[full], color=colour, zorder=3)
        ax.set(title=f"{name}\nerror {100 * error:.1f} %", xlim=(0, 1.03), ylim=(0, 1.03))
        ax.set_xlabel("claimed probability")
        ax.grid(True)
    axes[0, 0].set_ylabel("share right")
    return figure


@themed
def smallest_margin(
    runs: Mapping[str, ArrayLike], *, title: str, steps: ArrayLike, margin: float = 1.0
) -> Figure:
    """How far the worst image leads, step by step; mean of the seeds, their spread as a band.

    runs: name -> (S, T) for S seeds at T places; steps: (T,).
    """
    figure, axes = new_figure(width=6.6, height=3.4)
    ax = axes[0, 0]
    for (name, each), colour, line in zip(runs.items(), cycle(COLOURS), cycle(LINES), strict=False):
        each = np.asarray(each, dtype=float)
        mean, spread = each.mean(axis=0), each.std(axis=0, ddof=1)
        ax.plot(steps, mean, color=colour, linestyle=line, label=name)
        ax.fill_between(steps, mean - spread, mean + spread, color=colour, alpha=0.25, linewidth=0)
    ax.axhline(margin, color="black", linewidth=1, linestyle=":", label=f"margin {margin:g}")
    ax.set(title=title, xlabel="step", ylabel="smallest lead of all images", xscale="log")
    ax.grid(True)
    legend(ax)
    return figure


@themed
def score_map(image: ArrayLike, scores: ArrayLike, classes: Sequence[str], *, title: str) -> Figure:
    """A wide picture, and below it the score of some classes at each place of the sliding head.

    image (H, W). scores (K, P): K classes at P places from left to right. classes: K names.
    """
    scores = np.asarray(scores, dtype=float)
    figure, axes = new_figure(2, 1, width=6.6, height=4.6, title=title, height_ratios=[1, 1.1])
    picture, below = axes[:, 0]
    picture.imshow(np.asarray(image), cmap="gray", vmin=0, vmax=1)
    picture.set_axis_off()
    winners = {int(k) for k in scores.argmax(axis=0)[[0, -1]]}
    for k, line in zip(sorted(winners), cycle(LINES), strict=False):
        below.plot(scores[k], color=COLOURS[k % len(COLOURS)], linestyle=line, label=classes[k])
    others = np.delete(scores, sorted(winners), axis=0)
    below.plot(others.T, color=GREY, linewidth=0.7, alpha=0.6)
    below.set(xlabel="place of the head, from left to right", ylabel="score")
    below.grid(True)
    legend(below)
    return figure
