"""The convolution layer: one small window of weights, slid over the whole image."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ._arguments import Array, Cache, Size, expect_shape, output_size, pair
from .linear import expect_bias


def conv2d_forward(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
) -> tuple[Array, Cache]:
    """Slide K filters over the zero-padded image; at each place, one weighted sum.

    out[n, k, i, j] = sum_{c, u, v} weight[k, c, u, v] xp[n, c, i*stride + u*dilation, ...] + bias[k]
    """
    expect_shape(x, "x", "N C H W")
    expect_shape(weight, "weight", "K C R S")
    if x.shape[1] != weight.shape[1]:
        raise ValueError(
            f"x has {x.shape[1]} channels but weight, of shape {weight.shape}, expects "
            f"{weight.shape[1]}: weight must be (filters, {x.shape[1]}, height, width)"
        )
    expect_bias(bias, weight)
    steps = pair(stride, "stride", 1), pair(padding, "padding", 0), pair(dilation, "dilation", 1)
    cols = _gather(x, weight.shape[2:], *steps)  # (N, C*R*S, OH*OW)
    size = output_size(x.shape[2:], weight.shape[2:], *steps)
    out = weight.reshape(len(weight), -1) @ cols  # (N, K, OH*OW)
    if bias is not None:
        out += bias[:, None]
    return out.reshape(len(x), len(weight), *size), (x.shape, cols, weight, bias, steps)


def _gather(x, kernel, stride, padding, dilation):  # type: ignore[no-untyped-def]
    oh, ow = output_size(x.shape[2:], kernel, stride, padding, dilation)
    (ph, pw), (dh, dw) = padding, dilation
    xp = np.pad(x, ((0, 0), (0, 0), (ph, ph), (pw, pw)))
    reach = (dh * (kernel[0] - 1) + 1, dw * (kernel[1] - 1) + 1)
    windows = sliding_window_view(xp, reach, axis=(2, 3))
    windows = windows[:, :, :: stride[0], :: stride[1], ::dh, ::dw]
    n, c = x.shape[:2]
    return windows.transpose(0, 1, 4, 5, 2, 3).reshape(n, c * kernel[0] * kernel[1], oh * ow)


def conv2d_backward(dout: Array, cache: Cache) -> tuple[Array, Array, Array | None]:
    """Return (dx, dweight, dbias) of `conv2d_forward`."""
    shape, cols, weight, bias, ((sh, sw), (ph, pw), (dh, dw)) = cache
    n, c, h, w = shape
    k, _, r, s = weight.shape
    oh, ow = dout.shape[2:]
    flat = dout.reshape(n, k, -1)
    dweight = np.einsum("nkp,ncp->kc", flat, cols, optimize=True).reshape(weight.shape)
    dcols = (weight.reshape(k, -1).T @ flat).reshape(n, c, r, s, oh, ow)
    dxp = np.zeros((n, c, h + 2 * ph, w + 2 * pw), dcols.dtype)
    for u in range(r):
        for v in range(s):
            rows = slice(u * dh, u * dh + sh * (oh - 1) + 1, sh)
            columns = slice(v * dw, v * dw + sw * (ow - 1) + 1, sw)
            dxp[:, :, rows, columns] += dcols[:, :, u, v]
    dbias = None if bias is None else flat.sum(axis=(0, 2))
    return dxp[:, :, ph : ph + h, pw : pw + w], dweight, dbias
