"""The convolution layer: one small window of weights, slid over the whole image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np

from ._arguments import Array, Cache, Size, expect_shape, output_size, pair
from ._threads import share_out
from .linear import expect_bias

Deal: TypeAlias = tuple[slice, list[int], list[tuple[slice, slice]]]


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
    column v, copy the image columns that it meets as the window slides along, all rows i' of them:
    cols[c v, i', j] = xp[c, i', j']. One matrix product then tells what each kernel row u makes of
    each image row, sums[u k, i', j] = sum_{c, v} weight[k, c, u, v] cols[c v, i', j], and output
    row i is the sum of R of those rows: out[k, i, j] = bias[k] + sum_u sums[u k, i', j].
    So each value is copied S times, not R S times; and a few images at a time, so that the copies
    never leave the processor's cache. A stride of 2 deals the image's rows into odd and even ones,
    since a kernel row only ever meets one kind.

    Raises ValueError where channels differ, a stride is 0, the window is larger than the image.
    Source: LeCun et al., 1989 (the layer); Chellapilla et al., 2006 (as a matrix product).
    """
    steps = _expect_conv(x, weight, bias, stride, padding, dilation)
    (n, c, h, w), (k, _, r, s) = x.shape, weight.shape
    oh, ow = output_size((h, w), (r, s), *steps)
    down, across = zip(*steps, strict=True)
    if r > 1 and c * s < k:  # few channels: copying R times is cheaper than adding R sums
        rows = np.zeros((n, r, c, oh, w), x.dtype)
        for u, met, place in _meet(r, h, oh, *down):
            rows[:, u, :, place] = x[:, :, met]
        flat = weight.transpose(0, 2, 1, 3).reshape(k, r * c, 1, s)
        sideways = zip((1, 0, 1), across, strict=True)  # downwards, every row is met once
        out, _ = conv2d_forward(rows.reshape(n, r * c, oh, w), flat, bias, *sideways)
        return out, (x, weight, bias, steps)
    out = np.empty((n, k, oh, ow), np.result_type(x, weight))
    bands = _deal(r, h, oh, *down)  # which image rows meet which kernel rows, and for what output
    filters = [weight[:, :, us].transpose(2, 0, 1, 3).reshape(-1, c * s) for _, us, _ in bands]

    def convolve(images: slice) -> None:
        out[images] = 0 if bias is None else bias[:, None, None]
        for (band, us, meetings), matrix in zip(bands, filters, strict=True):
            seen = x[images, :, band]
            cols = np.zeros((len(seen), c, s, seen.shape[2], ow), out.dtype)
            for v, columns, place in _meet(s, w, ow, *across):
                cols[:, :, v, :, place] = seen[..., columns]
            sums = matrix @ cols.reshape(len(seen), c * s, -1)
            sums = sums.reshape(len(seen), len(us), k, -1, ow)
            for u, (met, place) in enumerate(meetings):
                out[images, :, place] += sums[:, u, :, met]

    copies = (c * s + r * k) * h * ow * out.itemsize // down[0]  # cols and sums of one image
    list(share_out(convolve, n, copies))
    return out, (x, weight, bias, steps)


