"""Activation functions: what a unit says, given its weighted sum. All work element by element."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import erf  # type: ignore[import-untyped]

from ._arguments import Array, Cache


def relu_forward(x: Array) -> tuple[Array, Cache]:
    """out = max(0, x): the sum itself where it is positive.

    Source: Nair and Hinton, 2010; Glorot, Bordes and Bengio, 2011.
    """
    out = np.maximum(x, 0)
    return out, (out,)


def relu_backward(dout: Array, cache: Cache) -> Array:
    """dx = dout where x > 0, else 0; at exactly 0 the slope is taken as 0.

    A gradient that is nan or infinite stays visible as nan, where PyTorch has 0 for x <= 0.
    """
    (out,) = cache
    dx: Array = dout * (out != 0)  # not out > 0, which would hide a NaN
    return dx


def leaky_relu_forward(x: Array, negative_slope: float = 0.01) -> tuple[Array, Cache]:
    """out = x where x > 0, else negative_slope x: a little is always let through.

    Source: Maas, Hannun and Ng, 2013.
    """
    slope = float(negative_slope)  # which keeps float32 what it is
    return np.maximum(x, 0) + slope * np.minimum(x, 0), (x, slope)


def leaky_relu_backward(dout: Array, cache: Cache) -> Array:
    """dx = dout where x > 0, else negative_slope dout."""
    x, negative_slope = cache
    slope = np.take(np.array([negative_slope, 1], dout.dtype), x > 0)
    dx: Array = dout * slope
    return dx


def sigmoid_forward(x: Array) -> tuple[Array, Cache]:
    """out = 1 / (1 + exp(-x)) where x >= 0, exp(x) / (1 + exp(x)) where x < 0: between 0 and 1.

    The two forms are equal; each side takes the one whose exponent is negative: no overflow.
    """
    out: Array = np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x)))
    return out, (out,)


def sigmoid_backward(dout: Array, cache: Cache) -> Array:
    """dx = dout out (1 - out), at most a quarter of dout."""
    (out,) = cache
    dx: Array = dout * out * (1 - out)
    return dx


def tanh_forward(x: Array) -> tuple[Array, Cache]:
    """out = tanh(x) = 2 sigmoid(2 x) - 1, between -1 and 1."""
    out = np.tanh(x)
    return out, (out,)


def tanh_backward(dout: Array, cache: Cache) -> Array:
    """dx = dout (1 - out**2)."""
    (out,) = cache
    dx: Array = dout * (1 - out * out)
    return dx


def gelu_forward(x: Array) -> tuple[Array, Cache]:
    """out = x Phi(x), where Phi(x) = (1 + erf(x / sqrt 2)) / 2 is the normal distribution.

    Source: Hendrycks and Gimpel, 2016, section 2.
    """
    phi = (1 + erf(x * math.sqrt(0.5))) / 2
    return x * phi, (x, phi)


def gelu_backward(dout: Array, cache: Cache) -> Array:
    """dx = dout (Phi(x) + x phi(x)), with the density phi(x) = exp(-x**2 / 2) / sqrt(2 pi)."""
    x, phi = cache
    density = np.exp(-x * x / 2) * (1 / math.sqrt(2 * math.pi))
    dx: Array = dout * (phi + x * density)
    return dx
