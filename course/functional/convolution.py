"""The convolution layer: one small window of weights, slid over the whole image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np

from ._arguments import Array, Cache, Size, expect_shape, output_size, pair
from ._taps import COLUMNS, ROWS, Deal, collect, deal, moved, spread, sum_moved, taps, unread
from ._threads import has_small_kernels, share_out
from .linear import expect_bias

Steps: TypeAlias = tuple[tuple[int, int], tuple[int, int], tuple[int, int]]
# A product A B^T is made in tiles of at most (32, 24) and at least 128 values where B^T has no more
# than 96 columns, a sum has 128 terms, and BLAS has code for so few: 8 to 50 % less time.
TILE, LEAST, NARROW, LONG = (32, 24), 128, 96, 128


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
    cols[v c, i', j] = xp[c, i', j']. One matrix product then tells what each kernel row u makes of
    each image row, sums[u k, i', j] = sum_{c, v} weight[k, c, u, v] cols[v c, i', j], and output
    row i is the sum of R of those rows: out[k, i, j] = bias[k] + sum_u sums[u k, i', j].
    So each value is copied S times, not R S times; and a few images at a time, so that the copies
    stay in the processor's caches. A stride of 2 deals the image's rows into odd and even ones,
    and its columns too, since a kernel row only ever meets one kind. Where the channels are few,
    R sums cost more than copies would: `_met` then first copies what each kernel row u meets.

    Raises ValueError where channels differ, a stride is 0, the window is larger than the image.
    Source: LeCun et al., 1989 (the layer); Chellapilla et al., 2006 (as a matrix product).
    """
    steps = _expect_conv(x, weight, bias, stride, padding, dilation)
    (n, c, h, w), (k, _, r, s) = x.shape, weight.shape
    oh, ow = output_size((h, w), (r, s), *steps)
    bands, stripes = _deals((h, w), (r, s), (oh, ow), steps)
    views = [[x[:, :, i, j] for j, *_ in stripes] for i, *_ in bands]
    kinds = [[_room_for(view) for view in band] for band in views]
    every = len(bands) * len(stripes) == steps[0][0] * steps[0][1]  # kind of pixels is read
    copies = (c * s + r * k) * h // steps[0][0] * ow  # values in cols and sums of one image
    first = bands if r > 1 and c * s < k else []
    if first:  # then a kernel of one row is left, which meets every row once
        bands, copies = deal(1, oh, oh, 1, 0, 1), (c * r * s + k) * oh * ow
    filters = _matrices(weight, first, bands, stripes)
    out = np.empty((n, k, oh, ow), np.result_type(x, weight))
    start = np.zeros((k, oh, ow), out.dtype)
    start += 0 if bias is None else bias[:, None, None]

    def convolve(images: slice) -> None:
        part, total = out[images], start
        _fill(kinds, views, images)
        met = _met(kinds, images, first, oh)
        for kind, (_, us, meetings), matrix in zip(met, bands, filters, strict=True):
            cols = spread(kind, stripes, ow, COLUMNS)
            sums = (matrix @ _flat(cols)).reshape(len(part), len(us), k, -1, ow)
            moves = [(place, sums[:, u], rows) for u, (rows, place) in enumerate(meetings)]
            total = np.add(sum_moved(moves, oh, ROWS), total, out=part)
        if not bands:  # every window lies in the padding
            part[...] = total

    list(share_out(convolve, n, copies * out.itemsize, out.size * weight[0].size))
    return out, (x.shape, weight, bias, every, copies, first, bands, stripes, kinds, filters)


def conv2d_backward(dout: Array, cache: Cache) -> tuple[Array, Array, Array | None]:
    """Return (dx, dweight, dbias) of `conv2d_forward`; dbias is None where there was no bias.

    dweight[k, c, u, v] = sum_{n, i, j} dout[n, k, i, j] xp[n, c, i', j']
    dx[n, c, i', j']    = sum_{k, u, v} dout[n, k, i, j] weight[k, c, u, v]
    dbias[k]            = sum_{n, i, j} dout[n, k, i, j]

    Both sums run over the pairs (i, j), (i', j') that met in the forward pass. So copy once more
    the image columns that each kernel column v meets, cols[v c, i', j] = xp[c, i', j']; and for
    each kernel row u put the gradient of output row i where the image row is that u read for it,
    drows[u k, i', j] = dout[k, i, j], zero where nothing met. Then drows times cols is dweight, and
    weight times drows the gradient of the copies, dcols[v c, i', j], to be added to dx at (i', j').
    """
    shape, weight, bias, every, copies, first, bands, stripes, kinds, filters = cache
    (n, c, _, w), (oh, ow), dtype = shape, dout.shape[2:], np.result_type(dout, weight)
    room = np.empty if every else np.zeros  # what is never read gets no gradient
    dx = room(shape, dtype)

    def correlate(images: slice) -> list[Array]:
        products, part = [], dx[images]
        met = _met(kinds, images, first, oh)
        dmet = room((len(part), met[0][0].shape[1], oh, w), dtype) if first else part
        for kind, (band, _, meetings), matrix in zip(met, bands, filters, strict=True):
            cols = spread(kind, stripes, ow, COLUMNS)
            cols = _cleared(cols, unread(kind[0], meetings))
            moves = [(rows, dout[images], place) for rows, place in meetings]
            drows = _flat(moved(moves, cols.shape[3], ROWS))
            products.append(_products(drows, cols))
            size = cols.shape
            del cols  # dcols takes its memory, which is still in the processor's cache
            collect(dmet[:, :, band], (matrix.T @ drows).reshape(size), stripes, COLUMNS)
        if first:
            collect(part, dmet.reshape(len(part), -1, c, oh, w), first, ROWS)
        return products

    runs = share_out(correlate, n, copies * dtype.itemsize, dout.size * weight[0].size)
    dweight = _sorted(_summed(runs), np.zeros(weight.shape, dtype), first, bands, stripes)
    return dx, dweight, None if bias is None else np.einsum("nkij->k", dout)


