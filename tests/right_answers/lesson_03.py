"""Lesson 03, right: loops, slices, einsum, strides, matrix products."""

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from . import right

ID = "conv_output_size"


@right(ID, "formula")
def _(size, kernel_size, stride=1, padding=0):
    if stride < 1 or kernel_size > size + 2 * padding:
        raise ValueError("these settings do not fit")
    return (size - kernel_size + 2 * padding) // stride + 1


@right(ID, "counting the places")
def _(size, kernel_size, stride=1, padding=0):
    if stride <= 0:
        raise ValueError(f"stride {stride}")
    starts = list(range(0, size + 2 * padding, stride))
    starts = [s for s in starts if s + kernel_size <= size + 2 * padding]
    if not starts:
        raise ValueError("the window does not fit")
    return len(starts)


@right(ID, "len of a range")
def _(size, kernel_size, stride=1, padding=0):
    if stride < 1:
        raise ValueError("stride")
    places = range(-padding, size + padding - kernel_size + 1, stride)
    if len(places) == 0:
        raise ValueError("kernel_size")
    return len(places)


@right(ID, "NumPy's floor, a NumPy integer")
def _(size, kernel_size, stride=1, padding=0):
    room = size + 2 * padding - kernel_size
    if room < 0:
        raise ValueError("window")
    if stride < 1:
        raise ValueError("stride")
    return np.int64(np.floor(room / stride) + 1)


ID = "conv2d_forward_loops"


@right(ID, "seven loops")
def _(x, weight, bias, stride=1, padding=0):
    n_images, n_channels, h, w = x.shape
    n_filters, _, r, s = weight.shape
    padded = np.zeros((n_images, n_channels, h + 2 * padding, w + 2 * padding))
    padded[:, :, padding : padding + h, padding : padding + w] = x
    oh = (h + 2 * padding - r) // stride + 1
    ow = (w + 2 * padding - s) // stride + 1
    out = np.zeros((n_images, n_filters, oh, ow))
    for n in range(n_images):
        for k in range(n_filters):
            for i in range(oh):
                for j in range(ow):
                    total = bias[k]
                    for c in range(n_channels):
                        for u in range(r):
                            for v in range(s):
                                pixel = padded[n, c, i * stride + u, j * stride + v]
                                total += pixel * weight[k, c, u, v]
                    out[n, k, i, j] = total
    return out


@right(ID, "four loops and a slice, keeping the dtype")
def _(x, weight, bias, stride=1, padding=0):
    xp = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    r, s = weight.shape[-2:]
    oh, ow = (xp.shape[2] - r) // stride + 1, (xp.shape[3] - s) // stride + 1
    out = np.empty((len(x), len(weight), oh, ow), dtype=x.dtype)
    for n, k, i, j in np.ndindex(out.shape):
        window = xp[n, :, i * stride : i * stride + r, j * stride : j * stride + s]
        out[n, k, i, j] = (window * weight[k]).sum() + bias[k]
    return out


@right(ID, "no padded copy: skip what lies outside")
def _(x, weight, bias, stride=1, padding=0):
    n_images, _n_channels, h, w = x.shape
    _n_filters, _, r, s = weight.shape
    oh, ow = (h + 2 * padding - r) // stride + 1, (w + 2 * padding - s) // stride + 1
    out = np.tile(bias[None, :, None, None], (n_images, 1, oh, ow)).astype(x.dtype)
    for i in range(oh):
        for j in range(ow):
            for u in range(r):
                for v in range(s):
                    y, z = i * stride + u - padding, j * stride + v - padding
                    if 0 <= y < h and 0 <= z < w:
                        out[:, :, i, j] += x[:, :, y, z] @ weight[:, :, u, v].T
    return out


