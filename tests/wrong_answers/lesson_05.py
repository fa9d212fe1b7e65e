"""Lesson 05: losses and folded layers, wrong."""

import numpy as np

from . import wrong

ID = "softmax"


def _e(scores):
    return np.exp(scores - np.max(scores, axis=1)[:, None])


def _quiet(function):
    def wrapped(*args):
        with np.errstate(all="ignore"):
            return function(*args)

    return wrapped


def _sigmoid(s):
    e = np.exp(-abs(s))
    return np.where(s < 0, e, 1) / (1 + e)


for _cause, _function in {
    "no-maximum": _quiet(lambda s: np.exp(s) / np.exp(s).sum(axis=-1)[:, None]),
    "one-maximum-for-all": _quiet(
        lambda s: np.exp(s - s.max()) / np.exp(s - s.max()).sum(axis=1)[:, None]
    ),
    "down-the-batch": lambda s: _e(s) / np.sum(_e(s), axis=0, keepdims=True),
    "over-everything": lambda s: _e(s) / np.sum(_e(s)),
    "not-divided": lambda s: _e(s),
    "no-exponential": _quiet(lambda s: s / np.sum(s, axis=1)[:, None]),
    "sigmoids": _sigmoid,
    "winner-takes-all": lambda s: (np.arange(s.shape[1]) == s.argmax(axis=1)[:, None]) * 1.0,
    "not-divided ": lambda s: _e(s) / np.max(_e(s), axis=1)[:, None],
}.items():
    wrong(ID, _cause.strip())(_function)


@wrong(ID, "logarithms")
def _(scores):
    shifted = scores - scores.max(axis=1)[:, None]
    return shifted - np.log(np.exp(shifted).sum(axis=1))[:, None]


ID = "cross_entropy_loss"


def _entropy(scores, y):
    n = np.arange(len(y))
    log_p = np.log(np.sum(_e(scores), axis=1)[:, None])
    log_p = scores - scores.max(axis=1)[:, None] - log_p
    hot = np.zeros_like(scores)
    hot[n, y] = 1
    return log_p, hot, n, len(y)


def _changed(change):
    return lambda scores, y: change(*_entropy(scores, y), y)


@wrong(ID, "overflow")
def _(scores, y):
    with np.errstate(all="ignore"):
        p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        loss = -np.log(p[np.arange(len(y)), y]).mean()
    p[np.arange(len(y)), y] -= 1
    return loss, p / len(y)


@wrong(ID, "log-of-zero")
def _(scores, y):
    p = _e(scores) / _e(scores).sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore"):
        loss = -np.mean(np.log(p[np.arange(len(y)), y]))
    p[np.arange(len(y)), y] -= 1
    return loss, p / len(y)


for _cause, _function in {
    "sum": lambda lp, hot, n, N, y: (-lp[n, y].sum(), np.exp(lp) - hot),
    "gradient-not-averaged": lambda lp, hot, n, N, y: (-lp[n, y].mean(), np.exp(lp) - hot),
    "gradient-alone-averaged": lambda lp, hot, n, N, y: (-lp[n, y].sum(), (np.exp(lp) - hot) / N),
    "sign": lambda lp, hot, n, N, y: (lp[n, y].mean(), (np.exp(lp) - hot) / N),
    "one-not-subtracted": lambda lp, hot, n, N, y: (-lp[n, y].mean(), np.exp(lp) / N),
    "gradient-sign": lambda lp, hot, n, N, y: (-lp[n, y].mean(), (hot - np.exp(lp)) / N),
    "per-class": lambda lp, hot, n, N, y: (
        -lp[n, y].mean() / lp.shape[1],
        (np.exp(lp) - hot) / lp.size,
    ),
    "log2": lambda lp, hot, n, N, y: (-lp[n, y].mean() / np.log(2), (np.exp(lp) - hot) / N),
    "squared": lambda lp, hot, n, N, y: (
        ((np.exp(lp) - hot) ** 2).sum() / N,
        (np.exp(lp) - hot) / N,
    ),
}.items():
    wrong(ID, _cause)(_changed(_function))


@wrong(ID, "predicted-class")
def _(scores, y):
    y = np.argmax(scores, axis=1)
    log_p, hot, n, count = _entropy(scores, y)
    return -log_p[n, y].mean(), (np.exp(log_p) - hot) / count


ID = "hinge_loss"