def _met(kinds: list[list[Array]], images: slice, first: list[Deal], oh: int) -> list[list[Array]]:
    """Select these images of each kind; where told to, copy the rows that each kernel row u meets.

    Then R C channels take the place of C, with OH rows: met[u c, i, j'] = xp[c, i', j'].
    """
    kinds = [[one[images] for one in kind] for kind in kinds]
    if not first:
        return kinds
    rows = [spread(list(stripe), first, oh, ROWS) for stripe in zip(*kinds, strict=True)]
    return [[one.reshape(len(one), -1, oh, one.shape[4]) for one in rows]]


def _deals(
    image: tuple[int, ...], kernel: tuple[int, ...], out: tuple[int, int], steps: Steps
) -> tuple[list[Deal], list[Deal]]:
    """Deal the image's rows and its columns; nothing, where all that is read is padding."""
    rows, columns = map(deal, kernel, image, out, *steps)
    return (rows, columns) if rows and columns else ([], [])


def _room_for(view: Array) -> Array:
    """The view itself where an image's values lie one after another, else room for a copy."""
    return view if view[:1].flags.c_contiguous else np.empty(view.shape, view.dtype)


def _fill(kinds: list[list[Array]], views: list[list[Array]], images: slice) -> None:
    """Copy these images of each kind to where there is room for it; the way back needs it, too."""
    for into, of in zip(kinds, views, strict=True):
        for kind, view in zip(into, of, strict=True):
            if kind is not view:
                kind[images] = view[images]


def _cleared(cols: Array, rows: Array) -> Array:
    """The copies, with zero in these image rows."""
    if rows.size:
        cols = cols.copy()  # they may be the image itself
        cols[..., rows, :] = 0
    return cols


def _matrices(
    weight: Array, first: list[Deal], bands: list[Deal], stripes: list[Deal]
) -> list[Array]:
    """For each kind of image rows, the weights of the kernel rows that read it: (u k, v c)."""
    weight = weight[..., taps(stripes)].transpose(2, 0, 3, 1)  # (R, K, V, C)
    _, k, v, c = weight.shape
    if first:  # (k, v u c), where u now is part of the channels
        return [weight[taps(first)].transpose(1, 2, 0, 3).reshape(k, -1)]
    return [weight[us].reshape(len(us) * k, v * c) for _, us, _ in bands]


def _summed(runs: Iterator[list[Array]]) -> list[Array]:
    """Add up what the runs of images have made: the first of each, the second of each, ..."""
    totals = next(runs, [])
    for products in runs:
        for total, product in zip(totals, products, strict=True):
            total += product
    return totals


def _sorted(
    totals: list[Array],
    dweight: Array,
    first: list[Deal],
    bands: list[Deal],
    stripes: list[Deal],
) -> Array:
    """Put the products of each kind of image rows, (u k, v, c), where their weights are."""
    (k, c, _, _), vs = dweight.shape, taps(stripes)
    for (_, us, _), total in zip(bands, totals, strict=False):  # none where no image is
        if first:
            us = taps(first)
            part = total.reshape(k, len(vs), len(us), c).transpose(0, 3, 2, 1)
        else:
            part = total.reshape(len(us), k, len(vs), c).transpose(1, 3, 0, 2)
        dweight[np.ix_(range(k), range(c), us, vs)] = part
    return dweight


def _flat(copies: Array) -> Array:
    """(N, taps, channels, H, W) as N matrices, a row for each tap and channel."""
    n, v, c, h, w = copies.shape
    return copies.reshape(n, v * c, h * w)


def _products(rows: Array, cols: Array) -> Array:
    """Sum rows[u k] cols[v c] over all images and pixels: (u k, v, c)."""
    (n, v, c, h, w), uk, cols = cols.shape, rows.shape[1], _flat(cols)
    tall, wide = _divisor(uk, TILE[0]), _divisor(v * c, TILE[1])
    product: Array
    if v * c > NARROW or h * w < LONG or tall * wide < LEAST or not has_small_kernels():
        product = (rows @ cols.swapaxes(1, 2)).sum(axis=0)
        return product.reshape(uk, v, c)
    rows = rows.reshape(n, uk // tall, 1, tall, h * w)
    cols = cols.reshape(n, 1, v * c // wide, wide, h * w)
    product = (rows @ cols.swapaxes(3, 4)).sum(axis=0).swapaxes(1, 2)
    return product.reshape(uk, v, c)


def _divisor(number: int, most: int) -> int:
    """The largest divisor that is no more than ``most``."""
    return next(d for d in range(min(number, most), 0, -1) if number % d == 0)


def _expect_conv(
    x: Array, weight: Array, bias: Array | None, stride: Size, padding: Size, dilation: Size
) -> Steps:
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
