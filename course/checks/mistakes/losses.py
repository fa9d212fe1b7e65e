"""Wrong softmax, cross-entropy and hinge losses, and fully connected layers wrongly folded."""

# ruff: noqa: ARG005 - a wrong answer keeps the right signature, used or not

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._losses import cross_entropy_loss, fc_as_conv, hinge_loss, softmax
from ..task import Misconception

Array = np.ndarray[Any, Any]
Pair = tuple[float, Array]


def _naive(scores: Array) -> Array:
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(scores)
        return np.asarray(e / e.sum(axis=1, keepdims=True))


def _one_maximum(scores: Array) -> Array:
    with np.errstate(invalid="ignore"):
        e = np.exp(scores - scores.max())
        return np.asarray(e / e.sum(axis=1, keepdims=True))


def _shifted(scores: Array) -> Array:
    return np.asarray(np.exp(scores - scores.max(axis=1, keepdims=True)))


def _linear_shares(scores: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(scores / scores.sum(axis=1, keepdims=True))


def _sigmoid(scores: Array) -> Array:
    small = np.exp(-np.abs(scores))
    return np.asarray(np.where(scores >= 0, 1 / (1 + small), small / (1 + small)))


SOFTMAX = (
    Misconception(
        "no-maximum",
        _naive,
        "A score of 1000 overflows: exp(1000) is infinite, and infinity divided by infinity is no "
        "number. What may be taken from all scores of a row without changing any probability?",
    ),
    Misconception(
        "one-maximum-for-all",
        _one_maximum,
        "You take one maximum for the whole batch. Where a row's own scores lie far below it, all "
        "its exponentials are 0, and you divide by 0. Each row needs its own.",
    ),
    Misconception(
        "down-the-batch",
        lambda scores: _shifted(scores) / _shifted(scores).sum(axis=0),
        "The columns add up to something fixed, not the rows. The classes of one image compete, "
        "not the images of one class.",
    ),
    Misconception(
        "over-everything",
        lambda scores: _shifted(scores) / _shifted(scores).sum(),
        "All numbers together add up to 1. Each image has probabilities of its own.",
    ),
    Misconception(
        "not-divided",
        _shifted,
        "The exponentials are there, but no row adds up to 1.",
    ),
    Misconception(
        "no-exponential",
        _linear_shares,
        "You divide the scores by their sum. With negative scores that gives shares below 0: what "
        "makes every score positive and keeps their order?",
    ),
    Misconception(
        "sigmoids",
        _sigmoid,
        "Each score has gone through a sigmoid by itself. In softmax a class can only win what "
        "the others lose.",
    ),
    Misconception(
        "logarithms",
        lambda scores: (
            (scores - scores.max(axis=1, keepdims=True))
            - np.log(_shifted(scores).sum(axis=1, keepdims=True))
        ),
        "These are the logarithms of the probabilities.",
    ),
    Misconception(
        "winner-takes-all",
        lambda scores: np.eye(scores.shape[1], dtype=scores.dtype)[scores.argmax(axis=1)],
        "The largest score gets everything. Soft means that the others keep something.",
    ),
)


def _entropy(change: Callable[[float, Array, Array, Array], Pair]) -> Callable[..., Pair]:
    """The right loss and gradient, then changed: change(loss, dscores, scores, y)."""
    return lambda scores, y: change(*cross_entropy_loss(scores, y), scores, y)


def _one_hot(scores: Array, y: Array) -> Array:
    return np.eye(scores.shape[1], dtype=scores.dtype)[y]


def _log_of_softmax(scores: Array, y: Array) -> Pair:
    with np.errstate(divide="ignore"):
        loss = -np.log(softmax(scores)[np.arange(len(y)), y]).mean()
    return float(loss), cross_entropy_loss(scores, y)[1]


def _naive_entropy(scores: Array, y: Array) -> Pair:
    p, rows = _naive(scores), np.arange(len(y))
    with np.errstate(divide="ignore", invalid="ignore"):
        loss = -np.log(p[rows, y]).mean()
    return float(loss), np.asarray((p - _one_hot(scores, y)) / len(y), dtype=scores.dtype)


CROSS_ENTROPY = (
    Misconception(
        "overflow",
        _naive_entropy,
        "Large scores overflow in exp. Take the largest score of each row away first: the "
        "probabilities stay the same.",
    ),
    Misconception(
        "log-of-zero",
        _log_of_softmax,
        "Where the right class lies far below, its probability is rounded to 0 and the loss is "
        "infinite. The loss is a difference of scores and a logarithm of a sum: compute that.",
    ),
    Misconception(
        "sum",
        _entropy(lambda loss, d, s, y: (loss * len(y), d * len(y))),
        "Loss and gradient are added up over the images. The mean keeps both the same size "
        "whatever the batch.",
    ),
    Misconception(
        "gradient-not-averaged",
        _entropy(lambda loss, d, s, y: (loss, d * len(y))),
        "The loss is a mean over the images, the gradient is not: every loss of the batch counts "
        "only in part.",
    ),
    Misconception(
        "gradient-alone-averaged",
        _entropy(lambda loss, d, s, y: (loss * len(y), d)),
        "The gradient is that of the mean, but the loss is the sum over the images.",
    ),
    Misconception(
        "sign",
        _entropy(lambda loss, d, s, y: (-loss, d)),
        "The loss is below 0. A probability is at most 1: which sign has its logarithm?",
    ),
    Misconception(
        "one-not-subtracted",
        _entropy(lambda loss, d, s, y: (loss, softmax(s) / s.dtype.type(len(y)))),
        "The gradient is positive for the right class too, so its score would be pushed down. "
        "Derive the case k = y once more.",
    ),
    Misconception(
        "gradient-sign",
        _entropy(lambda loss, d, s, y: (loss, -d)),
        "The gradient has the wrong sign: it must point to where the loss grows.",
    ),
    Misconception(
        "per-class",
        _entropy(lambda loss, d, s, y: (loss / s.shape[1], d / s.shape[1])),
        "You divide by the number of classes as well. Each image counts one logarithm only, that "
        "of its right class.",
    ),
    Misconception(
        "log2",
        _entropy(lambda loss, d, s, y: (loss / float(np.log(2)), d)),
        "The logarithm has base 2. The gradient p - 1 belongs to the natural one.",
    ),
    Misconception(
        "predicted-class",
        lambda scores, y: cross_entropy_loss(scores, scores.argmax(axis=1)),
        "You look at the class with the largest score, not at the label: such a loss rewards "
        "whatever the network thinks.",
    ),
    Misconception(
        "squared",
        _entropy(
            lambda loss, d, s, y: (
                float(((softmax(s) - _one_hot(s, y)) ** 2).sum(axis=1).mean()),
                d,
            )
        ),
        "That is the squared distance to the one-hot vector. Cross-entropy takes the logarithm of "
        "one probability.",
    ),
)


def _hinge(
    loss: Callable[[Array], Array] = lambda excess: np.maximum(excess, 0).sum(axis=1),
    slope: Callable[[Array], Array] = lambda excess: excess > 0,
    *,
    margin_of: Callable[[float], float] = lambda margin: margin,
) -> Callable[..., Pair]:
    """A hinge loss of each row's excesses, with the gradient that `slope` of them gives."""

    def wrong(scores: Array, y: Array, margin: float = 1.0) -> Pair:
        rows = np.arange(len(y))
        excess = scores - scores[rows, y][:, None] + scores.dtype.type(margin_of(margin))
        excess[rows, y] = 0
        dscores = np.asarray(slope(excess), dtype=scores.dtype)
        dscores[rows, y] = 0
        dscores[rows, y] = -dscores.sum(axis=1)
        return float(loss(excess).mean()), dscores / scores.dtype.type(len(y))

    return wrong


def _changed(change: Callable[[float, Array, Array, Array, float], Pair]) -> Callable[..., Pair]:
    """The right loss and gradient, then changed: change(loss, dscores, scores, y, margin)."""
    return lambda scores, y, margin=1.0: change(*hinge_loss(scores, y, margin), scores, y, margin)


def _right_class(dscores: Array, y: Array, value: Callable[[Array], Array]) -> Array:
    rows = np.arange(len(y))
    dscores = dscores.copy()
    dscores[rows, y] = value(dscores[rows, y])
    return dscores


def _worst(excess: Array) -> Array:
    worst = np.zeros_like(excess)
    worst[np.arange(len(excess)), excess.argmax(axis=1)] = 1
    return worst * (excess > 0)


HINGE = (
    Misconception(
        "right-class-counted",
        _changed(lambda loss, d, s, y, m: (loss + m, d)),
        "Every image costs a whole margin too much. For which class is the difference to the right "
        "class always 0, and should not be counted?",
    ),
    Misconception(
        "sum",
        _changed(lambda loss, d, s, y, m: (loss * len(y), d * len(y))),
        "Loss and gradient are added up over the images; take the mean of both.",
    ),
    Misconception(
        "gradient-not-averaged",
        _changed(lambda loss, d, s, y, m: (loss, d * len(y))),
        "The loss is a mean over the images, the gradient is not.",
    ),
    Misconception(
        "per-class",
        _changed(lambda loss, d, s, y, m: (loss / s.shape[1], d / s.shape[1])),
        "You divide by the number of classes as well. PyTorch's MultiMarginLoss does that; the "
        "formula above does not.",
    ),
    Misconception(
        "margin-fixed",
        _hinge(margin_of=lambda margin: 1.0),
        "The margin is always 1 in your function: the argument has no effect.",
    ),
    Misconception(
        "no-margin",
        _hinge(margin_of=lambda margin: 0.0),
        "You only count classes that have more than the right one. The right one shall lead by a "
        "margin.",
    ),
    Misconception(
        "margin-subtracted",
        _hinge(margin_of=lambda margin: -margin),
        "The margin has the wrong sign: a wrong class is let ahead by it.",
    ),
    Misconception(
        "worst-class-only",
        _hinge(lambda excess: np.maximum(excess, 0).max(axis=1), _worst),
        "You count only the class that comes nearest. That is a good loss too, another one: here "
        "all classes that are too near are added up.",
    ),
    Misconception(
        "squared",
        _hinge(lambda excess: (np.maximum(excess, 0) ** 2).sum(axis=1), lambda e: np.maximum(e, 0)),
        "The excesses are squared. Here each counts as it is.",
    ),
    Misconception(
        "slope-with-size",
        _hinge(slope=lambda excess: np.maximum(excess, 0)),
        "Your gradient grows with the excess. How steep is max(0, z) above 0?",
    ),
    Misconception(
        "right-class-without-gradient",
        _changed(lambda loss, d, s, y, m: (loss, _right_class(d, y, lambda old: 0 * old))),
        "The right class has no gradient. Its score stands in every term: raise it, and all of "
        "them sink.",
    ),
    Misconception(
        "right-class-once",
        _changed(
            lambda loss, d, s, y, m: (
                loss,
                _right_class(d, y, lambda old: -(old < 0).astype(d.dtype) / d.dtype.type(len(y))),
            )
        ),
        "The right class is pulled up once. Its score stands in the term of every class that is "
        "too near.",
    ),
    Misconception(
        "satisfied-counted",
        _hinge(lambda excess: excess.sum(axis=1), lambda excess: np.ones_like(excess)),
        "Classes that are far enough away are counted as well, below 0. What does max(0, ...) do "
        "with them?",
    ),
    Misconception(
        "gradient-sign",
        _changed(lambda loss, d, s, y, m: (loss, -d)),
        "The gradient has the wrong sign: it must point to where the loss grows.",
    ),
)

FOLDED = (
    Misconception(
        "channels-last",
        lambda weight, channels, height, width: np.ascontiguousarray(
            weight.reshape(-1, height, width, channels).transpose(0, 3, 1, 2)
        ),
        "You unfold as if the channels came last in a flattened image. Here a whole channel comes "
        "before the next one: (C, H, W).",
    ),
    Misconception(
        "width-before-height",
        lambda weight, channels, height, width: np.ascontiguousarray(
            weight.reshape(-1, channels, width, height).transpose(0, 1, 3, 2)
        ),
        "Rows and columns have changed places. In a flattened image, a row's pixels stand beside "
        "each other.",
    ),
    Misconception(
        "turned-round",
        lambda weight, channels, height, width: fc_as_conv(weight, channels, height, width)[
            :, :, ::-1, ::-1
        ].copy(),
        "The filters are turned round. That is needed for the convolution of mathematics; a "
        "convolution layer slides its filter as it is.",
    ),
    Misconception(
        "flat",
        lambda weight, channels, height, width: weight.copy(),
        "The weights are still flat. A filter has a channel axis, rows and columns.",
    ),
    Misconception(
        "transposed",
        lambda weight, channels, height, width: weight.T.reshape(-1, channels, height, width),
        "The weights of different units are mixed. Row k of weight becomes filter k.",
    ),
    Misconception(
        "columns-first",
        lambda weight, channels, height, width: np.reshape(
            weight, (-1, channels, height, width), order="F"
        ),
        "The numbers are read in Fortran's order. A flattened image is read row by row.",
    ),
    Misconception(
        "averaged",
        lambda weight, channels, height, width: (
            fc_as_conv(weight, channels, height, width) / weight.dtype.type(height * width)
        ),
        "You divide by the number of places. The layer sums; the convolution sums as well.",
    ),
    Misconception(
        "channels-before-filters",
        lambda weight, channels, height, width: np.ascontiguousarray(
            fc_as_conv(weight, channels, height, width).transpose(1, 0, 2, 3)
        ),
        "The first axis must count the filters, one for each unit, and the second the channels.",
    ),
)
