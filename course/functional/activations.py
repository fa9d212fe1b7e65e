"""Activation functions: what a unit says, given its weighted sum. All work element by element."""

from __future__ import annotations

import numpy as np

from ._arguments import Array, Cache


def relu_forward(x: Array) -> tuple[Array, Cache]:
    """out = max(0, x). Source: Nair and Hinton, 2010."""
    return np.maximum(x, 0), (x,)


def relu_backward(dout: Array, cache: Cache) -> Array:
    """Pass the gradient on where x > 0, else nothing; at exactly 0 the slope is taken as 0."""
    (x,) = cache
    return np.where(x <= 0, dout.dtype.type(0), dout)


def leaky_relu_forward(x: Array, negative_slope: float = 0.01) -> tuple[Array, Cache]:
    """out = x where x > 0, else negative_slope * x. Source: Maas, Hannun and Ng, 2013."""
    return np.where(x > 0, x, x * negative_slope), (x, negative_slope)


def leaky_relu_backward(dout: Array, cache: Cache) -> Array:
    """dx = dout where x > 0, else negative_slope * dout."""
    x, negative_slope = cache
    return np.where(x > 0, dout, dout * negative_slope)


def sigmoid_forward(x: Array) -> tuple[Array, Cache]:
    """out = 1 / (1 + exp(-x)), from 0 to 1."""
    e = np.exp(-np.abs(x))
    out = np.where(x >= 0, 1, e) / (1 + e)
    return out, (out,)


def sigmoid_backward(dout: Array, cache: Cache) -> Array:
    """dx = dout * out * (1 - out), at most a quarter of dout."""
    (out,) = cache
    return dout * out * (1 - out)


def tanh_forward(x: Array) -> tuple[Array, Cache]:
    """out = tanh(x), from -1 to 1."""
    out = np.tanh(x)
    return out, (out,)


def tanh_backward(dout: Array, cache: Cache) -> Array:
    """dx = dout * (1 - out**2)."""
    (out,) = cache
    return dout * (1 - out * out)
