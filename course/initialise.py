"""What the weights are before the first step: functions of a shape and a generator.

A weight has shape (units, inputs) or (filters, channels, R, S). Its *fan-in* is how many numbers
one output is summed from, its *fan-out* how many outputs one input goes into.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from .functional import Array, Rng, generator
from .layer import Module

Initialiser: TypeAlias = Callable[[tuple[int, ...], np.random.Generator], Array]


def fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return (fan_in, fan_out) = (inputs R S, units R S) of a weight of this shape."""
    if len(shape) < 2:
        raise ValueError(f"shape {shape} is not a weight's: (units, inputs, ...) is needed")
    area = math.prod(shape[2:])
    return shape[1] * area, shape[0] * area


def zero(shape: tuple[int, ...], _rng: np.random.Generator) -> Array:
    """All zeros: every unit of a layer computes, and learns, the same. For biases."""
    return np.zeros(shape)


def normal(std: float = 0.01) -> Initialiser:
    """Normal with mean 0 and one standard deviation for every layer, as in AlexNet (2012)."""
    return lambda shape, rng: rng.normal(0, std, shape)


def xavier(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Normal with variance 2 / (fan_in + fan_out): keeps the signal's size through tanh.

    Source: Glorot and Bengio, 2010, equation 12.
    """
    return rng.normal(0, math.sqrt(2 / sum(fans(shape))), shape)


def he(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Normal with variance 2 / fan_in: makes up for the half that ReLU sets to zero.

    Source: He, Zhang, Ren and Sun, 2015 (Delving deep into rectifiers), equation 10.
    """
    return rng.normal(0, math.sqrt(2 / fans(shape)[0]), shape)


def uniform(shape: tuple[int, ...], rng: np.random.Generator) -> Array:
    """Uniform within 1 / sqrt(fan_in) of 0: what PyTorch's layers, and so ours, start with."""
    bound = 1 / math.sqrt(fans(shape)[0])
    return rng.uniform(-bound, bound, shape)


def initialise(net: Module, initialiser: Initialiser, rng: Rng = None) -> None:
    """Draw every linear and convolution weight of a network anew, and set their biases to 0."""
    rng = generator(rng)
    for _, module in net.modules():
        weight = module.params.get("weight")
        if weight is None or weight.ndim < 2:
            continue
        weight[...] = initialiser(weight.shape, rng)
        if "bias" in module.params:
            module.params["bias"][...] = 0
