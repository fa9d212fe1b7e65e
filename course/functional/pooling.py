"""Pooling layers: each channel made smaller, window by window, without a single parameter."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ._arguments import Array, Cache, Size, expect_shape, output_size, pair


def maxpool2d_forward(
    x: Array, kernel_size: Size = 2, stride: Size | None = None, padding: Size = 0
) -> tuple[Array, Cache]:
    """Keep the largest value of each window, in each channel by itself.

    out[n, c, i, j] = max_{u, v} xp[n, c, i stride + u, j stride + v]

    x            (N, C, H, W)   xp is x inside a frame of ``padding`` times minus infinity
    kernel_size  the window's (R, S)
    stride       how far the window moves; as far as it is large, unless given
    out          (N, C, OH, OW)  OH = floor((H + 2 padding - R) / stride) + 1

    Fast because it loops over the R S places in a window, not over the windows: the values that
    stand at place (u, v) of every window are one slice of the image.

    Raises ValueError where the window is larger than the padded image, or padding over half of it.
    Source: Ranzato et al., 2007.
    """
    expect_shape(x, "x", "N C H W")
    window, size = _expect_pool(x, kernel_size, stride, padding)
    lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    xp = _frame(x, window[2], lowest)
    out = np.full((*x.shape[:2], *size), lowest, x.dtype)
    for rows, columns in _places(window, size):
        np.maximum(out, xp[:, :, rows, columns], out=out)
    return out, (xp, out, window)


def maxpool2d_backward(dout: Array, cache: Cache) -> Array:
    """Hand each window's gradient to the value that won it.

    dx[n, c, i', j'] = sum of dout[n, c, i, j] over the windows (i, j) that (i', j') has won

    Of equal values the first has won, of several nan the last, as in PyTorch; the frame never.
    """
    xp, out, window = cache
    places = list(_places(window, dout.shape[2:]))
    real = _frame(np.ones_like(_unframe(xp[:1, :1], window[2]), bool), window[2], False)
    dxp = np.zeros(xp.shape, dout.dtype)
    finite = np.isfinite(dout).all()  # 0 * nan is nan; where() is right, and half as fast
    open_windows = np.ones(out.shape, bool)  # whose winner has not been met yet

    def hand_out(place: tuple[slice, slice], won: Array) -> None:
        np.logical_and(won, open_windows, out=won)
        dxp[:, :, *place] += won * dout if finite else np.where(won, dout, 0)
        np.logical_xor(open_windows, won, out=open_windows)

    for place in places:
        hand_out(place, (xp[:, :, *place] == out) & real[:, :, *place])
    if open_windows.any():  # what won here equals nothing
        for place in reversed(places):
            hand_out(place, np.isnan(xp[:, :, *place]))
    return _unframe(dxp, window[2])


def avgpool2d_forward(
    x: Array, kernel_size: Size = 2, stride: Size | None = None, padding: Size = 0
) -> tuple[Array, Cache]:
    """Replace each window by its mean; the zeros of the padding count.

    out[n, c, i, j] = 1 / (R S) sum_{u, v} xp[n, c, i stride + u, j stride + v]

    Arguments and shapes are those of `maxpool2d_forward`. Averaging is linear: it is a
    convolution with one fixed filter of 1 / (R S), channel by channel.
    """
    expect_shape(x, "x", "N C H W")
    window, size = _expect_pool(x, kernel_size, stride, padding)
    xp = _frame(x, window[2], 0)
    area = window[0][0] * window[0][1]
    out = np.zeros((*x.shape[:2], *size), np.result_type(x.dtype, np.float16))
    for rows, columns in _places(window, size):
        out += xp[:, :, rows, columns]
    out /= area
    return out, (xp.shape, area, window)


def avgpool2d_backward(dout: Array, cache: Cache) -> Array:
    """Spread each window's gradient evenly over its values.

    dx[n, c, i', j'] = 1 / (R S) sum of dout[n, c, i, j] over the windows that hold (i', j')
    """
    shape, area, window = cache
    share = dout / area
    dxp = np.zeros(shape, share.dtype)
    for rows, columns in _places(window, dout.shape[2:]):
        dxp[:, :, rows, columns] += share
    return _unframe(dxp, window[2])


def global_avgpool_forward(x: Array) -> tuple[Array, Cache]:
    """Replace each channel by its mean: (N, C, H, W) -> (N, C, 1, 1).

    out[n, c, 0, 0] = 1 / (H W) sum_{i, j} x[n, c, i, j]

    Source: Lin, Chen and Yan, 2014, section 3.2.
    """
    expect_shape(x, "x", "N C H W")
    return x.mean(axis=(2, 3), keepdims=True), (x.shape,)


def global_avgpool_backward(dout: Array, cache: Cache) -> Array:
    """Give every pixel of a channel an equal share of its gradient."""
    (shape,) = cache
    return np.broadcast_to(dout / (shape[2] * shape[3]), shape).copy()


Window = tuple[tuple[int, int], tuple[int, int], tuple[int, int]]  # kernel, stride, padding


def _expect_pool(
    x: Array, kernel_size: Size, stride: Size | None, padding: Size
) -> tuple[Window, tuple[int, int]]:
    """Return the window's settings as pairs and the output's size, or raise."""
    kernel = pair(kernel_size, "kernel_size", 1)
    step = kernel if stride is None else pair(stride, "stride", 1)
    pad = pair(padding, "padding", 0)
    if pad[0] > kernel[0] // 2 or pad[1] > kernel[1] // 2:
        raise ValueError(
            f"padding {padding!r} is more than half of kernel_size {kernel_size!r}: "
            "some windows would hold no pixel at all; use less padding"
        )
    return (kernel, step, pad), output_size((x.shape[2], x.shape[3]), kernel, step, pad)


def _places(window: Window, size: tuple[int, ...]) -> Iterator[tuple[slice, slice]]:
    """For each place (u, v) in a window: the rows and columns where all windows have it."""
    (r, s), (sh, sw), _ = window
    for u in range(r):
        for v in range(s):
            rows = slice(u, u + sh * (size[0] - 1) + 1, sh)
            yield rows, slice(v, v + sw * (size[1] - 1) + 1, sw)


def _frame(x: Array, padding: tuple[int, int], value: float) -> Array:
    """Put a frame of ``value`` around each image; without padding, the image itself."""
    if padding == (0, 0):
        return x
    (ph, pw), (h, w) = padding, x.shape[2:]
    xp = np.full((*x.shape[:2], h + 2 * ph, w + 2 * pw), value, x.dtype)
    _unframe(xp, padding)[...] = x
    return xp


def _unframe(xp: Array, padding: tuple[int, int]) -> Array:
    """Take the frame away again (a view)."""
    (ph, pw), (h, w) = padding, xp.shape[2:]
    return xp[:, :, ph : h - ph, pw : w - pw]
