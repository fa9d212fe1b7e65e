"""Wrong networks for XOR: most are right under another convention."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._references import POINTS, network_output
from ..task import Misconception

Array = np.ndarray[Any, Any]


def _under(convention: Callable[[tuple[Array, ...]], Array]) -> Callable[[tuple[Array, ...]], bool]:
    """Whether the learner's weights are right for XOR under another convention."""

    def sees(parts: tuple[Array, ...]) -> bool:
        shapes = [part.shape for part in parts]
        if shapes != [(2, 2), (2,), (2,), ()]:
            return False
        return bool(np.array_equal(np.asarray(convention(parts)) > 1e-9, [0, 1, 1, 0]))

    return sees


def _gives(*pattern: int) -> Callable[[tuple[Array, ...]], bool]:
    """Whether the network fires on exactly these of 00, 01, 10, 11."""

    def sees(parts: tuple[Array, ...]) -> bool:
        shapes = [part.shape for part in parts]
        if shapes != [(2, 2), (2,), (2,), ()]:
            return False
        return bool(np.array_equal(network_output(parts) > 1e-9, pattern))

    return sees


def _step_hidden(parts: tuple[Array, ...]) -> Array:
    weight1, bias1, weight2, bias2 = parts
    return np.asarray((POINTS @ weight1.T + bias1 > 0) @ weight2 + bias2)


def _at_least_zero(parts: tuple[Array, ...]) -> Array:
    return network_output(parts) + 1e-6


def _above_half(parts: tuple[Array, ...]) -> Array:
    return np.asarray(network_output(parts) - 0.5)


def _net(w1: list[list[float]], b1: list[float], w2: list[float], b2: float) -> Callable[[], Any]:
    return lambda: (np.array(w1), np.array(b1), np.array(w2), b2)


XOR = (
    Misconception(
        "columns",
        _net([[1, 2], [1, 2]], [0, -2], [1, -1], -0.5),
        "Your network is right for a weight1 whose COLUMNS are the hidden units. Here row 0 holds "
        "the two weights of hidden unit 0.",
        _under(lambda p: network_output((p[0].T, *p[1:]))),
    ),
    Misconception(
        "thresholds",
        _net([[1, 1], [1, 1]], [0, 1], [1, -2], 0.5),
        "You wrote thresholds where biases are added: with every bias negated your network is "
        "right.",
        _under(lambda p: network_output((p[0], -p[1], p[2], -p[3]))),
    ),
    Misconception(
        "fires-at-zero",
        _net([[1, 1], [1, 1]], [0, -1], [1, -2], -1.0),
        "Nearly: where the network should fire, its output is exactly 0. It fires only ABOVE 0, so "
        "shift the output a little.",
        _under(_at_least_zero),
    ),
    Misconception(
        "above-half",
        _net([[1, 1], [1, 1]], [0, -1], [1, -1.7], 0.0),
        "Your outputs are on the right sides of one half, as if 0.5 were the line to cross. Here "
        "the network fires above 0, and the last bias can move the line.",
        _under(_above_half),
    ),
    Misconception(
        "step-units",
        _net([[1, 1], [1, 1]], [-0.5, -1.5], [1, -1], -0.5),
        "This would be XOR if the hidden units said only yes or no. They are ReLU units: they pass "
        "on HOW FAR above zero their sum is. Work out both hidden values at the point 11.",
        _under(_step_hidden),
    ),
    Misconception(
        "xnor",
        _net([[1, 1], [1, 1]], [0, -1], [-1, 2], 0.5),
        "This is the opposite of XOR: it fires where both inputs are the same. What turns a yes "
        "into a no?",
        _gives(1, 0, 0, 1),
    ),
    Misconception(
        "or",
        _net([[1, 1], [0, 0]], [0, 0], [1, 1], -0.5),
        "This is OR: it also fires at 11. One hidden unit should notice that both inputs are on, "
        "and hold the output back.",
        _gives(0, 1, 1, 1),
    ),
    Misconception(
        "and",
        _net([[1, 1], [1, 1]], [-1, -1], [1, 1], -0.5),
        "This is AND: it fires at 11 only. XOR wants exactly one of the two.",
        _gives(0, 0, 0, 1),
    ),
    Misconception(
        "nand",
        _net([[-1, -1], [0, 0]], [2, 0], [1, 0], -0.5),
        "This is NAND: it fires everywhere but at 11. At 00 the network should be silent.",
        _gives(1, 1, 1, 0),
    ),
    Misconception(
        "one-input",
        _net([[1, 0], [0, 0]], [0, 0], [1, 0], -0.5),
        "The output follows one input and does not see the other. Does every hidden unit have a "
        "weight for both?",
        lambda parts: _gives(0, 0, 1, 1)(parts) or _gives(0, 1, 0, 1)(parts),
    ),
    Misconception(
        "half-xor",
        _net([[1, -1], [0, 0]], [0, 0], [1, 0], -0.5),
        "It fires at one of the two points and misses the other. Two hidden units can share the "
        "work: each watches over one of them.",
        lambda parts: _gives(0, 1, 0, 0)(parts) or _gives(0, 0, 1, 0)(parts),
    ),
    Misconception(
        "silent",
        _net([[-1, -1], [-1, -1]], [0, 0], [1, 1], 0.0),
        "The network never fires. Write down both hidden values at the four points: is any of them "
        "above 0, and does the last sum get above 0 with it?",
        _gives(0, 0, 0, 0),
    ),
    Misconception(
        "always",
        _net([[1, 1], [1, 1]], [0, 0], [1, 1], 1.0),
        "The network fires at every point, even at 00, where only the biases speak. Look at those.",
        _gives(1, 1, 1, 1),
    ),
)
