"""Wrong neurons, and wrong activations."""

# ruff: noqa: ARG005 - a wrong answer keeps the right signature, used or not

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._references import activations
from ..task import Misconception

Array = np.ndarray[Any, Any]
Pair = tuple[Array, Array]

NEURON = (
    Misconception(
        "no-bias",
        lambda x, weight, bias, activation: activation(x @ weight),
        "The bias is missing: this neuron's boundary always goes through the origin.",
    ),
    Misconception(
        "bias-subtracted",
        lambda x, weight, bias, activation: activation(x @ weight - bias),
        "You subtract the bias. A threshold is subtracted; the bias is minus the threshold, so "
        "what is its sign in the sum?",
    ),
    Misconception(
        "bias-outside",
        lambda x, weight, bias, activation: activation(x @ weight) + bias,
        "The bias joins only after the activation. It has to take part in the sum that the "
        "activation judges.",
    ),
    Misconception(
        "bias-on-inputs",
        lambda x, weight, bias, activation: activation((x + bias) @ weight),
        "The bias is added to every input, so each weight scales it. It is one number, added to "
        "the finished sum.",
    ),
    Misconception(
        "no-activation",
        lambda x, weight, bias, activation: x @ weight + bias,
        "The sum is right, but it comes back as it is: the last step of the neuron is missing.",
    ),
    Misconception(
        "activation-each",
        lambda x, weight, bias, activation: activation(x * weight).sum(axis=1) + bias,
        "The activation is applied to each product before they are added. A neuron first adds up, "
        "then decides once.",
    ),
    Misconception(
        "activation-first",
        lambda x, weight, bias, activation: activation(x) @ weight + bias,
        "The activation is applied to the inputs. It belongs behind the sum: a neuron decides on "
        "what it has gathered.",
    ),
    Misconception(
        "mean",
        lambda x, weight, bias, activation: activation((x * weight).mean(axis=1) + bias),
        "The weighted inputs are averaged. A neuron adds them: twice as many active inputs excite "
        "it more.",
    ),
    Misconception(
        "always-sigmoid",
        lambda x, weight, bias, activation: 1 / (1 + np.exp(-(x @ weight + bias))),
        "You always use the sigmoid. The function to use comes in as an argument.",
    ),
    Misconception(
        "always-relu",
        lambda x, weight, bias, activation: np.maximum(x @ weight + bias, 0),
        "You always use ReLU. The function to use comes in as an argument.",
    ),
    Misconception(
        "no-weights",
        lambda x, weight, bias, activation: activation(x.sum(axis=1) + bias),
        "All inputs count alike: the weights are not used.",
    ),
    Misconception(
        "one-for-all",
        lambda x, weight, bias, activation: activation((x * weight).sum() + bias),
        "One number came back for the whole batch. Each row of x is a sample of its own: along "
        "which axis do the products of ONE sample lie?",
    ),
    Misconception(
        "wrong-axis",
        lambda x, weight, bias, activation: activation((x * weight).sum(axis=0) + bias),
        "You add over the samples. The products of one neuron lie along the other axis.",
    ),
    Misconception(
        "column",
        lambda x, weight, bias, activation: activation(x @ weight + bias)[:, None],
        "The numbers are right, but they stand in a column, (N, 1). One number a sample is (N,).",
    ),
)


def _but(name: str, wrong: Callable[[Array], Pair]) -> Callable[[Array, str], Pair]:
    """Right for every activation but `name`."""

    def answer(z: Array, asked: str) -> Pair:
        return wrong(z) if asked == name else activations(z, asked)

    return answer


def _sigmoid(z: Array) -> Array:
    return activations(z, "sigmoid")[0]


def _leaky(z: Array, slope: float) -> Pair:
    slopes = np.where(z > 0, 1.0, slope)
    return z * slopes, slopes


def _naive_tanh(z: Array) -> Pair:
    up, down = np.exp(z), np.exp(-z)
    value = (up - down) / (up + down)
    return value, 1 - value**2


def _naive_sigmoid(z: Array) -> Pair:
    value = np.exp(z) / (1 + np.exp(z))
    return value, value * (1 - value)