@right(ID, "sliding windows and tensordot")
def _(x, weight, bias, stride=1, padding=0):
    xp = np.pad(x, ((0,), (0,), (padding,), (padding,)))
    view = sliding_window_view(xp, weight.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    out = np.tensordot(view, weight, axes=([1, 4, 5], [1, 2, 3]))
    return np.moveaxis(out, 3, 1) + bias.reshape(1, -1, 1, 1)


@right(ID, "as_strided and einsum, float64 inside")
def _(x, weight, bias, stride=1, padding=0):
    xp = np.pad(x.astype(np.float64), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    r, s = weight.shape[2:]
    n, c, h, w = xp.shape
    a, b, y, z = xp.strides
    shape = (n, c, (h - r) // stride + 1, (w - s) // stride + 1, r, s)
    view = as_strided(xp, shape, (a, b, y * stride, z * stride, y, z), writeable=False)
    return np.einsum("ncijuv,kcuv->nkij", view, weight) + bias[None, :, None, None]


ID = "conv2d_backward_loops"


@right(ID, "seven loops")
def _(dout, x, weight, stride=1, padding=0):
    n_images, n_channels, h, w = x.shape
    n_filters, _, r, s = weight.shape
    dx, dweight, dbias = np.zeros(x.shape), np.zeros(weight.shape), np.zeros(n_filters)
    for n in range(n_images):
        for k in range(n_filters):
            for i in range(dout.shape[2]):
                for j in range(dout.shape[3]):
                    g = dout[n, k, i, j]
                    dbias[k] += g
                    for c in range(n_channels):
                        for u in range(r):
                            for v in range(s):
                                y, z = i * stride + u - padding, j * stride + v - padding
                                if 0 <= y < h and 0 <= z < w:
                                    dx[n, c, y, z] += g * weight[k, c, u, v]
                                    dweight[k, c, u, v] += g * x[n, c, y, z]
    return dx, dweight, dbias


@right(ID, "four loops and slices, keeping the dtype")
def _(dout, x, weight, stride=1, padding=0):
    p = padding
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    dxp, dweight, dbias = (
        np.zeros_like(xp),
        np.zeros_like(weight),
        np.zeros_like(weight[:, 0, 0, 0]),
    )
    r, s = weight.shape[2:]
    for n, k, i, j in np.ndindex(dout.shape):
        rows, cols = slice(i * stride, i * stride + r), slice(j * stride, j * stride + s)
        dxp[n, :, rows, cols] += dout[n, k, i, j] * weight[k]
        dweight[k] += dout[n, k, i, j] * xp[n, :, rows, cols]
        dbias[k] += dout[n, k, i, j]
    return dxp[:, :, p : xp.shape[2] - p, p : xp.shape[3] - p], dweight, dbias


@right(ID, "einsum over windows, a list of three")
def _(dout, x, weight, stride=1, padding=0):
    p, (r, s) = padding, weight.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
    view = sliding_window_view(xp, (r, s), axis=(2, 3))[:, :, ::stride, ::stride]
    dweight = np.einsum("nkij,ncijuv->kcuv", dout, view)
    dxp = np.zeros(xp.shape, dtype=np.float64)
    share = np.einsum("nkij,kcuv->ncuvij", dout, weight)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dxp[:, :, i * stride : i * stride + r, j * stride : j * stride + s] += share[..., i, j]
    return [dxp[:, :, p : p + x.shape[2], p : p + x.shape[3]], dweight, dout.sum((0, 2, 3))]


@right(ID, "dx as a full convolution of the spread-out dout with the turned filter")
def _(dout, x, weight, stride=1, padding=0):
    n, _c, h, w = x.shape
    k, _, r, s = weight.shape
    oh, ow = dout.shape[2:]
    wide = np.zeros((n, k, h + 2 * padding + r - 1, w + 2 * padding + s - 1))
    wide[:, :, r - 1 : r - 1 + stride * oh : stride, s - 1 : s - 1 + stride * ow : stride] = dout
    view = sliding_window_view(wide, (r, s), axis=(2, 3))
    dxp = np.einsum("nkyzuv,kcuv->ncyz", view, weight[:, :, ::-1, ::-1])
    dx = dxp[:, :, padding : padding + h, padding : padding + w]
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    dweight = np.zeros(weight.shape)
    for u in range(r):
        for v in range(s):
            seen = xp[:, :, u : u + stride * oh : stride, v : v + stride * ow : stride]
            dweight[:, :, u, v] = np.tensordot(dout, seen, axes=([0, 2, 3], [0, 2, 3]))
    return dx, dweight, dout.sum(axis=3).sum(axis=2).sum(axis=0)


ID = "im2col"


@right(ID, "one column after the other")
def _(x, kernel_size, stride=1, padding=0):
    r, s = kernel_size
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    n, c, h, w = xp.shape
    oh, ow = (h - r) // stride + 1, (w - s) // stride + 1
    cols = np.zeros((n, c * r * s, oh * ow))
    for i in range(oh):
        for j in range(ow):
            window = xp[:, :, i * stride : i * stride + r, j * stride : j * stride + s]
            cols[:, :, i * ow + j] = window.reshape(n, -1)
    return cols


@right(ID, "one row of the window after the other")
def _(x, kernel_size, stride=1, padding=0):
    (r, s), (n, c) = kernel_size, x.shape[:2]
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    oh, ow = (xp.shape[2] - r) // stride + 1, (xp.shape[3] - s) // stride + 1
    cols = np.empty((n, c, r, s, oh, ow), dtype=x.dtype)
    for u in range(r):
        for v in range(s):
            cols[:, :, u, v] = xp[:, :, u : u + stride * oh : stride, v : v + stride * ow : stride]
    return cols.reshape(n, c * r * s, -1)


@right(ID, "sliding windows, transposed")
def _(x, kernel_size, stride=1, padding=0):
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    view = sliding_window_view(xp, kernel_size, axis=(2, 3))[:, :, ::stride, ::stride]
    rows = view.shape[1] * view.shape[4] * view.shape[5]
    return np.einsum("ncijuv->ncuvij", view).reshape(len(x), rows, -1)


@right(ID, "index arrays")
def _(x, kernel_size, stride=1, padding=0):
    r, s = kernel_size
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    _n, channels, h, w = xp.shape
    c, u, v = (a.reshape(-1, 1) for a in np.indices((channels, r, s)))
    i, j = (a.reshape(1, -1) for a in np.indices(((h - r) // stride + 1, (w - s) // stride + 1)))
    return xp[:, c, u + stride * i, v + stride * j]


ID = "dilated_conv2d"


@right(ID, "four loops and a slice with steps")
def _(x, weight, bias, stride=1, padding=0, dilation=1):
    d, (r, s) = dilation, weight.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    tall, wide = d * (r - 1) + 1, d * (s - 1) + 1
    oh, ow = (xp.shape[2] - tall) // stride + 1, (xp.shape[3] - wide) // stride + 1
    out = np.zeros((len(x), len(weight), oh, ow))
    for n, k, i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        out[n, k, i, j] = np.sum(xp[n, :, top : top + tall : d, left : left + wide : d] * weight[k])
    return out + bias[:, None, None]


@right(ID, "a filter with zeros put in, then plain windows")
def _(x, weight, bias, stride=1, padding=0, dilation=1):
    k, c, r, s = weight.shape
    big = np.zeros((k, c, dilation * (r - 1) + 1, dilation * (s - 1) + 1), dtype=weight.dtype)
    big[:, :, ::dilation, ::dilation] = weight
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    view = sliding_window_view(xp, big.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    return np.einsum("ncijuv,kcuv->nkij", view, big) + bias.reshape(-1, 1, 1)


@right(ID, "one shifted image a weight")
def _(x, weight, bias, stride=1, padding=0, dilation=1):
    r, s = weight.shape[2:]
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    oh = (xp.shape[2] - dilation * (r - 1) - 1) // stride + 1
    ow = (xp.shape[3] - dilation * (s - 1) - 1) // stride + 1
    out = np.zeros((len(x), len(weight), oh, ow), dtype=x.dtype) + bias[None, :, None, None]
    for u in range(r):
        for v in range(s):
            y, z = u * dilation, v * dilation
            seen = xp[:, :, y : y + stride * oh : stride, z : z + stride * ow : stride]
            out += np.einsum("ncij,kc->nkij", seen, weight[:, :, u, v])
    return out


@right(ID, "index arrays and a matrix product")
def _(x, weight, bias, stride=1, padding=0, dilation=1):
    k, channels, r, s = weight.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    oh = (xp.shape[2] - dilation * (r - 1) - 1) // stride + 1
    ow = (xp.shape[3] - dilation * (s - 1) - 1) // stride + 1
    c, u, v = (a.reshape(-1, 1) for a in np.indices((channels, r, s)))
    i, j = (a.reshape(1, -1) for a in np.indices((oh, ow)))
    cols = xp[:, c, dilation * u + stride * i, dilation * v + stride * j]
    out = weight.reshape(k, -1) @ cols + bias[:, None]
    return out.reshape(len(x), k, oh, ow)


@right("question_parameters", "a sum")
def _():
    return 16 * (3 * 5 * 5 + 1)


@right("question_parameters", "a float")
def _():
    return 1216.0


@right("question_equivariance", "letter")
def _():
    return "b"


@right("question_receptive_field", "a NumPy integer")
def _():
    return np.int64(7)
