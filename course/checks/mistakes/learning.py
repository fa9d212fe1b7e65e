"""Wrong gradients, linear layers, steps and minibatches."""

# ruff: noqa: ARG005 - a wrong answer keeps the right signature, used or not

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..task import Misconception

Array = np.ndarray[Any, Any]
Function = Callable[[Array], float]


def _each(x: Array, slope: Callable[[Array, tuple[int, ...]], float]) -> Array:
    """slope(x, index) at every index of x."""
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        grad[index] = slope(x, index)
    return grad


def _moved(f: Function, x: Array, index: tuple[int, ...], by: float) -> float:
    x = x.copy()
    x[index] += by
    return float(f(x))


def _all_moved(f: Function, x: Array, eps: float) -> Array:
    return np.full_like(x, (float(f(x + eps)) - float(f(x - eps))) / (2 * eps))


def _never_back(f: Function, x: Array, eps: float) -> Array:
    x, grad = x.copy(), np.zeros_like(x)
    for index in np.ndindex(x.shape):
        x[index] += eps
        up = float(f(x))
        x[index] -= 2 * eps
        grad[index] = (up - float(f(x))) / (2 * eps)
    return grad


def _difference(f: Function, x: Array, eps: float, by: float) -> Array:
    return _each(x, lambda a, i: (_moved(f, a, i, eps) - _moved(f, a, i, -eps)) / by)


NUMERICAL = (
    Misconception(
        "forward-only",
        lambda f, x, eps=1e-5: _each(x, lambda a, i: (_moved(f, a, i, eps) - float(f(a))) / eps),
        "You step to one side only. That error shrinks with eps; a step to both sides makes it "
        "shrink with eps squared.",
    ),
    Misconception(
        "backward-only",
        lambda f, x, eps=1e-5: _each(x, lambda a, i: (float(f(a)) - _moved(f, a, i, -eps)) / eps),
        "You step only to the left. Look at both sides of x: the errors of the two cancel.",
    ),
    Misconception(
        "half-the-width",
        lambda f, x, eps=1e-5: _difference(f, x, eps, eps),
        "Every slope is twice too large. How far apart are the two places where you call f?",
    ),
    Misconception(
        "not-divided",
        lambda f, x, eps=1e-5: _difference(f, x, eps, 1.0),
        "You return how much f changes, not how much per unit of x: a division is missing.",
    ),
    Misconception(
        "sign",
        lambda f, x, eps=1e-5: _difference(f, x, eps, -2 * eps),
        "Every sign is turned round. Where f rises to the right, its slope is positive.",
    ),
    Misconception(
        "all-at-once",
        lambda f, x, eps=1e-5: _all_moved(f, x, eps),
        "All numbers of x move together, so you get the sum of all slopes. A partial derivative "
        "moves one number and holds the others still.",
    ),
    Misconception(
        "not-put-back",
        lambda f, x, eps=1e-5: _never_back(f, x, eps),
        "A number that you have moved is not put back before the next one has its turn.",
    ),
    Misconception(
        "eps-ignored",
        lambda f, x, eps=1e-5: _difference(f, x, 1e-3, 2e-3),
        "The step size is fixed inside your function: the argument eps has no effect.",
    ),
)

FORWARD = (
    Misconception("no-bias", lambda x, weight, bias: x @ weight.T, "The bias is missing."),
    Misconception(
        "not-transposed",
        lambda x, weight, bias: x @ weight + bias,
        "Row k of weight belongs to output k. In x @ weight the columns play that part.",
    ),
    Misconception(
        "bias-subtracted",
        lambda x, weight, bias: x @ weight.T - bias,
        "You subtract the bias; look at its sign in the formula.",
    ),
    Misconception(
        "mean",
        lambda x, weight, bias: x @ weight.T / x.shape[1] + bias,
        "The products are averaged over the inputs. A linear layer adds them up.",
    ),
    Misconception(
        "outputs-first",
        lambda x, weight, bias: (x @ weight.T + bias).T,
        "The numbers are right, but the axes have changed places: samples come first.",
    ),
    Misconception(
        "bias-scaled",
        lambda x, weight, bias: x @ weight.T + x.shape[1] * bias,
        "The bias is counted once for every input. It joins the finished sum once.",
    ),
    Misconception(
        "one-bias",
        lambda x, weight, bias: x @ weight.T + bias.sum(),
        "Every output gets the sum of all biases. Output k has a bias of its own.",
    ),
)

