"""Lesson 05, right."""

import math

import numpy as np

from . import right

ID = "softmax"


@right(ID, "maximum taken away")
def _(scores):
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


@right(ID, "row by row")
def _(scores):
    out = np.empty_like(scores)
    for n, row in enumerate(scores):
        e = np.exp(row - max(row))
        out[n] = e / sum(e)
    return out


@right(ID, "differences of all pairs")
def _(scores):
    with np.errstate(over="ignore"):
        return 1 / np.exp(scores[:, None, :] - scores[:, :, None]).sum(axis=2)


@right(ID, "one common shift of log-sum-exp")
def _(scores):
    top = scores.max(1)[:, None]
    return np.exp(scores - top - np.log(np.exp(scores - top).sum(1))[:, None])


ID = "cross_entropy_loss"


@right(ID, "log of the sum")
def _(scores, y):
    rows = np.arange(len(y))
    shifted = scores - scores.max(axis=1, keepdims=True)
    e = np.exp(shifted)
    total = e.sum(axis=1)
    dscores = e / total[:, None]
    dscores[rows, y] -= 1
    return (np.log(total) - shifted[rows, y]).mean(), dscores / len(y)


@right(ID, "one-hot")
def _(scores, y):
    hot = np.eye(scores.shape[1], dtype=scores.dtype)[y]
    top = scores.max(axis=1, keepdims=True)
    log_p = scores - top - np.log(np.exp(scores - top).sum(axis=1, keepdims=True))
    return float(-(np.where(hot > 0, log_p, 0)).sum() / len(y)), (np.exp(log_p) - hot) / len(y)


@right(ID, "loops")
def _(scores, y):
    loss, dscores = 0.0, np.zeros(scores.shape)
    for n, row in enumerate(scores):
        e = [math.exp(s - max(row)) for s in row]
        loss += math.log(sum(e)) - (row[y[n]] - max(row))
        for k in range(len(row)):
            dscores[n, k] = (e[k] / sum(e) - (k == y[n])) / len(y)
    return loss / len(y), dscores


ID = "hinge_loss"


@right(ID, "excess set to zero")
def _(scores, y, margin=1.0):
    rows = np.arange(len(y))
    excess = np.maximum(0, scores - scores[rows, y][:, None] + margin)
    excess[rows, y] = 0
    dscores = (excess > 0).astype(scores.dtype)
    dscores[rows, y] = -dscores.sum(axis=1)
    return excess.sum() / len(y), dscores / len(y)


@right(ID, "loops")
def _(scores, y, margin=1.0):
    loss, dscores = 0.0, np.zeros_like(scores)
    for n in range(len(y)):
        for k in range(scores.shape[1]):
            excess = scores[n, k] - scores[n, y[n]] + margin
            if k != y[n] and excess > 0:
                loss += excess / len(y)
                dscores[n, k] += 1 / len(y)
                dscores[n, y[n]] -= 1 / len(y)
    return loss, dscores


@right(ID, "margin taken off again")
def _(scores, y, margin=1.0):
    hot = np.eye(scores.shape[1], dtype=scores.dtype)[y]
    excess = scores - (scores * hot).sum(axis=1, keepdims=True) + margin
    near = (excess > 0) * (1 - hot)
    loss = (near * excess).sum(axis=1).mean()
    return loss, (near - hot * near.sum(axis=1, keepdims=True)) / len(y)


ID = "fc_as_conv"


@right(ID, "reshape")
def _(weight, channels, height, width):
    return weight.reshape(-1, channels, height, width)


@right(ID, "row by row")
def _(weight, channels, height, width):
    return np.stack([row.reshape(channels, height, width) for row in weight])


@right(ID, "loops")
def _(weight, channels, height, width):
    filters = np.zeros((len(weight), channels, height, width), dtype=weight.dtype)
    for c in range(channels):
        for i in range(height):
            for j in range(width):
                filters[:, c, i, j] = weight[:, (c * height + i) * width + j]
    return filters


right("question_satisfied", "letter")(lambda: "b")
right("question_shift", "capital")(lambda: "D")
right("question_first_loss", "number")(lambda: 9)
right("question_temperature", "letter")(lambda: "b")
