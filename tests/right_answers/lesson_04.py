"""Lesson 04, right: loops, slices, views, reshapes, indices and masks."""

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view

from course import functional as F

from . import right

ID = "maxpool2d_forward"


def _size(x, k, s):
    return [(side - k) // s + 1 for side in x.shape[2:]]


@right(ID, "four loops")
def _(x, kernel_size, stride):
    N, C, H, W = x.shape
    out = np.zeros((N, C, (H - kernel_size) // stride + 1, (W - kernel_size) // stride + 1))
    for n in range(N):
        for c in range(C):
            for i in range(out.shape[2]):
                for j in range(out.shape[3]):
                    top, left = i * stride, j * stride
                    window = x[n, c, top : top + kernel_size, left : left + kernel_size]
                    out[n, c, i, j] = window.max()
    return out.astype(x.dtype)


@right(ID, "two loops, all channels at once")
def _(x, kernel_size, stride):
    oh, ow = _size(x, kernel_size, stride)
    out = np.empty((*x.shape[:2], oh, ow), dtype=x.dtype)
    for i in range(oh):
        for j in range(ow):
            rows = slice(i * stride, i * stride + kernel_size)
            out[:, :, i, j] = x[:, :, rows, j * stride : j * stride + kernel_size].max((2, 3))
    return out


@right(ID, "one slice for each place in the window")
def _(x, kernel_size, stride):
    oh, ow = _size(x, kernel_size, stride)
    out = np.full((*x.shape[:2], oh, ow), -np.inf, dtype=x.dtype)
    for u in range(kernel_size):
        for v in range(kernel_size):
            seen = x[:, :, u : u + stride * oh : stride, v : v + stride * ow : stride]
            out = np.maximum(out, seen[:, :, :oh, :ow])
    return out


@right(ID, "sliding windows")
def _(x, kernel_size, stride):
    view = sliding_window_view(x, (kernel_size, kernel_size), axis=(2, 3))
    return view[:, :, ::stride, ::stride].max(axis=(-1, -2))


@right(ID, "plain Python comparisons")
def _(x, kernel_size, stride):
    oh, ow = _size(x, kernel_size, stride)
    out = np.empty((*x.shape[:2], oh, ow), x.dtype)
    for n, c, i, j in np.ndindex(*out.shape):
        best = x[n, c, i * stride, j * stride]
        for u in range(kernel_size):
            for v in range(kernel_size):
                value = x[n, c, i * stride + u, j * stride + v]
                if value > best:
                    best = value
        out[n, c, i, j] = best
    return out


@right(ID, "PyTorch")
def _(x, kernel_size, stride):
    x = torch.from_numpy(np.ascontiguousarray(x))
    return torch.nn.functional.max_pool2d(x, kernel_size, stride).numpy()


@right(ID, "the course's layer")
def _(x, kernel_size, stride):
    return F.maxpool2d_forward(x, kernel_size, stride)[0]


ID = "maxpool2d_backward"


@right(ID, "loops and argmax")
def _(dout, x, kernel_size, stride):
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        top, left = i * stride, j * stride
        window = x[n, c, top : top + kernel_size, left : left + kernel_size]
        u, v = np.unravel_index(window.argmax(), window.shape)
        dx[n, c, top + u, left + v] += dout[n, c, i, j]
    return dx


@right(ID, "search with >")
def _(dout, x, kernel_size, stride):
    dx = np.zeros(x.shape, x.dtype)
    for n, c, i, j in np.ndindex(*dout.shape):
        row, column = i * stride, j * stride
        for u in range(kernel_size):
            for v in range(kernel_size):
                y, z = i * stride + u, j * stride + v
                if x[n, c, y, z] > x[n, c, row, column]:
                    row, column = y, z
        dx[n, c, row, column] += dout[n, c, i, j]
    return dx


@right(ID, "a mask that closes behind the first winner")
def _(dout, x, kernel_size, stride):
    (oh, ow), dx = dout.shape[2:], np.zeros_like(x)
    for i in range(oh):
        for j in range(ow):
            place = np.s_[
                :,
                :,
                i * stride : i * stride + kernel_size,
                j * stride : j * stride + kernel_size,
            ]
            flat = x[place].reshape(*x.shape[:2], -1)
            won = flat == flat.max(axis=-1, keepdims=True)
            won &= won.cumsum(axis=-1) == 1
            dx[place] += won.reshape(x[place].shape) * dout[:, :, i, j][:, :, None, None]
    return dx


@right(ID, "PyTorch")
def _(dout, x, kernel_size, stride):
    x = torch.tensor(np.ascontiguousarray(x), requires_grad=True)
    out = torch.nn.functional.max_pool2d(x, kernel_size, stride)
    out.backward(torch.from_numpy(np.ascontiguousarray(dout)))
    return x.grad.numpy()


@right(ID, "the course's layer")
def _(dout, x, kernel_size, stride):
    return F.maxpool2d_backward(dout, F.maxpool2d_forward(x, kernel_size, stride)[1])


ID = "avgpool2d_forward"


@right(ID, "loops")
def _(x, kernel_size, stride):
    oh, ow = _size(x, kernel_size, stride)
    out = np.empty((*x.shape[:2], oh, ow), x.dtype)
    for n, c, i, j in np.ndindex(*out.shape):
        rows = slice(i * stride, i * stride + kernel_size)
        out[n, c, i, j] = x[n, c, rows, j * stride : j * stride + kernel_size].mean()
    return out


@right(ID, "sum of slices")
def _(x, kernel_size, stride):
    oh, ow = _size(x, kernel_size, stride)
    total = np.zeros((*x.shape[:2], oh, ow), x.dtype)
    for u in range(kernel_size):
        for v in range(kernel_size):
            total += x[:, :, u::stride, v::stride][:, :, :oh, :ow]
    return total / kernel_size**2


@right(ID, "a convolution with equal weights")
def _(x, kernel_size, stride):
    weight = np.full((1, 1, kernel_size, kernel_size), 1 / kernel_size**2, x.dtype)
    flat = np.ascontiguousarray(x).reshape(-1, 1, *x.shape[2:])
    out = F.conv2d_forward(flat, weight, None, stride)[0]
    return out.reshape(*x.shape[:2], *out.shape[2:])


@right(ID, "running sums")
def _(x, kernel_size, stride):
    total = np.pad(x.astype(np.float64).cumsum(2).cumsum(3), ((0, 0), (0, 0), (1, 0), (1, 0)))
    k = kernel_size
    box = total[:, :, k:, k:] - total[:, :, :-k, k:] - total[:, :, k:, :-k] + total[:, :, :-k, :-k]
    return (box[:, :, ::stride, ::stride] / k**2).astype(x.dtype)


@right(ID, "PyTorch")
def _(x, kernel_size, stride):
    x = torch.from_numpy(np.ascontiguousarray(x))
    return torch.nn.functional.avg_pool2d(x, kernel_size, stride).numpy()


ID = "avgpool2d_backward"


@right(ID, "loops")
def _(dout, x_shape, kernel_size, stride):
    dx = np.zeros(x_shape, dout.dtype)
    for n, c, i, j in np.ndindex(*dout.shape):
        for u in range(kernel_size):
            for v in range(kernel_size):
                dx[n, c, i * stride + u, j * stride + v] += dout[n, c, i, j] / kernel_size**2
    return dx


@right(ID, "slices")
def _(dout, x_shape, kernel_size, stride):
    dx, share = np.zeros(x_shape, dout.dtype), dout / (kernel_size * kernel_size)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + kernel_size)
            columns = slice(j * stride, j * stride + kernel_size)
            dx[:, :, rows, columns] += share[:, :, i : i + 1, j : j + 1]
    return dx


@right(ID, "for each pixel, the windows that hold it")
def _(dout, x_shape, kernel_size, stride):
    def holds(side, count):
        first = np.arange(count)[None] * stride
        pixel = np.arange(side)[:, None]
        return ((pixel >= first) & (pixel < first + kernel_size)).astype(dout.dtype)

    rows, columns = (holds(x_shape[a], dout.shape[a]) for a in (2, 3))
    return (rows @ dout @ columns.T) / kernel_size**2


@right(ID, "PyTorch")
def _(dout, x_shape, kernel_size, stride):
    dout = torch.from_numpy(np.ascontiguousarray(dout))
    x = torch.zeros(*x_shape, dtype=dout.dtype, requires_grad=True)
    torch.nn.functional.avg_pool2d(x, kernel_size, stride).backward(dout)
    return x.grad.numpy()


@right(ID, "the course's layer")
def _(dout, x_shape, kernel_size, stride):
    _, cache = F.avgpool2d_forward(np.zeros(x_shape, dout.dtype), kernel_size, stride)
    return F.avgpool2d_backward(dout, cache)


ID = "global_avgpool"


@right(ID, "mean over two axes")
def _(x):
    return np.mean(x, axis=(-2, -1))


@right(ID, "flattened, then one mean")
def _(x):
    return x.reshape(*x.shape[:2], -1).mean(axis=2)


@right(ID, "sum divided")
def _(x):
    return x.sum(axis=3).sum(axis=2) / (x.shape[2] * x.shape[3])


@right(ID, "loops")
def _(x):
    return np.array([[channel.mean() for channel in image] for image in x])


@right(ID, "PyTorch")
def _(x):
    x = torch.from_numpy(np.ascontiguousarray(x))
    return torch.nn.AdaptiveAvgPool2d(1)(x).flatten(1).numpy()


right("question_kept", "counted")(lambda: 16 * 10 * 10)
right("question_kept", "as a float")(lambda: 16 * (30 / 3) ** 2)
right("question_shared_winner", "summed")(lambda: 1 + 5 - 2 + 4)
right("question_linear", "with brackets")(lambda: "b)")
right("question_linear", "capital")(lambda: "B")