BACKWARD = (
    Misconception(
        "bias-not-summed",
        lambda dout, x, weight: (dout @ weight, dout.T @ x, dout),
        "dbias has a row for each sample. The one bias serves all samples: what happens to the "
        "gradients where one value was used many times?",
    ),
    Misconception(
        "bias-mean",
        lambda dout, x, weight: (dout @ weight, dout.T @ x, dout.mean(axis=0)),
        "dbias is averaged over the batch. If the loss takes a mean, its 1/N is already in dout.",
    ),
    Misconception(
        "bias-wrong-axis",
        lambda dout, x, weight: (dout @ weight, dout.T @ x, dout.sum(axis=1)),
        "dbias is added up over the outputs. It must have the shape of bias, (K,).",
    ),
    Misconception(
        "bias-forgotten",
        lambda dout, x, weight: (dout @ weight, dout.T @ x, np.zeros_like(dout[0])),
        "dbias is zero: raise a bias a little. Does the output not change?",
    ),
    Misconception(
        "weight-mean",
        lambda dout, x, weight: (dout @ weight, dout.T @ x / len(x), dout.sum(axis=0)),
        "dweight is divided by the number of samples. If the loss takes a mean, its 1/N is "
        "already in dout.",
    ),
    Misconception(
        "weight-transposed",
        lambda dout, x, weight: (dout @ weight, x.T @ dout, dout.sum(axis=0)),
        "dweight lies on its side. A gradient always has the shape of its array: here (K, D).",
    ),
    Misconception(
        "dx-transposed",
        lambda dout, x, weight: (dout @ weight.T, dout.T @ x, dout.sum(axis=0)),
        "In dx the weight is turned the wrong way. Forward it was transposed; ask which axes of "
        "dout and weight must meet so that (N, D) is left.",
    ),
    Misconception(
        "order",
        lambda dout, x, weight: (dout.T @ x, dout @ weight, dout.sum(axis=0)),
        "dx and dweight have changed places.",
    ),
)


def _velocity(grad: Array, velocity: Array, momentum: float) -> Array:
    return np.asarray(momentum * velocity + grad)


STEP = (
    Misconception(
        "uphill",
        lambda w, g, v, lr, m: (w + lr * _velocity(g, v, m), _velocity(g, v, m)),
        "This step climbs. The gradient points to where the loss grows.",
    ),
    Misconception(
        "no-momentum",
        lambda w, g, v, lr, m: (w - lr * g, g),
        "The velocity of the step before has no effect.",
    ),
    Misconception(
        "old-velocity",
        lambda w, g, v, lr, m: (w - lr * v, _velocity(g, v, m)),
        "The weight moves by the old velocity, so the gradient comes a step late.",
    ),
    Misconception(
        "averaged",
        lambda w, g, v, lr, m: (w - lr * (m * v + (1 - m) * g), m * v + (1 - m) * g),
        "You take a weighted average of velocity and gradient. In the form used here the whole "
        "gradient is added.",
    ),
    Misconception(
        "rate-in-velocity",
        lambda w, g, v, lr, m: (w - (m * v + lr * g), m * v + lr * g),
        "The learning rate is inside your velocity. Here the velocity holds gradients only, and "
        "the rate multiplies the finished velocity.",
    ),
    Misconception(
        "nesterov",
        lambda w, g, v, lr, m: (
            w - lr * (g + m * _velocity(g, v, m)),
            _velocity(g, v, m),
        ),
        "This is Nesterov's form, which looks one step ahead. Here the plain one is wanted.",
    ),
    Misconception(
        "no-rate",
        lambda w, g, v, lr, m: (w - _velocity(g, v, m), _velocity(g, v, m)),
        "The learning rate has no effect on the weight.",
    ),
    Misconception(
        "momentum-on-gradient",
        lambda w, g, v, lr, m: (w - lr * (v + m * g), v + m * g),
        "Momentum multiplies the gradient. It says how much of the OLD velocity is kept.",
    ),
)


def cut(order: Array, size: int) -> list[Array]:
    """An order in pieces of `size`, the last one perhaps smaller."""
    return [order[first : first + size] for first in range(0, len(order), size)]


def _repeats(parts: tuple[Array, ...]) -> bool:
    used = parts[0][parts[0] >= 0]
    return len(np.unique(used)) < used.size


BATCHES = (
    Misconception(
        "not-shuffled",
        lambda n, batch_size, rng: cut(np.arange(n), batch_size),
        "The samples come in their old order. Where a file is sorted by class, every batch would "
        "hold one class.",
    ),
    Misconception(
        "last-dropped",
        lambda n, batch_size, rng: cut(rng.permutation(n)[: n - n % batch_size], batch_size),
        "The samples that do not fill a batch are lost. The last batch may be smaller.",
    ),
    Misconception(
        "one-short",
        lambda n, batch_size, rng: cut(rng.permutation(n - 1), batch_size),
        "The sample with the highest index never comes. Which numbers does your order hold?",
    ),
    Misconception(
        "from-one",
        lambda n, batch_size, rng: cut(rng.permutation(n) + 1, batch_size),
        "You count from 1. Indices go from 0 to n - 1.",
    ),
    Misconception(
        "all-at-once",
        lambda n, batch_size, rng: [rng.permutation(n)],
        "All samples are in one batch: batch_size has no effect.",
    ),
    Misconception(
        "number-of-batches",
        lambda n, batch_size, rng: np.array_split(rng.permutation(n), min(n, batch_size)),
        "You make batch_size batches. It is the number of samples in one batch.",
    ),
    Misconception(
        "with-replacement",
        lambda n, batch_size, rng: cut(rng.integers(0, max(1, n // 2), n), batch_size),
        "Some samples come twice in one epoch, so others never come: you draw and put back.",
        sees=_repeats,
    ),
)