def _near(scores, y, margin):
    n = np.arange(len(y))
    excess = np.maximum(scores - scores[n, y].reshape(-1, 1) + margin, 0)
    excess[n, y] = 0
    return excess, n


def _pulled(slopes, n, y):
    slopes = 1.0 * slopes
    slopes[n, y] = 0
    slopes[n, y] -= slopes.sum(axis=1)
    return slopes / len(y)


@wrong(ID, "right-class-counted")
def _(scores, y, margin=1.0):
    excess = np.maximum(scores - scores[np.arange(len(y)), y][:, None] + margin, 0)
    return excess.sum(axis=1).mean(), _pulled(excess > 0, np.arange(len(y)), y)


@wrong(ID, "worst-class-only")
def _(scores, y, margin=1.0):
    excess, n = _near(scores, y, margin)
    worst = np.zeros_like(excess)
    worst[n, excess.argmax(axis=1)] = excess.max(axis=1) > 0
    return excess.max(axis=1).mean(), _pulled(worst, n, y)


@wrong(ID, "right-class-without-gradient")
def _(scores, y, margin=1.0):
    excess, _n = _near(scores, y, margin)
    return excess.sum(axis=1).mean(), (excess > 0) / len(y)


@wrong(ID, "right-class-once")
def _(scores, y, margin=1.0):
    excess, n = _near(scores, y, margin)
    slopes = (excess > 0) * 1.0
    slopes[n, y] = -1.0 * (excess.sum(axis=1) > 0)
    return excess.sum(axis=1).mean(), slopes / len(y)


@wrong(ID, "satisfied-counted")
def _(scores, y, margin=1.0):
    n = np.arange(len(y))
    excess = scores - scores[n, y][:, None] + margin
    excess[n, y] = 0
    return excess.sum(axis=1).mean(), _pulled(np.ones(scores.shape), n, y)


def _hinge(change):
    def function(scores, y, margin=1.0):
        excess, n = _near(scores, y, margin)
        return change(excess.sum(axis=1).mean(), _pulled(excess > 0, n, y), excess, n, y, margin)

    return function


for _cause, _change in {
    "sum": lambda loss, d, e, n, y, m: (e.sum(), d * len(y)),
    "gradient-not-averaged": lambda loss, d, e, n, y, m: (loss, d * len(y)),
    "per-class": lambda loss, d, e, n, y, m: (e.mean(), d / e.shape[1]),
    "squared": lambda loss, d, e, n, y, m: ((e**2).sum(axis=1).mean(), _pulled(e, n, y)),
    "slope-with-size": lambda loss, d, e, n, y, m: (loss, _pulled(e, n, y)),
    "gradient-sign": lambda loss, d, e, n, y, m: (loss, -d),
}.items():
    wrong(ID, _cause)(_hinge(_change))
for _cause, _margin in {
    "margin-fixed": lambda m: 1.0,
    "no-margin": lambda m: 0.0,
    "margin-subtracted": lambda m: -m,
}.items():

    @wrong(ID, _cause)
    def _(scores, y, margin=1.0, _margin=_margin):
        excess, n = _near(scores, y, _margin(margin))
        return excess.sum(axis=1).mean(), _pulled(excess > 0, n, y)


ID = "fc_as_conv"
for _cause, _function in {
    "channels-last": lambda w, c, h, v: np.moveaxis(w.reshape(len(w), h, v, c), 3, 1).copy(),
    "width-before-height": lambda w, c, h, v: w.reshape(len(w), c, v, h).swapaxes(2, 3).copy(),
    "turned-round": lambda w, c, h, v: np.flip(w.reshape(len(w), c, h, v), (2, 3)).copy(),
    "flat": lambda w, c, h, v: 1 * w,
    "transposed": lambda w, c, h, v: w.T.reshape(len(w), c, h, v),
    "columns-first": lambda w, c, h, v: np.reshape(w, (len(w), c, h, v), "F"),
    "averaged": lambda w, c, h, v: w.reshape(len(w), c, h, v) / (h * v),
    "channels-before-filters": lambda w, c, h, v: w.reshape(len(w), c, h, v).swapaxes(0, 1).copy(),
}.items():
    wrong(ID, _cause)(_function)
for _id, _answers in {
    "question_satisfied": "acd",
    "question_shift": "abc",
    "question_first_loss": (10, 2, 1, 0),
    "question_temperature": "acd",
}.items():
    for _answer in _answers:
        wrong(_id, f"answer-{_answer}")(lambda _answer=_answer: _answer)
