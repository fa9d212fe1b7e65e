"""The right answers of lesson 04: windows of one channel each, and their way back."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._references import windows

Array = np.ndarray[Any, Any]


def maxpool2d_forward(x: Array, kernel_size: int, stride: int) -> Array:
    """out[n,c,i,j] = the largest number of the window at (i, j) in channel c of image n."""
    return np.asarray(windows(x, (kernel_size, kernel_size), stride, 0).max(axis=(4, 5)))


def maxpool2d_backward(dout: Array, x: Array, kernel_size: int, stride: int) -> Array:
    """Each window's gradient goes to its maximum; of equal ones, to the first in reading order."""
    view = windows(x, (kernel_size, kernel_size), stride, 0)
    first = view.reshape(*view.shape[:4], -1).argmax(axis=4)
    n, c, i, j = np.indices(dout.shape)
    dx = np.zeros(x.shape, dtype=x.dtype)
    rows, columns = i * stride + first // kernel_size, j * stride + first % kernel_size
    np.add.at(dx, (n, c, rows, columns), dout)
    return dx


def avgpool2d_forward(x: Array, kernel_size: int, stride: int) -> Array:
    """out[n,c,i,j] = the mean of the window at (i, j) in channel c of image n."""
    return np.asarray(windows(x, (kernel_size, kernel_size), stride, 0).mean(axis=(4, 5)))


def avgpool2d_backward(
    dout: Array, x_shape: tuple[int, int, int, int], kernel_size: int, stride: int
) -> Array:
    """Each window's gradient is shared out evenly; a pixel of several windows adds its shares."""
    dx = np.zeros(x_shape, dtype=dout.dtype)
    height, width = (stride * size for size in dout.shape[2:])
    for u in range(kernel_size):
        for v in range(kernel_size):
            dx[:, :, u : u + height : stride, v : v + width : stride] += dout / kernel_size**2
    return dx


def global_avgpool(x: Array) -> Array:
    """(N, C, H, W) -> (N, C): the mean of each channel."""
    return np.asarray(x.mean(axis=(2, 3)))
