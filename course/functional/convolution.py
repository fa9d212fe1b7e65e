"""The convolution layer: one small window of weights, slid over the whole image."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ._arguments import Array, Cache, Size, expect_shape, output_size, pair
from .linear import expect_bias

_CHUNK = 2**20  # bytes of copies at a time: what fits in the cache nearest to the core


def conv2d_forward(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
) -> tuple[Array, Cache]:
    """Slide K filters over the zero-padded image; at every place, one weighted sum.

    out[n, k, i, j] = bias[k] + sum_{c, u, v} weight[k, c, u, v] xp[n, c, i', j']
                      with i' = i stride + u dilation,  j' = j stride + v dilation

    x       (N, C, H, W)   N images of C channels;  xp is x inside a frame of ``padding`` zeros
    weight  (K, C, R, S)   K filters, each as deep as the image
    bias    (K,)           or None
    stride, padding, dilation   one whole number, or a pair (vertical, horizontal)
    out     (N, K, OH, OW)      OH = floor((H + 2 padding - dilation (R - 1) - 1) / stride) + 1

    This is what the loops over n, k, i, j, c, u, v compute, in another order. For each kernel
    column v, copy the column of the image that it meets at each j, all rows i' of it:
    cols[c v, i', j] = xp[c, i', j']. The rows i' that kernel row u meets are then a slice of
    cols, no copy, and the sum over c and v is a matrix product: out += weight[u] @ cols[rows],
    (K, C S) @ (C S, OH OW), once for each u. So each value is copied S times, not R S times;
    and a few images at a time, so that the copies never leave the processor's cache.

    Raises ValueError where channels differ, a stride is 0, the window is larger than the image.
    Source: LeCun et al., 1989 (the layer); Chellapilla et al., 2006 (as a matrix product).
    """
    steps = _expect_conv(x, weight, bias, stride, padding, dilation)
    (n, c, h, w), (k, _, r, s) = x.shape, weight.shape
    (_, sw), (_, pw), (_, dw) = steps
    oh, ow = output_size((h, w), (r, s), *steps)
    out = np.empty((n, k, oh, ow), np.result_type(x, weight))
    filters = weight.transpose(2, 0, 1, 3).reshape(r, k, c * s)  # one matrix a kernel row
    for images in _chunks(n, (c * s * h + k * oh) * ow * out.itemsize):
        out[images] = 0 if bias is None else bias[:, None, None]
        line = np.zeros((len(x[images]), c, h, w + 2 * pw), out.dtype)
        line[..., pw : pw + w] = x[images]
        cols = _columns(line, [v * dw for v in range(s)], sw, ow)  # (n, C*S, H, OW)
        for u, seen, place in _rows(r, h, oh, *steps):
            product = filters[u] @ cols[:, :, seen].reshape(len(cols), c * s, -1)
            out[images, :, place] += product.reshape(len(cols), k, -1, ow)
    return out, (x, weight, bias, steps)


def conv2d_backward(dout: Array, cache: Cache) -> tuple[Array, Array, Array | None]:
    """Return (dx, dweight, dbias) of `conv2d_forward`; dbias is None where there was no bias.

    dweight[k, c, u, v] = sum_{n, i, j} dout[n, k, i, j] xp[n, c, i', j']
    dx[n, c, i', j']    = sum_{k, u, v} dout[n, k, i, j] weight[k, c, u, v]
    dbias[k]            = sum_{n, i, j} dout[n, k, i, j]

    Both sums run over the pairs (i, j), (i', j') that met in the forward pass. So for each
    kernel column v, set the gradient of each output under the image column j' that v read for
    it: cols[k v, i j'] = dout[k, i, j], and zero where stride jumped over j'. Then a product
    with the weights gives dx, one with the image gives dweight, and rows meet as before.
    """
    x, weight, bias, steps = cache
    (n, c, h, w), (k, _, r, s), (oh, ow) = x.shape, weight.shape, dout.shape[2:]
    (_, sw), (_, pw), (_, dw) = steps
    dtype = np.result_type(dout, weight)
    filters = weight.transpose(2, 1, 0, 3).reshape(r * c, k * s)
    dx, dweight = np.empty(x.shape, dtype), np.zeros((r, k * s, c), dtype)
    first = (s - 1) * dw  # where output column 0 stands, so that every kernel column can reach it
    starts = [first + pw - v * dw for v in range(s)]
    width = max(first + sw * (ow - 1) + 1, first + pw + w)
    for images in _chunks(n, (k * s + r * c) * oh * w * dtype.itemsize):
        dx[images] = 0
        line = np.zeros((len(x[images]), k, oh, width), dtype)
        line[..., first : first + sw * (ow - 1) + 1 : sw] = dout[images]
        cols = _columns(line, starts, 1, w)  # (n, K*S, OH, W)
        sums = (filters @ cols.reshape(-1, k * s, oh * w)).reshape(-1, r, c, oh, w)
        for u, seen, place in _rows(r, h, oh, *steps):
            dx[images, :, seen] += sums[:, u, :, place]
            left = cols[:, :, place].reshape(len(cols), k * s, -1)
            right = x[images, :, seen].reshape(len(cols), c, -1)
            dweight[u] += (left @ right.swapaxes(1, 2)).sum(axis=0)
    dweight = np.ascontiguousarray(dweight.reshape(r, k, s, c).transpose(1, 3, 0, 2))
    return dx, dweight, None if bias is None else dout.sum(axis=(0, 2, 3))


def _columns(line: Array, starts: list[int], step: int, width: int) -> Array:
    """Copy ``width`` columns, ``step`` apart, from each start: (N, C, H, L) -> (N, C*S, H, width).

    One copy for each kernel column, of what it meets as the window slides along the row.
    """
    n, c, h, _ = line.shape
    cols = np.empty((n, c, len(starts), h, width), line.dtype)
    for v, start in enumerate(starts):
        cols[:, :, v] = line[..., start : start + step * (width - 1) + 1 : step]
    return cols.reshape(n, c * len(starts), h, width)


def _rows(
    taps: int,
    h: int,
    oh: int,
    stride: tuple[int, int],
    padding: tuple[int, int],
    dilation: tuple[int, int],
) -> Iterator[tuple[int, slice, slice]]:
    """For each kernel row u, yield the image rows it reads and the output rows it reads them for.

    Output row i reads image row i stride + u dilation - padding, if the image has such a row.
    """
    (step, _), (pad, _), (spread, _) = stride, padding, dilation
    for u in range(taps):
        offset = u * spread - pad
        first = max(0, -(offset // step))  # the first i whose image row is at least 0
        last = min(oh - 1, (h - 1 - offset) // step)
        if first <= last:
            seen = slice(first * step + offset, last * step + offset + 1, step)
            yield u, seen, slice(first, last + 1)


def _chunks(n: int, size: int) -> Iterator[slice]:
    """Cut N images of ``size`` bytes each into runs of about `_CHUNK` bytes."""
    many = max(1, _CHUNK // max(1, size))
    for start in range(0, n, many):
        yield slice(start, start + many)


def _expect_conv(
    x: Array, weight: Array, bias: Array | None, stride: Size, padding: Size, dilation: Size
) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    """Raise unless the arguments fit together; return the three settings as pairs."""
    expect_shape(x, "x", "N C H W")
    expect_shape(weight, "weight", "K C R S")
    if x.shape[1] != weight.shape[1]:
        raise ValueError(
            f"x has {x.shape[1]} channels but weight, of shape {weight.shape}, expects "
            f"{weight.shape[1]}: weight must be (filters, {x.shape[1]}, height, width)"
        )
    expect_bias(bias, weight)
    return pair(stride, "stride", 1), pair(padding, "padding", 0), pair(dilation, "dilation", 1)
