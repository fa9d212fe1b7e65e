"""Losses: one number for how wrong a batch of outputs is, and its gradient by them."""

from __future__ import annotations

import numpy as np

from ._arguments import Array, expect_shape


def softmax(scores: Array) -> Array:
    """Turn scores into probabilities along the last axis: positive, and 1 in sum.

    p[n, k] = exp(scores[n, k]) / sum_j exp(scores[n, j])

    A number taken from all scores of a row cancels out; the largest one keeps exp from overflow.
    """
    e = np.exp(scores - scores.max(axis=-1, keepdims=True, initial=-np.inf))
    return np.asarray(e / e.sum(axis=-1, keepdims=True))


def cross_entropy_loss(scores: Array, y: Array) -> tuple[float, Array]:
    """Average negative log-probability that softmax gives to the right class.

    loss = -1/N sum_n log p[n, y[n]],   p = softmax(scores)
    dscores[n, k] = (p[n, k] - [k = y[n]]) / N

    scores   (N, K)  any real numbers
    y        (N,)    the right classes, whole numbers from 0 to K - 1
    returns  loss, dscores (N, K);  of an empty batch: NaN, as the mean of nothing

    Raises ValueError where a label is no class.
    """
    y = _expect_labels(scores, y)
    rows, n = np.arange(len(y)), len(y)
    if n == 0:
        return float("nan"), np.zeros_like(scores)
    shifted = scores - scores.max(axis=1, keepdims=True)
    e = np.exp(shifted)
    total = e.sum(axis=1, keepdims=True)
    loss = np.log(total[:, 0]) - shifted[rows, y]  # never the log of a rounded 0
    dscores = e / total
    dscores[rows, y] -= 1
    dscores /= n
    return float(loss.mean()), dscores


def hinge_loss(scores: Array, y: Array, margin: float = 1.0) -> tuple[float, Array]:
    """Average of what wrong classes come too near the right one: the multiclass SVM's loss.

    loss = 1/N sum_n sum_{k != y[n]} max(0, scores[n, k] - scores[n, y[n]] + margin)
    dscores[n, k] = 1/N where class k is too near, and -(number of those)/N for the right class

    Shapes as in `cross_entropy_loss`. PyTorch's MultiMarginLoss also divides by K.

    Source: Weston and Watkins, 1999.
    """
    y = _expect_labels(scores, y)
    rows, n = np.arange(len(y)), len(y)
    if n == 0:
        return float("nan"), np.zeros_like(scores)
    excess = scores - scores[rows, y][:, None] + scores.dtype.type(margin)
    excess[rows, y] = 0
    dscores = (excess > 0).astype(scores.dtype)
    dscores[rows, y] = -dscores.sum(axis=1)
    dscores /= n
    return float(np.maximum(excess, 0).sum(axis=1).mean()), dscores


def mse_loss(out: Array, target: Array) -> tuple[float, Array]:
    """Average squared difference over all elements.

    loss = 1/M sum (out - target)**2,   dout = 2/M (out - target),   M elements in all

    Raises ValueError where the shapes differ: broadcasting would hide a mistake.
    """
    if np.shape(out) != np.shape(target):
        raise ValueError(
            f"out has shape {np.shape(out)} but target has {np.shape(target)}: give both one shape"
        )
    difference = out - target
    if difference.size == 0:
        return float("nan"), difference
    return float((difference * difference).mean()), difference * (2 / difference.size)


def _expect_labels(scores: Array, y: Array) -> Array:
    """Return y as an array of class numbers that exist, or raise."""
    expect_shape(scores, "scores", "N K")
    y = np.asarray(y)
    if y.shape != scores.shape[:1]:
        raise ValueError(
            f"y has shape {y.shape} but scores has {len(scores)} rows: one class number a row, "
            f"shape ({len(scores)},), is needed"
        )
    if y.dtype.kind not in "iu":
        raise ValueError(
            f"y holds {y.dtype} values: class numbers are whole; use y.astype(np.int64)"
        )
    wrong = np.flatnonzero((y < 0) | (y >= scores.shape[1]))
    if wrong.size:
        raise ValueError(
            f"y[{wrong[0]}] is {y[wrong[0]]}, but scores has {scores.shape[1]} classes, "
            f"0 to {scores.shape[1] - 1}: check the labels, or the last layer's size"
        )
    return y