def conv2d_backward(dout: Array, cache: Cache) -> tuple[Array, Array, Array | None]:
    """Return (dx, dweight, dbias) of `conv2d_forward`; dbias is None where there was no bias.

    dweight[k, c, u, v] = sum_{n, i, j} dout[n, k, i, j] xp[n, c, i', j']
    dx[n, c, i', j']    = sum_{k, u, v} dout[n, k, i, j] weight[k, c, u, v]
    dbias[k]            = sum_{n, i, j} dout[n, k, i, j]

    Both sums run over the pairs (i, j), (i', j') that met in the forward pass. So for each
    kernel column v, set the gradient of each output under the image column j' that v read for
    it, cols[k v, i, j'] = dout[k, i, j]; and for each kernel row u the image row that it read,
    rows[u c, i, j'] = x[c, i', j']; zero where nothing met. Then cols times rows is dweight, and
    weight times cols is what output row i has for each u: sums[u c, i, j'], to be added to dx
    at row i'. A stride of 2 deals the image's columns into odd and even ones.
    """
    x, weight, bias, steps = cache
    (n, c, h, w), (k, _, r, s), (oh, ow) = x.shape, weight.shape, dout.shape[2:]
    down, across = zip(*steps, strict=True)
    dtype = np.result_type(dout, weight)
    dx, dweight = np.zeros(x.shape, dtype), np.zeros(weight.shape, dtype)
    bands, stripes = _deal(r, h, oh, *down), _deal(s, w, ow, *across)
    filters = [weight[..., vs].transpose(2, 1, 0, 3).reshape(r * c, -1) for _, vs, _ in stripes]
    unmet = [_unmet(len(range(w)[columns]), meetings) for columns, _, meetings in stripes]

    def correlate(images: slice) -> list[Array]:
        parts = []
        for (columns, vs, meetings), matrix, blind in zip(stripes, filters, unmet, strict=True):
            m, width = len(x[images]), x[..., columns].shape[3]
            cols = np.zeros((m, k, len(vs), oh, width), dtype)
            rows = np.zeros((m, r, c, oh, width), dtype)
            for v, (met, place) in enumerate(meetings):
                cols[:, :, v, :, met] = dout[images, :, :, place]
            sums = (matrix @ cols.reshape(m, -1, oh * width)).reshape(rows.shape)
            for band, us, meets in bands:
                seen = np.ascontiguousarray(x[images, :, band, columns])
                dseen = np.zeros(seen.shape, dtype)
                for u, (met, place) in zip(us, meets, strict=True):
                    rows[:, u, :, place] = seen[:, :, met]
                    dseen[:, :, met] += sums[:, u, :, place]
                dx[images, :, band, columns] = dseen
            if blind.size:
                rows[..., blind] = 0
            product = cols.reshape(m, -1, oh * width) @ rows.reshape(m, r * c, -1).swapaxes(1, 2)
            parts.append(product.sum(axis=0))
        return parts

    copies = (k * s + 2 * r * c) * oh * w * dtype.itemsize // across[0]  # cols, rows, sums
    products = [np.zeros((k * len(vs), r * c), dtype) for _, vs, _ in stripes]
    for parts in share_out(correlate, n, copies):
        for product, part in zip(products, parts, strict=True):
            product += part
    for (_, vs, _), product in zip(stripes, products, strict=True):
        dweight[..., vs] = product.reshape(k, len(vs), r, c).transpose(0, 3, 2, 1)
    return dx, dweight, None if bias is None else np.einsum("nkij->k", dout)


def _meet(
    taps: int, length: int, places: int, stride: int, padding: int, dilation: int
) -> Iterator[tuple[int, slice, slice]]:
    """For each row u of a kernel, yield the image rows it reads and the output rows it reads for.

    Output row i reads image row i stride + u dilation - padding, if the image has such a row.
    """
    for u in range(taps):
        offset = u * dilation - padding
        first = max(0, -(offset // stride))  # the first i whose image row is at least 0
        last = min(places - 1, (length - 1 - offset) // stride)
        if first <= last:
            met = slice(first * stride + offset, last * stride + offset + 1, stride)
            yield u, met, slice(first, last + 1)


def _deal(
    taps: int, length: int, places: int, stride: int, padding: int, dilation: int
) -> list[Deal]:
    """Deal the image rows into ``stride`` kinds, by the remainder of their number.

    Of each kind: its rows; the kernel rows u that read it; and for each of those, which rows of
    this kind it reads and for which output rows. A kind that nothing reads is left out.
    """
    deals = []
    for kind in range(stride):
        met = [
            (u, slice(rows.start // stride, (rows.stop - 1) // stride + 1), place)
            for u, rows, place in _meet(taps, length, places, stride, padding, dilation)
            if rows.start % stride == kind
        ]
        if met:
            meetings = [(rows, place) for _, rows, place in met]
            deals.append((slice(kind, None, stride), [u for u, _, _ in met], meetings))
    return deals


def _unmet(length: int, meetings: list[tuple[slice, slice]]) -> Array:
    """Find the image rows that no window sees: what stands there must not matter, nor be nan."""
    unmet = np.ones(length, bool)
    for rows, _ in meetings:
        unmet[rows] = False
    return np.flatnonzero(unmet)


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
