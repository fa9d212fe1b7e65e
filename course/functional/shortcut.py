"""The shortcut of a residual block that grows without parameters."""

from __future__ import annotations

import numpy as np

from ._arguments import Array, Cache, expect_shape


def zero_pad_shortcut_forward(x: Array, channels: int, stride: int = 1) -> tuple[Array, Cache]:
    """Take every stride-th pixel, and add channels of zeros until there are enough.

    out[n, c, i, j] = x[n, c, i stride, j stride] for c < C, else 0

    x         (N, C, H, W)
    channels  how many the output has, at least C
    out       (N, channels, ceil(H / stride), ceil(W / stride))

    Raises ValueError where channels is less than C, or stride less than 1.
    Source: He, Zhang, Ren and Sun, 2016, section 3.3, option A.
    """
    expect_shape(x, "x", "N C H W")
    if channels < x.shape[1]:
        raise ValueError(f"channels is {channels}, but x has {x.shape[1]} already: give as many")
    if stride < 1:
        raise ValueError(f"stride is {stride!r}: it must be at least 1")
    seen = x[:, :, ::stride, ::stride]
    out = np.zeros((len(x), channels, *seen.shape[2:]), x.dtype)
    out[:, : x.shape[1]] = seen
    return out, (x.shape, stride)


def zero_pad_shortcut_backward(dout: Array, cache: Cache) -> Array:
    """Put the gradient back on the pixels that were taken; the others had no effect."""
    shape, stride = cache
    dx = np.zeros(shape, dout.dtype)
    dx[:, :, ::stride, ::stride] = dout[:, : shape[1]]
    return dx