ACTIVATIONS = (
    Misconception(
        "sigmoid-overflow",
        _but("sigmoid", _naive_sigmoid),
        "Your sigmoid breaks for large z: exp(z) became infinite, and infinite / infinite is no "
        "number. Write it so that exp only ever sees numbers that are not positive.",
    ),
    Misconception(
        "tanh-overflow",
        _but("tanh", _naive_tanh),
        "Your tanh breaks for large |z|: one of its exponentials became infinite. NumPy has a "
        "tanh that has thought of it.",
    ),
    Misconception(
        "sigmoid-of-input",
        _but("sigmoid", lambda z: (_sigmoid(z), z * (1 - z))),
        "In sigmoid' = s (1 - s) you put z in the place of s. What does s stand for?",
    ),
    Misconception(
        "sigmoid-twice",
        _but("sigmoid", lambda z: (_sigmoid(z), activations(_sigmoid(z), "sigmoid")[1])),
        "The derivative of the sigmoid is taken at the wrong place: you put the value through the "
        "sigmoid a second time.",
    ),
    Misconception(
        "sigmoid-half",
        _but("sigmoid", lambda z: (_sigmoid(z), 1 - _sigmoid(z))),
        "A factor is missing in the sigmoid's derivative: far to the left the curve is flat, so "
        "the derivative must go to 0 there too. Yours goes to 1.",
    ),
    Misconception(
        "sigmoid-sign",
        _but("sigmoid", lambda z: (_sigmoid(-z), _sigmoid(z) * _sigmoid(-z))),
        "Your sigmoid falls where it should rise: look at the sign inside exp.",
    ),
    Misconception(
        "tanh-not-squared",
        _but("tanh", lambda z: (np.tanh(z), 1 - np.tanh(z))),
        "The derivative of tanh is even: the same at z and -z. Yours is not; a power is missing.",
    ),
    Misconception(
        "tanh-of-input",
        _but("tanh", lambda z: (np.tanh(z), 1 - z**2)),
        "In tanh' = 1 - t² you put z in the place of t. What does t stand for?",
    ),
    Misconception(
        "tanh-as-sigmoid",
        _but("tanh", lambda z: (np.tanh(z), np.tanh(z) * (1 - np.tanh(z)))),
        "You use the sigmoid's rule for tanh's derivative. At 0 tanh is steepest: what does your "
        "formula give there?",
    ),
    Misconception(
        "relu-at-zero",
        _but("relu", lambda z: (np.maximum(z, 0), np.where(z >= 0, 1.0, 0.0))),
        "Only z = 0 is off. At ReLU's corner any slope between 0 and 1 could be chosen; the text "
        "says which one this course (and PyTorch) takes.",
    ),
    Misconception(
        "leaky-at-zero",
        _but("leaky_relu", lambda z: (_leaky(z, 0.01)[0], np.where(z >= 0, 1.0, 0.01))),
        "Only z = 0 is off in leaky ReLU. At the corner this course (and PyTorch) counts 0 to the "
        "left side.",
    ),
    Misconception(
        "relu-of-value",
        _but("relu", lambda z: (np.maximum(z, 0), np.maximum(z, 0))),
        "ReLU's derivative came back as ReLU itself. How steep is the line to the right of 0?",
    ),
    Misconception(
        "relu-absolute",
        _but("relu", lambda z: (np.abs(z), np.sign(z))),
        "You took the absolute value for ReLU: negative numbers come out positive instead of "
        "being cut off.",
    ),
    Misconception(
        "leaky-is-relu",
        _but("leaky_relu", lambda z: _leaky(z, 0.0)),
        "Your leaky ReLU does not leak: on the negative side something small must come through.",
    ),
    Misconception(
        "leaky-flat",
        _but("leaky_relu", lambda z: (_leaky(z, 0.01)[0], np.where(z > 0, 1.0, 0.0))),
        "The leaky ReLU leaks, but its derivative does not: on the negative side its line is not "
        "flat.",
    ),
    Misconception(
        "leaky-constant",
        _but("leaky_relu", lambda z: (np.where(z > 0, z, 0.01), _leaky(z, 0.01)[1])),
        "On the negative side your leaky ReLU gives the slope itself, the same number for every "
        "z. A slope still has to be multiplied by something.",
    ),
    Misconception(
        "leaky-slope",
        _but("leaky_relu", lambda z: _leaky(z, 0.1)),
        "Your leaky ReLU leaks ten times too much: look at the slope once more.",
    ),
    Misconception(
        "leaky-derivative-sign",
        _but("leaky_relu", lambda z: (_leaky(z, 0.01)[0], np.where(z > 0, 1.0, -0.01))),
        "Leaky ReLU still rises on the negative side, only gently: which sign has its slope?",
    ),
    Misconception(
        "swapped",
        lambda z, name: activations(z, name)[::-1],
        "The two results have changed places: the value comes first, then the derivative.",
    ),
    Misconception(
        "only-first-branch",
        lambda z, name: activations(z, "sigmoid"),
        "Every name gets the sigmoid: the function does not look at `name`.",
    ),
)
