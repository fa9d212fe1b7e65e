"""Losses: one number for how wrong a batch of scores is, and its gradient."""

from __future__ import annotations

import numpy as np

from ._arguments import Array, expect_shape


def softmax(scores: Array) -> Array:
    """Turn each row of scores into probabilities: exp(s_k) / sum_j exp(s_j)."""
    e = np.exp(scores - scores.max(axis=-1, keepdims=True, initial=-np.inf))
    return e / e.sum(axis=-1, keepdims=True)


def cross_entropy_loss(scores: Array, y: Array) -> tuple[float, Array]:
    """Mean negative log-probability of the right class."""
    expect_shape(scores, "scores", "N K")
    rows = np.arange(len(scores))
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dscores = np.exp(log_p)
    dscores[rows, y] -= 1
    return float(-log_p[rows, y].mean()), dscores / len(scores)
