"""Pooling layers: each channel made smaller, window by window, without a parameter."""

from __future__ import annotations

import numpy as np

from ._arguments import Array, Cache, Size, expect_shape, output_size, pair


def maxpool2d_forward(
    x: Array, kernel_size: Size = 2, stride: Size | None = None, padding: Size = 0
) -> tuple[Array, Cache]:
    """Keep the largest value of each window."""
    expect_shape(x, "x", "N C H W")
    kernel, steps, pad = _window(kernel_size, stride, padding)
    size = output_size(x.shape[2:], kernel, steps, pad)
    (ph, pw) = pad
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)), constant_values=-np.inf)
    out = np.full((*x.shape[:2], *size), -np.inf, x.dtype)
    winner = np.zeros(out.shape, np.int32)
    for place, rows, columns in _places(kernel, steps, size):
        seen = xp[:, :, rows, columns]
        better = (seen > out) | np.isnan(seen)
        np.copyto(out, seen, where=better)
        winner[better] = place
    return out, (x.shape, winner, kernel, steps, pad)


def maxpool2d_backward(dout: Array, cache: Cache) -> Array:
    """Hand each window's gradient to the value that won it, the first of several equal ones."""
    (n, c, h, w), winner, kernel, steps, (ph, pw) = cache
    dxp = np.zeros((n, c, h + 2 * ph, w + 2 * pw), dout.dtype)
    for place, rows, columns in _places(kernel, steps, dout.shape[2:]):
        dxp[:, :, rows, columns] += np.where(winner == place, dout, 0)
    return dxp[:, :, ph : ph + h, pw : pw + w]


def _window(kernel_size, stride, padding):  # type: ignore[no-untyped-def]
    kernel = pair(kernel_size, "kernel_size", 1)
    return (
        kernel,
        kernel if stride is None else pair(stride, "stride", 1),
        pair(padding, "padding", 0),
    )


def _places(kernel, stride, size):  # type: ignore[no-untyped-def]
    for u in range(kernel[0]):
        for v in range(kernel[1]):
            rows = slice(u, u + stride[0] * (size[0] - 1) + 1, stride[0])
            columns = slice(v, v + stride[1] * (size[1] - 1) + 1, stride[1])
            yield u * kernel[1] + v, rows, columns
