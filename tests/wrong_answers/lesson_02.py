"""Lesson 02: gradients, linear layers, steps and minibatches, wrong."""

import numpy as np

from . import wrong

ID = "numerical_gradient"


def _slopes(x, one):
    return np.array([one(index) for index in np.ndindex(x.shape)]).reshape(x.shape)


def _at(x, index, by):
    moved = x.copy()
    moved[index] = moved[index] + by
    return moved


@wrong(ID, "forward-only")
def _(f, x, eps=1e-5):
    return _slopes(x, lambda i: (f(_at(x, i, eps)) - f(x)) / eps)


@wrong(ID, "backward-only")
def _(f, x, eps=1e-5):
    return _slopes(x, lambda i: (f(x) - f(_at(x, i, -eps))) / eps)


@wrong(ID, "half-the-width")
def _(f, x, eps=1e-5):
    return _slopes(x, lambda i: (f(_at(x, i, eps)) - f(_at(x, i, -eps))) / eps)


@wrong(ID, "not-divided")
def _(f, x, eps=1e-5):
    return _slopes(x, lambda i: f(_at(x, i, eps)) - f(_at(x, i, -eps)))


@wrong(ID, "sign")
def _(f, x, eps=1e-5):
    return _slopes(x, lambda i: (f(_at(x, i, -eps)) - f(_at(x, i, eps))) / (2 * eps))


@wrong(ID, "all-at-once")
def _(f, x, eps=1e-5):
    return np.ones(x.shape) * (f(x + eps) - f(x - eps)) / (2 * eps)


@wrong(ID, "eps-ignored")
def _(f, x, eps=1e-5):
    return _slopes(x, lambda i: (f(_at(x, i, 1e-3)) - f(_at(x, i, -1e-3))) / 2e-3)


ID = "linear_forward"
for _cause, _function in {
    "no-bias": lambda x, weight, bias: np.dot(x, weight.T),
    "not-transposed": lambda x, weight, bias: np.dot(x, weight) + bias,
    "bias-subtracted": lambda x, weight, bias: np.dot(x, weight.T) - bias,
    "mean": lambda x, weight, bias: (x[:, None] * weight).mean(axis=2) + bias,
    "outputs-first": lambda x, weight, bias: weight @ x.T + bias[:, None],
    "one-bias": lambda x, weight, bias: np.dot(x, weight.T) + np.sum(bias),
    "bias-scaled": lambda x, weight, bias: (x[:, None] * weight + bias[:, None]).sum(2),
}.items():
    wrong(ID, _cause)(_function)

ID = "linear_backward"
for _cause, _function in {
    "bias-not-summed": lambda dout, x, weight: (dout.dot(weight), dout.T.dot(x), 1 * dout),
    "bias-mean": lambda dout, x, weight: (dout.dot(weight), dout.T.dot(x), np.mean(dout, 0)),
    "bias-wrong-axis": lambda dout, x, weight: (dout.dot(weight), dout.T.dot(x), dout.sum(-1)),
    "bias-forgotten": lambda dout, x, weight: (dout.dot(weight), dout.T.dot(x), 0 * dout[0]),
    "weight-mean": lambda dout, x, weight: (dout @ weight, (dout / len(x)).T @ x, dout.sum(0)),
    "weight-transposed": lambda dout, x, weight: (dout @ weight, (dout.T @ x).T, dout.sum(0)),
    "order": lambda dout, x, weight: (dout.T.dot(x), dout.dot(weight), dout.sum(0)),
}.items():
    wrong(ID, _cause)(_function)

ID = "sgd_momentum_step"
for _cause, _function in {
    "uphill": lambda w, g, v, lr, m: (w + lr * (g + m * v), g + m * v),
    "no-momentum": lambda w, g, v, lr, m: (w - g * lr, 1 * g),
    "old-velocity": lambda w, g, v, lr, m: (w - v * lr, g + v * m),
    "averaged": lambda w, g, v, lr, m: (w - lr * (g + m * (v - g)), g + m * (v - g)),
    "rate-in-velocity": lambda w, g, v, lr, m: (w - lr * g - m * v, lr * g + m * v),
    "nesterov": lambda w, g, v, lr, m: (w - lr * (g + m * g + m * m * v), g + m * v),
    "no-rate": lambda w, g, v, lr, m: (w - g - m * v, g + m * v),
}.items():
    wrong(ID, _cause)(_function)

ID = "minibatches"


def _dealt(order, size):
    return [order[i : i + size] for i in range(0, len(order), size)]


for _cause, _function in {
    "not-shuffled": lambda n, size, rng: _dealt(np.array(range(n)), size),
    "last-dropped": lambda n, size, rng: list(
        rng.permutation(n)[: n // size * size].reshape(-1, size)
    ),
    "one-short": lambda n, size, rng: _dealt(rng.permutation(np.arange(n - 1)), size),
    "from-one": lambda n, size, rng: _dealt(rng.permutation(np.arange(1, n + 1)), size),
    "all-at-once": lambda n, size, rng: [rng.permutation(np.arange(n))],
    "with-replacement": lambda n, size, rng: _dealt(rng.choice(n // 2, n), size),
    "number-of-batches": lambda n, size, rng: np.array_split(
        rng.permutation(np.arange(n)), min(size, n)
    ),
}.items():
    wrong(ID, _cause)(_function)
for _id, _answers in {
    "question_max_gate": "acd",
    "question_stable_rate": "abd",
    "question_steps": (22, 1437, 64),
}.items():
    for _answer in _answers:
        wrong(_id, f"answer-{_answer}")(lambda _answer=_answer: _answer)
