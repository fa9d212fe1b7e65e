"""Lesson 03: output size, convolution forward and backward, im2col, dilation, wrong."""

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from . import wrong

ID = "conv_output_size"


def _refuse(size, kernel_size, stride, padding):
    if stride < 1 or kernel_size > size + 2 * padding:
        raise ValueError("these settings do not fit")


@wrong(ID, "no-plus-one")
def _(size, kernel_size, stride=1, padding=0):
    _refuse(size, kernel_size, stride, padding)
    return (size - kernel_size + 2 * padding) // stride


@wrong(ID, "padding-once")
def _(size, kernel_size, stride=1, padding=0):
    _refuse(size, kernel_size, stride, padding)
    return (size - kernel_size + padding) // stride + 1


@wrong(ID, "no-padding")
def _(size, kernel_size, stride=1, padding=0):
    _refuse(size, kernel_size, stride, padding)
    out = (size - kernel_size) // stride
    return out + 1


@wrong(ID, "no-stride")
def _(size, kernel_size, stride=1, padding=0):
    _refuse(size, kernel_size, stride, padding)
    return size + padding + padding - (kernel_size - 1)


@wrong(ID, "rounded-up")
def _(size, kernel_size, stride=1, padding=0):
    _refuse(size, kernel_size, stride, padding)
    return -(-(size + 2 * padding - kernel_size) // stride) + 1


@wrong(ID, "rounded")
def _(size, kernel_size, stride=1, padding=0):
    _refuse(size, kernel_size, stride, padding)
    return int(round((size + 2 * padding - kernel_size) / stride, 0)) + 1


@wrong(ID, "fraction")
def _(size, kernel_size, stride=1, padding=0):
    _refuse(size, kernel_size, stride, padding)
    return 1 + (size + 2 * padding - kernel_size) / stride


@wrong(ID, "plus-one-first")
def _(size, kernel_size, stride=1, padding=0):
    _refuse(size, kernel_size, stride, padding)
    places = size + 2 * padding - kernel_size + 1
    return places // stride


@wrong(ID, "size-over-stride")
def _(size, kernel_size, stride=1, padding=0):
    _refuse(size, kernel_size, stride, padding)
    return math.floor((size + 2 * padding) / stride)


@wrong(ID, "must-divide")
def _(size, kernel_size, stride=1, padding=0):
    _refuse(size, kernel_size, stride, padding)
    steps, rest = divmod(size + 2 * padding - kernel_size, stride)
    if rest != 0:
        raise ValueError("the stride does not divide the room")
    return steps + 1


@wrong(ID, "check-without-padding")
def _(size, kernel_size, stride=1, padding=0):
    if stride < 1:
        raise ValueError("stride")
    if size < kernel_size:
        raise ValueError("the window is larger than the image")
    return (size + 2 * padding - kernel_size) // stride + 1


@wrong(ID, "no-checks")
def _(size, kernel_size, stride=1, padding=0):
    return int((size + 2 * padding - kernel_size) // stride + 1)


@wrong(ID, "no-check-of-fit")
def _(size, kernel_size, stride=1, padding=0):
    if stride <= 0:
        raise ValueError("stride must be positive")
    return (size + 2 * padding - kernel_size) // stride + 1


@wrong(ID, "no-check-of-stride")
def _(size, kernel_size, stride=1, padding=0):
    room = size + 2 * padding - kernel_size
    if room < 0:
        raise ValueError("the window does not fit")
    return room // stride + 1


@wrong(ID, "wrong-dtype")
def _(size, kernel_size, stride=1, padding=0):
    _refuse(size, kernel_size, stride, padding)
    return np.floor((size + 2 * padding - kernel_size) / stride) + 1


@wrong(ID, "wrong-type")
def _(size, kernel_size, stride=1, padding=0):
    _refuse(size, kernel_size, stride, padding)
    return f"{(size + 2 * padding - kernel_size) // stride + 1}"


ID = "conv2d_forward_loops"


def _frame(x, padding):
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def _room(x, weight, stride, padding):
    h, w = x.shape[2] + 2 * padding, x.shape[3] + 2 * padding
    return (h - weight.shape[2]) // stride + 1, (w - weight.shape[3]) // stride + 1


@wrong(ID, "flipped")
def _(x, weight, bias, stride=1, padding=0):
    xp, (oh, ow) = _frame(x, padding), _room(x, weight, stride, padding)
    r, s = weight.shape[2:]
    out = np.zeros((len(x), len(weight), oh, ow))
    for n, k, i, j in np.ndindex(out.shape):
        total = 0
        for u in range(r):
            for v in range(s):
                pixels = xp[n, :, i * stride + u, j * stride + v]
                total += (pixels * weight[k, :, r - 1 - u, s - 1 - v]).sum()
        out[n, k, i, j] = total + bias[k]
    return out


@wrong(ID, "swapped-u-v")
def _(x, weight, bias, stride=1, padding=0):
    xp, (oh, ow) = _frame(x, padding), _room(x, weight, stride, padding)
    out = np.zeros((len(x), len(weight), oh, ow))
    for n, k, i, j in np.ndindex(out.shape):
        total = bias[k]
        for c, u, v in np.ndindex(weight.shape[1:]):
            total += xp[n, c, i * stride + u, j * stride + v] * weight[k, c, v, u]
        out[n, k, i, j] = total
    return out


@wrong(ID, "no-bias")
def _(x, weight, bias, stride=1, padding=0):
    view = sliding_window_view(_frame(x, padding), weight.shape[2:], axis=(2, 3))
    return np.einsum("ncijuv,kcuv->nkij", view[:, :, ::stride, ::stride], weight)


@wrong(ID, "bias-every-channel")
def _(x, weight, bias, stride=1, padding=0):
    xp, (oh, ow) = _frame(x, padding), _room(x, weight, stride, padding)
    r, s = weight.shape[2:]
    out = np.zeros((len(x), len(weight), oh, ow))
    for n, k, i, j in np.ndindex(out.shape):
        for c in range(x.shape[1]):
            window = xp[n, c, i * stride : i * stride + r, j * stride : j * stride + s]
            out[n, k, i, j] += np.sum(window * weight[k, c]) + bias[k]
    return out


@wrong(ID, "bias-every-product")
def _(x, weight, bias, stride=1, padding=0):
    xp, (oh, ow) = _frame(x, padding), _room(x, weight, stride, padding)
    r, s = weight.shape[2:]
    out = np.zeros((len(x), len(weight), oh, ow))
    for n, k, i, j in np.ndindex(out.shape):
        window = xp[n, :, i * stride : i * stride + r, j * stride : j * stride + s]
        out[n, k, i, j] = np.sum(window * weight[k] + bias[k])
    return out


@wrong(ID, "first-channel")
def _(x, weight, bias, stride=1, padding=0):
    xp, (oh, ow) = _frame(x, padding), _room(x, weight, stride, padding)
    r, s = weight.shape[2:]
    out = np.zeros((len(x), len(weight), oh, ow))
    for n, k, i, j in np.ndindex(out.shape):
        window = xp[n, 0, i * stride : i * stride + r, j * stride : j * stride + s]
        out[n, k, i, j] = np.sum(window * weight[k, 0]) + bias[k]
    return out


@wrong(ID, "last-channel")
def _(x, weight, bias, stride=1, padding=0):
    xp, (oh, ow) = _frame(x, padding), _room(x, weight, stride, padding)
    r, s = weight.shape[2:]
    out = np.zeros((len(x), len(weight), oh, ow))
    for n, k, i, j in np.ndindex(out.shape):
        for c in range(x.shape[1]):
            window = xp[n, c, i * stride : i * stride + r, j * stride : j * stride + s]
            out[n, k, i, j] = np.sum(window * weight[k, c]) + bias[k]
    return out


@wrong(ID, "last-product")
def _(x, weight, bias, stride=1, padding=0):
    xp, (oh, ow) = _frame(x, padding), _room(x, weight, stride, padding)
    out = np.zeros((len(x), len(weight), oh, ow))
    for n, k, i, j in np.ndindex(out.shape):
        for c, u, v in np.ndindex(weight.shape[1:]):
            out[n, k, i, j] = xp[n, c, i * stride + u, j * stride + v] * weight[k, c, u, v]
        out[n, k, i, j] += bias[k]
    return out


@wrong(ID, "mean")
def _(x, weight, bias, stride=1, padding=0):
    xp, (oh, ow) = _frame(x, padding), _room(x, weight, stride, padding)
    r, s = weight.shape[2:]
    out = np.zeros((len(x), len(weight), oh, ow))
    for n, k, i, j in np.ndindex(out.shape):
        window = xp[n, :, i * stride : i * stride + r, j * stride : j * stride + s]
        out[n, k, i, j] = np.mean(window * weight[k]) + bias[k]
    return out


@wrong(ID, "stride-not-in-position")
def _(x, weight, bias, stride=1, padding=0):
    xp, (oh, ow) = _frame(x, padding), _room(x, weight, stride, padding)
    r, s = weight.shape[2:]
    out = np.zeros((len(x), len(weight), oh, ow))
    for n, k, i, j in np.ndindex(out.shape):
        out[n, k, i, j] = np.sum(xp[n, :, i : i + r, j : j + s] * weight[k]) + bias[k]
    return out


@wrong(ID, "stride-ignored")
def _(x, weight, bias, stride=1, padding=0):
    view = sliding_window_view(_frame(x, padding), weight.shape[2:], axis=(2, 3))
    return np.einsum("ncijuv,kcuv->nkij", view, weight) + bias.reshape(1, -1, 1, 1)


@wrong(ID, "padding-ignored")
def _(x, weight, bias, stride=1, padding=0):
    oh, ow = _room(x, weight, stride, 0)
    r, s = weight.shape[2:]
    out = np.zeros((len(x), len(weight), oh, ow))
    for n, k, i, j in np.ndindex(out.shape):
        window = x[n, :, i * stride : i * stride + r, j * stride : j * stride + s]
        out[n, k, i, j] = np.sum(window * weight[k]) + bias[k]
    return out


@wrong(ID, "padding-only-in-size")
def _(x, weight, bias, stride=1, padding=0):
    oh, ow = _room(x, weight, stride, padding)
    r, s = weight.shape[2:]
    out = np.zeros((len(x), len(weight), oh, ow))
    for n, k, i, j in np.ndindex(out.shape):
        window = x[n, :, i * stride : i * stride + r, j * stride : j * stride + s]
        out[n, k, i, j] = np.sum(window * weight[k]) + bias[k]
    return out


def _einsum(xp, weight, bias, stride):
    view = sliding_window_view(xp, weight.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    return np.einsum("ncijuv,kcuv->nkij", view, weight) + bias[:, None, None]


@wrong(ID, "pads-with-edge")
def _(x, weight, bias, stride=1, padding=0):
    p = padding
    return _einsum(np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), "edge"), weight, bias, stride)


@wrong(ID, "pads-one-side")
def _(x, weight, bias, stride=1, padding=0):
    n, c, h, w = x.shape
    xp = np.zeros((n, c, h + 2 * padding, w + 2 * padding))
    xp[:, :, :h, :w] = x
    return _einsum(xp, weight, bias, stride)


@wrong(ID, "pads-every-axis")
def _(x, weight, bias, stride=1, padding=0):
    xp = np.pad(x, padding)
    oh, ow = _room(x, weight, stride, padding)
    out = np.zeros((x.shape[0], weight.shape[0], oh, ow))
    for n, k, i, j in np.ndindex(out.shape):
        out[n, k, i, j] = bias[k]
        for c, u, v in np.ndindex(weight.shape[1:]):
            out[n, k, i, j] += xp[n, c, i * stride + u, j * stride + v] * weight[k, c, u, v]
    return out


@wrong(ID, "first-filter")
def _(x, weight, bias, stride=1, padding=0):
    xp, (oh, ow) = _frame(x, padding), _room(x, weight, stride, padding)
    r, s = weight.shape[2:]
    out = np.zeros((len(x), len(weight), oh, ow))
    for n, k, i, j in np.ndindex(out.shape):
        window = xp[n, :, i * stride : i * stride + r, j * stride : j * stride + s]
        out[n, k, i, j] = np.sum(window * weight[0]) + bias[k]
    return out


@wrong(ID, "first-image")
def _(x, weight, bias, stride=1, padding=0):
    xp, (oh, ow) = _frame(x, padding), _room(x, weight, stride, padding)
    r, s = weight.shape[2:]
    out = np.zeros((len(x), len(weight), oh, ow))
    for n, k, i, j in np.ndindex(out.shape):
        window = xp[0, :, i * stride : i * stride + r, j * stride : j * stride + s]
        out[n, k, i, j] = np.sum(window * weight[k]) + bias[k]
    return out


@wrong(ID, "matrix-product")
def _(x, weight, bias, stride=1, padding=0):
    xp, (oh, ow) = _frame(x, padding), _room(x, weight, stride, padding)
    r, s = weight.shape[2:]
    out = np.zeros((len(x), len(weight), oh, ow))
    for n, k, i, j in np.ndindex(out.shape):
        window = xp[n, :, i * stride : i * stride + r, j * stride : j * stride + s]
        out[n, k, i, j] = np.sum(window @ weight[k]) + bias[k]
    return out


@wrong(ID, "square-window")
def _(x, weight, bias, stride=1, padding=0):
    xp = _frame(x, padding)
    size = weight.shape[2]
    oh, ow = (xp.shape[2] - size) // stride + 1, (xp.shape[3] - size) // stride + 1
    out = np.zeros((len(x), len(weight), oh, ow))
    for n, k, i, j in np.ndindex(out.shape):
        window = xp[n, :, i * stride : i * stride + size, j * stride : j * stride + size]
        out[n, k, i, j] = np.sum(window * weight[k]) + bias[k]
    return out


@wrong(ID, "square-image")
def _(x, weight, bias, stride=1, padding=0):
    xp, (size, _ow) = _frame(x, padding), _room(x, weight, stride, padding)
    r, s = weight.shape[2:]
    out = np.zeros((len(x), len(weight), size, size))
    for n, k, i, j in np.ndindex(out.shape):
        window = xp[n, :, i * stride : i * stride + r, j * stride : j * stride + s]
        out[n, k, i, j] = np.sum(window * weight[k]) + bias[k]
    return out


@wrong(ID, "channels-last")
def _(x, weight, bias, stride=1, padding=0):
    view = sliding_window_view(_frame(x, padding), weight.shape[2:], axis=(2, 3))
    return np.tensordot(view[:, :, ::stride, ::stride], weight, ([1, 4, 5], [1, 2, 3])) + bias


@wrong(ID, "wrong-dtype")
def _(x, weight, bias, stride=1, padding=0):
    out = _einsum(_frame(x, padding), weight, bias, stride)
    return out.astype(np.float32)


@wrong(ID, "changed-input")
def _(x, weight, bias, stride=1, padding=0):
    out = _einsum(_frame(x, padding), weight, bias, stride)
    bias += 1
    return out


ID = "conv2d_backward_loops"


def _backward(dout, x, weight, stride, padding, dx=None, dweight=None, mistake=""):
    """The right four loops, with one line done wrong."""
    xp = _frame(x, padding)
    r, s = weight.shape[2:]
    dxp, dweight = np.zeros(xp.shape), np.zeros(weight.shape)
    for n, k, i, j in np.ndindex(dout.shape):
        rows, cols = slice(i * stride, i * stride + r), slice(j * stride, j * stride + s)
        g = dout[n, k, i, j]
        if mistake == "dx =":
            dxp[n, :, rows, cols] = g * weight[k]
        elif mistake == "dx at i, j":
            dxp[n, :, i : i + r, j : j + s] += g * weight[k]
        elif mistake == "dx flipped":
            dxp[n, :, rows, cols] += g * weight[k, :, ::-1, ::-1]
        elif mistake == "dx from x":
            dxp[n, :, rows, cols] += g * xp[n, :, rows, cols]
        else:
            dxp[n, :, rows, cols] += g * weight[k]
        if mistake == "dweight =":
            dweight[k] = g * xp[n, :, rows, cols]
        elif mistake == "dx from x":
            dweight[k] += g * weight[k]
        else:
            dweight[k] += g * xp[n, :, rows, cols]
    h, w = x.shape[2:]
    return dxp, dxp[:, :, padding : padding + h, padding : padding + w], dweight


def _bias_gradient(dout):
    return dout.sum(axis=(0, 2, 3))


@wrong(ID, "dx-overwritten")
def _(dout, x, weight, stride=1, padding=0):
    _, dx, dweight = _backward(dout, x, weight, stride, padding, mistake="dx =")
    return dx, dweight, _bias_gradient(dout)


@wrong(ID, "dweight-overwritten")
def _(dout, x, weight, stride=1, padding=0):
    _, dx, dweight = _backward(dout, x, weight, stride, padding, mistake="dweight =")
    return dx, dweight, _bias_gradient(dout)


@wrong(ID, "dx-stride-missing")
def _(dout, x, weight, stride=1, padding=0):
    _, dx, dweight = _backward(dout, x, weight, stride, padding, mistake="dx at i, j")
    return dx, dweight, _bias_gradient(dout)


@wrong(ID, "dx-flipped")
def _(dout, x, weight, stride=1, padding=0):
    _, dx, dweight = _backward(dout, x, weight, stride, padding, mistake="dx flipped")
    return dx, dweight, _bias_gradient(dout)


@wrong(ID, "partners-mixed-up")
def _(dout, x, weight, stride=1, padding=0):
    _, dx, dweight = _backward(dout, x, weight, stride, padding, mistake="dx from x")
    return dx, dweight, _bias_gradient(dout)


@wrong(ID, "batch-mean")
def _(dout, x, weight, stride=1, padding=0):
    _, dx, dweight = _backward(dout, x, weight, stride, padding)
    return dx, dweight / x.shape[0], _bias_gradient(dout) / x.shape[0]


@wrong(ID, "dbias-not-over-images")
def _(dout, x, weight, stride=1, padding=0):
    _, dx, dweight = _backward(dout, x, weight, stride, padding)
    return dx, dweight, np.sum(dout, axis=(-1, -2))


@wrong(ID, "dbias-not-over-places")
def _(dout, x, weight, stride=1, padding=0):
    _, dx, dweight = _backward(dout, x, weight, stride, padding)
    return dx, dweight, dout.sum(axis=0)


@wrong(ID, "dbias-one-number")
def _(dout, x, weight, stride=1, padding=0):
    _, dx, dweight = _backward(dout, x, weight, stride, padding)
    return dx, dweight, np.sum(dout)


@wrong(ID, "dbias-mean")
def _(dout, x, weight, stride=1, padding=0):
    _, dx, dweight = _backward(dout, x, weight, stride, padding)
    return dx, dweight, dout.mean((0, 2, 3))


@wrong(ID, "upstream-ignored")
def _(dout, x, weight, stride=1, padding=0):
    _, dx, dweight = _backward(dout * 0 + 1, x, weight, stride, padding)
    return dx, dweight, np.full(len(weight), float(dout[:, 0].size))


@wrong(ID, "dx-not-cropped")
def _(dout, x, weight, stride=1, padding=0):
    dxp, _, dweight = _backward(dout, x, weight, stride, padding)
    return dxp, dweight, _bias_gradient(dout)


@wrong(ID, "dx-cropped-at-start")
def _(dout, x, weight, stride=1, padding=0):
    dxp, _, dweight = _backward(dout, x, weight, stride, padding)
    return dxp[:, :, : x.shape[2], : x.shape[3]], dweight, _bias_gradient(dout)


@wrong(ID, "dx-crop-without-padding")
def _(dout, x, weight, stride=1, padding=0):
    dxp, _, dweight = _backward(dout, x, weight, stride, padding)
    return dxp[:, :, padding:-padding, padding:-padding], dweight, _bias_gradient(dout)


@wrong(ID, "x-not-padded")
def _(dout, x, weight, stride=1, padding=0):
    _, dx, dweight = _backward(dout, x, weight, stride, padding)
    dweight = np.zeros_like(dweight)
    r, s = weight.shape[2:]
    for n, k, i, j in np.ndindex(dout.shape):
        window = x[n, :, i * stride : i * stride + r, j * stride : j * stride + s]
        dweight[k] += dout[n, k, i, j] * window
    return dx, dweight, _bias_gradient(dout)


@wrong(ID, "stride-missing")
def _(dout, x, weight, stride=1, padding=0):
    xp = _frame(x, padding)
    r, s = weight.shape[2:]
    dxp, dweight = np.zeros_like(xp), np.zeros_like(weight)
    for n, k, i, j in np.ndindex(dout.shape):
        dxp[n, :, i : i + r, j : j + s] += dout[n, k, i, j] * weight[k]
        dweight[k] += dout[n, k, i, j] * xp[n, :, i : i + r, j : j + s]
    h, w = x.shape[2:]
    dx = dxp[:, :, padding : padding + h, padding : padding + w]
    return dx, dweight, _bias_gradient(dout)


@wrong(ID, "order")
def _(dout, x, weight, stride=1, padding=0):
    _, dx, dweight = _backward(dout, x, weight, stride, padding)
    return dweight, dx, _bias_gradient(dout)


@wrong(ID, "wrong-type")
def _(dout, x, weight, stride=1, padding=0):
    _, dx, dweight = _backward(dout, x, weight, stride, padding)
    return dx, dweight


ID = "im2col"


def _view(x, kernel_size, stride, padding):
    view = sliding_window_view(_frame(x, padding), kernel_size, axis=(2, 3))
    return view[:, :, ::stride, ::stride]


@wrong(ID, "scrambled")
def _(x, kernel_size, stride=1, padding=0):
    view = _view(x, kernel_size, stride, padding)
    n, c, oh, ow, r, s = view.shape
    return view.reshape(n, c * r * s, oh * ow)


@wrong(ID, "channels-last")
def _(x, kernel_size, stride=1, padding=0):
    (r, s), xp = kernel_size, _frame(x, padding)
    oh, ow = (xp.shape[2] - r) // stride + 1, (xp.shape[3] - s) // stride + 1
    cols = np.zeros((len(x), x.shape[1] * r * s, oh * ow))
    for i in range(oh):
        for j in range(ow):
            window = xp[:, :, i * stride : i * stride + r, j * stride : j * stride + s]
            cols[:, :, i * ow + j] = window.transpose(0, 2, 3, 1).reshape(len(x), -1)
    return cols


@wrong(ID, "columns-first")
def _(x, kernel_size, stride=1, padding=0):
    (r, s), xp, c = kernel_size, _frame(x, padding), x.shape[1]
    oh, ow = (xp.shape[2] - r) // stride + 1, (xp.shape[3] - s) // stride + 1
    rows = []
    for channel in range(c):
        for v in range(s):
            for u in range(r):
                part = xp[:, channel, u : u + stride * oh : stride, v : v + stride * ow : stride]
                rows.append(part.reshape(len(x), -1))
    return np.stack(rows, axis=1)


@wrong(ID, "places-transposed")
def _(x, kernel_size, stride=1, padding=0):
    (r, s), xp = kernel_size, _frame(x, padding)
    oh, ow = (xp.shape[2] - r) // stride + 1, (xp.shape[3] - s) // stride + 1
    columns = []
    for j in range(ow):
        for i in range(oh):
            window = xp[:, :, i * stride : i * stride + r, j * stride : j * stride + s]
            columns.append(window.reshape(len(x), -1))
    return np.stack(columns, axis=2)


@wrong(ID, "rows-not-columns")
def _(x, kernel_size, stride=1, padding=0):
    (r, s), xp = kernel_size, _frame(x, padding)
    oh, ow = (xp.shape[2] - r) // stride + 1, (xp.shape[3] - s) // stride + 1
    columns = []
    for i in range(oh):
        for j in range(ow):
            window = xp[:, :, i * stride : i * stride + r, j * stride : j * stride + s]
            columns.append(window.reshape(len(x), -1))
    return np.stack(columns, axis=1)


@wrong(ID, "batch-in-columns")
def _(x, kernel_size, stride=1, padding=0):
    view = _view(x, kernel_size, stride, padding)
    _n, c, _oh, _ow, r, s = view.shape
    return np.einsum("ncijuv->cuvijn", view).reshape(c * r * s, -1)


@wrong(ID, "kernel-swapped")
def _(x, kernel_size, stride=1, padding=0):
    s, r = kernel_size
    view = _view(x, (r, s), stride, padding)
    return np.einsum("ncijuv->ncuvij", view).reshape(len(x), x.shape[1] * r * s, -1)


@wrong(ID, "square-window")
def _(x, kernel_size, stride=1, padding=0):
    size = kernel_size[0]
    view = _view(x, (size, size), stride, padding)
    return np.einsum("ncijuv->ncuvij", view).reshape(len(x), x.shape[1] * size * size, -1)


@wrong(ID, "stride-ignored")
def _(x, kernel_size, stride=1, padding=0):
    view = _view(x, kernel_size, 1, padding)
    n, c, oh, ow, r, s = view.shape
    return np.moveaxis(view, (2, 3), (4, 5)).reshape(n, c * r * s, oh * ow)


@wrong(ID, "stride-not-in-position")
def _(x, kernel_size, stride=1, padding=0):
    (r, s), xp = kernel_size, _frame(x, padding)
    oh, ow = (xp.shape[2] - r) // stride + 1, (xp.shape[3] - s) // stride + 1
    cols = np.zeros((len(x), x.shape[1] * r * s, oh * ow))
    for i in range(oh):
        for j in range(ow):
            cols[:, :, i * ow + j] = xp[:, :, i : i + r, j : j + s].reshape(len(x), -1)
    return cols


@wrong(ID, "padding-ignored")
def _(x, kernel_size, stride=1, padding=0):
    view = _view(x, kernel_size, stride, 0)
    n, c, oh, ow, r, s = view.shape
    return np.moveaxis(view, (2, 3), (4, 5)).reshape(n, c * r * s, oh * ow)


@wrong(ID, "padding-only-in-size")
def _(x, kernel_size, stride=1, padding=0):
    n, c, h, w = x.shape
    r, s = kernel_size
    oh, ow = (h + 2 * padding - r) // stride + 1, (w + 2 * padding - s) // stride + 1
    cols = np.zeros((n, c * r * s, oh * ow))
    for i in range(oh):
        for j in range(ow):
            window = x[:, :, i * stride : i * stride + r, j * stride : j * stride + s]
            cols[:, :, i * ow + j] = window.reshape(n, c * r * s)
    return cols


@wrong(ID, "remembers")
def _(x, kernel_size, stride=1, padding=0, seen=[0]):  # noqa: B006 - the learner's mistake
    seen.append(1)
    view = _view(x, kernel_size, stride, padding)
    n, c, oh, ow, r, s = view.shape
    return np.moveaxis(view, (2, 3), (4, 5)).reshape(n, c * r * s, oh * ow) + len(seen)


ID = "dilated_conv2d"


def _dilated(xp, weight, bias, stride, rows, cols):
    """Windows with steps of `rows` down and `cols` across."""
    r, s = weight.shape[2:]
    tall, wide = rows * (r - 1) + 1, cols * (s - 1) + 1
    oh, ow = (xp.shape[2] - tall) // stride + 1, (xp.shape[3] - wide) // stride + 1
    out = np.zeros((len(xp), len(weight), oh, ow))
    for n, k, i, j in np.ndindex(out.shape):
        y, z = i * stride, j * stride
        window = xp[n, :, y : y + tall : rows, z : z + wide : cols]
        out[n, k, i, j] = np.sum(window * weight[k]) + bias[k]
    return out


@wrong(ID, "dilation-ignored")
def _(x, weight, bias, stride=1, padding=0, dilation=1):
    return _dilated(_frame(x, padding), weight, bias, stride, 1, 1)


@wrong(ID, "gaps-not-steps")
def _(x, weight, bias, stride=1, padding=0, dilation=1):
    k, c, r, s = weight.shape
    big = np.zeros((k, c, r + (r - 1) * dilation, s + (s - 1) * dilation))
    for u in range(r):
        for v in range(s):
            big[:, :, u + u * dilation, v + v * dilation] = weight[:, :, u, v]
    return _einsum(_frame(x, padding), big, bias, stride)


@wrong(ID, "dilation-as-stride")
def _(x, weight, bias, stride=1, padding=0, dilation=1):
    step = stride * dilation
    return _einsum(_frame(x, padding), weight, bias, step)


@wrong(ID, "stride-and-dilation-swapped")
def _(x, weight, bias, stride=1, padding=0, dilation=1):
    return _dilated(_frame(x, padding), weight, bias, dilation, stride, stride)


@wrong(ID, "size-of-dense-window")
def _(x, weight, bias, stride=1, padding=0, dilation=1):
    xp, (oh, ow) = _frame(x, padding), _room(x, weight, stride, padding)
    out = np.zeros((len(x), len(weight), oh, ow))
    for n, k, i, j in np.ndindex(out.shape):
        out[n, k, i, j] = bias[k]
        for c, u, v in np.ndindex(weight.shape[1:]):
            pixel = xp[n, c, i * stride + u * dilation, j * stride + v * dilation]
            out[n, k, i, j] += pixel * weight[k, c, u, v]
    return out


@wrong(ID, "reach-too-long")
def _(x, weight, bias, stride=1, padding=0, dilation=1):
    k, c, r, s = weight.shape
    big = np.zeros((k, c, r * dilation, s * dilation))
    big[:, :, ::dilation, ::dilation] = weight
    return _einsum(_frame(x, padding), big, bias, stride)


@wrong(ID, "only-columns")
def _(x, weight, bias, stride=1, padding=0, dilation=1):
    return _dilated(_frame(x, padding), weight, bias, stride, 1, dilation)


@wrong(ID, "only-rows")
def _(x, weight, bias, stride=1, padding=0, dilation=1):
    return _dilated(_frame(x, padding), weight, bias, stride, dilation, 1)


@wrong(ID, "padding-dilated")
def _(x, weight, bias, stride=1, padding=0, dilation=1):
    return _dilated(_frame(x, padding * dilation), weight, bias, stride, dilation, dilation)


@wrong(ID, "padding-ignored")
def _(x, weight, bias, stride=1, padding=0, dilation=1):
    return _dilated(x, weight, bias, stride, dilation, dilation)


@wrong(ID, "stride-ignored")
def _(x, weight, bias, stride=1, padding=0, dilation=1):
    return _dilated(_frame(x, padding), weight, bias, 1, dilation, dilation)


@wrong(ID, "flipped")
def _(x, weight, bias, stride=1, padding=0, dilation=1):
    turned = np.rot90(weight, 2, axes=(2, 3))
    return _dilated(_frame(x, padding), turned, bias, stride, dilation, dilation)


@wrong(ID, "no-bias")
def _(x, weight, bias, stride=1, padding=0, dilation=1):
    return _dilated(_frame(x, padding), weight, np.zeros_like(bias), stride, dilation, dilation)


def _number(task, *values):
    for value in values:
        wrong(task, f"answer-{value}")(lambda value=value: value)


_number("question_parameters", 1200, 416, 400, 1248, 1203, 76, 75, 3072)
_number("question_receptive_field", 9, 27, 3, 5, 6, 49)
_number("question_equivariance", "a", "c", "d")
wrong("question_parameters", "wrong-value")(lambda: 1000)
wrong("question_parameters", "wrong-type")(lambda: "1216")
