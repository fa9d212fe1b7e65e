"""Lesson 04, wrong: pooling and its way back as learners get them wrong."""

import numpy as np

from . import wrong

ID = "maxpool2d_forward"


def _pool(x, k, s, of, step=None, keep=(2, 3)):
    """Two loops over places; `of` reduces the axes `keep`."""
    step = step or s
    oh, ow = ((side - k) // step + 1 for side in x.shape[2:])
    out = np.zeros((*x.shape[:2], oh, ow), x.dtype)
    for i in range(oh):
        for j in range(ow):
            window = x[:, :, i * step : i * step + k, j * step : j * step + k]
            out[:, :, i, j] = of(window, axis=keep, keepdims=True)[:, :, 0, 0]
    return out


def _slices(x, k, s, start, join):
    oh, ow = ((side - k) // s + 1 for side in x.shape[2:])
    out = np.full((*x.shape[:2], oh, ow), start, x.dtype)
    for u in range(k):
        for v in range(k):
            out = join(out, x[:, :, u::s, v::s][:, :, :oh, :ow])
    return out


def _ragged(x, k, s, of):
    """Windows at every stride as long as they begin inside."""
    rows = range(0, x.shape[2] - k + s, s)
    columns = range(0, x.shape[3] - k + s, s)
    rows = [i for i in rows if i < x.shape[2]]
    columns = [j for j in columns if j < x.shape[3]]
    lines = [[of(x[:, :, i : i + k, j : j + k], axis=(2, 3)) for j in columns] for i in rows]
    return np.moveaxis(np.array(lines), (0, 1), (2, 3))


@wrong(ID, "starts-at-zero")
def _(x, kernel_size, stride):
    return _slices(x, kernel_size, stride, 0, np.maximum)


@wrong(ID, "stride-is-kernel")
def _(x, kernel_size, stride):
    return _pool(x, kernel_size, stride, np.max, step=kernel_size)


@wrong(ID, "stride-one")
def _(x, kernel_size, stride):
    view = np.lib.stride_tricks.sliding_window_view(x, (kernel_size, kernel_size), axis=(2, 3))
    return view.max(axis=(4, 5))


@wrong(ID, "smallest")
def _(x, kernel_size, stride):
    return _slices(x, kernel_size, stride, np.inf, np.minimum)


@wrong(ID, "mean")
def _(x, kernel_size, stride):
    return _pool(x, kernel_size, stride, np.mean)


@wrong(ID, "sum")
def _(x, kernel_size, stride):
    return _slices(x, kernel_size, stride, 0, np.add)


@wrong(ID, "largest-size")
def _(x, kernel_size, stride):
    high = _slices(x, kernel_size, stride, -np.inf, np.maximum)
    low = _slices(x, kernel_size, stride, np.inf, np.minimum)
    return np.where(np.abs(low) > np.abs(high), low, high)


@wrong(ID, "position")
def _(x, kernel_size, stride):
    view = np.lib.stride_tricks.sliding_window_view(x, (kernel_size, kernel_size), axis=(2, 3))
    view = view[:, :, ::stride, ::stride]
    return view.reshape(*view.shape[:4], -1).argmax(-1).astype(x.dtype)


@wrong(ID, "channels-together")
def _(x, kernel_size, stride):
    return _pool(x, kernel_size, stride, np.max, keep=(1, 2, 3))


@wrong(ID, "images-together")
def _(x, kernel_size, stride):
    return _pool(x, kernel_size, stride, np.max, keep=(0, 2, 3))


@wrong(ID, "rounded-up")
def _(x, kernel_size, stride):
    return _ragged(x, kernel_size, stride, np.max)


@wrong(ID, "last-window-missing")
def _(x, kernel_size, stride):
    N, C, H, W = x.shape
    tops = list(range(0, H - kernel_size, stride))
    lefts = list(range(0, W - kernel_size, stride))
    out = np.zeros((N, C, len(tops), len(lefts)), x.dtype)
    for i, top in enumerate(tops):
        for j, left in enumerate(lefts):
            window = x[:, :, top : top + kernel_size, left : left + kernel_size]
            out[:, :, i, j] = window.max(axis=(2, 3))
    return out


@wrong(ID, "places-mixed-up")
def _(x, kernel_size, stride):
    k, s = kernel_size, stride
    oh, ow = ((side - k) // s + 1 for side in x.shape[2:])
    out = np.zeros((*x.shape[:2], oh, ow), x.dtype)
    for i in range(oh):
        for j in range(ow):
            out[:, :, i, j] = x[:, :, j * s : j * s + k, i * s : i * s + k].max(axis=(2, 3))
    return out


@wrong(ID, "window-too-small")
def _(x, kernel_size, stride):
    k, s = kernel_size, stride
    oh, ow = ((side - k) // s + 1 for side in x.shape[2:])
    out = np.zeros((*x.shape[:2], oh, ow), x.dtype)
    for i in range(oh):
        for j in range(ow):
            window = x[:, :, i * s : i * s + k - 1, j * s : j * s + k - 1]
            out[:, :, i, j] = window.max(axis=(2, 3))
    return out


@wrong(ID, "wrong-shape")
def _(x, kernel_size, stride):
    return _pool(x, kernel_size, stride, np.max)[0]


@wrong(ID, "wrong-dtype")
def _(x, kernel_size, stride):
    return _pool(x, kernel_size, stride, np.max).astype(np.float16)


@wrong(ID, "changed-input")
def _(x, kernel_size, stride):
    out = _pool(x, kernel_size, stride, np.max)
    x[:] = 0
    return out


ID = "maxpool2d_backward"


def _back(dout, x, k, s, share, step=None):
    dx, step = np.zeros_like(x), step or s
    for n, c, i, j in np.ndindex(*dout.shape):
        place = (n, c, slice(i * step, i * step + k), slice(j * step, j * step + k))
        share(dx[place], x[place], dout[n, c, i, j])
    return dx


@wrong(ID, "every-tie-in-full")
def _(dout, x, kernel_size, stride):
    def share(to, window, g):
        to[window == np.max(window)] += g

    return _back(dout, x, kernel_size, stride, share)


@wrong(ID, "ties-divided")
def _(dout, x, kernel_size, stride):
    def share(to, window, g):
        mask = window == window.max()
        to += mask / mask.sum() * g

    return _back(dout, x, kernel_size, stride, share)


@wrong(ID, "last-maximum")
def _(dout, x, kernel_size, stride):
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        row, column = i * stride, j * stride
        for u in range(kernel_size):
            for v in range(kernel_size):
                if x[n, c, i * stride + u, j * stride + v] >= x[n, c, row, column]:
                    row, column = i * stride + u, j * stride + v
        dx[n, c, row, column] += dout[n, c, i, j]
    return dx


@wrong(ID, "overwritten-winner")
def _(dout, x, kernel_size, stride):
    def share(to, window, g):
        to[np.unravel_index(window.argmax(), window.shape)] = g

    return _back(dout, x, kernel_size, stride, share)


@wrong(ID, "overwritten")
def _(dout, x, kernel_size, stride):
    def share(to, window, g):
        to[:] = 0
        to[np.unravel_index(window.argmax(), window.shape)] = g

    return _back(dout, x, kernel_size, stride, share)


@wrong(ID, "spread")
def _(dout, x, kernel_size, stride):
    def share(to, window, g):
        to += g / kernel_size**2

    return _back(dout, x, kernel_size, stride, share)


@wrong(ID, "whole-window")
def _(dout, x, kernel_size, stride):
    def share(to, window, g):
        to += g

    return _back(dout, x, kernel_size, stride, share)


@wrong(ID, "value-instead-of-gradient")
def _(dout, x, kernel_size, stride):
    def share(to, window, g):
        to[np.unravel_index(window.argmax(), window.shape)] += window.max()

    return _back(dout, x, kernel_size, stride, share)


@wrong(ID, "weighted-by-value")
def _(dout, x, kernel_size, stride):
    def share(to, window, g):
        place = np.unravel_index(window.argmax(), window.shape)
        to[place] += g * window[place]

    return _back(dout, x, kernel_size, stride, share)


@wrong(ID, "row-and-column-exchanged")
def _(dout, x, kernel_size, stride):
    def share(to, window, g):
        at = window.argmax()
        to[at % kernel_size, at // kernel_size] += g

    return _back(dout, x, kernel_size, stride, share)


@wrong(ID, "window-coordinates")
def _(dout, x, kernel_size, stride):
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        rows = slice(i * stride, i * stride + kernel_size)
        window = x[n, c, rows, j * stride : j * stride + kernel_size]
        u, v = divmod(window.argmax(), kernel_size)
        dx[n, c, u, v] += dout[n, c, i, j]
    return dx


@wrong(ID, "channels-together")
def _(dout, x, kernel_size, stride):
    dx, k = np.zeros_like(x), kernel_size
    for n in range(len(x)):
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                window = x[n, :, i * stride : i * stride + k, j * stride : j * stride + k]
                c, u, v = np.unravel_index(window.argmax(), window.shape)
                dx[n, c, i * stride + u, j * stride + v] += dout[n, c, i, j]
    return dx


@wrong(ID, "stride-is-kernel")
def _(dout, x, kernel_size, stride):
    def share(to, window, g):
        to[np.unravel_index(window.argmax(), window.shape)] += g

    return _back(dout, x, kernel_size, stride, share, step=kernel_size)


@wrong(ID, "stride-one")
def _(dout, x, kernel_size, stride):
    def share(to, window, g):
        to[np.unravel_index(window.argmax(), window.shape)] += g

    return _back(dout, x, kernel_size, stride, share, step=1)


@wrong(ID, "negative-windows-forgotten")
def _(dout, x, kernel_size, stride):
    dx = np.zeros_like(x)
    for n, c, i, j in np.ndindex(*dout.shape):
        best, place = 0, None
        for u in range(kernel_size):
            for v in range(kernel_size):
                if x[n, c, i * stride + u, j * stride + v] > best:
                    best, place = x[n, c, i * stride + u, j * stride + v], (u, v)
        if place:
            dx[n, c, i * stride + place[0], j * stride + place[1]] += dout[n, c, i, j]
    return dx


@wrong(ID, "wrong-value")
def _(dout, x, kernel_size, stride):
    def share(to, window, g):
        to[np.unravel_index(window.argmin(), window.shape)] += g

    return _back(dout, x, kernel_size, stride, share)


ID = "avgpool2d_forward"


@wrong(ID, "sum")
def _(x, kernel_size, stride):
    return _slices(x, kernel_size, stride, 0, np.add)


@wrong(ID, "divided-by-side")
def _(x, kernel_size, stride):
    return _slices(x, kernel_size, stride, 0, np.add) / kernel_size


@wrong(ID, "divided-by-image")
def _(x, kernel_size, stride):
    return _slices(x, kernel_size, stride, 0, np.add) / (x.shape[2] * x.shape[3])


@wrong(ID, "maximum")
def _(x, kernel_size, stride):
    return _pool(x, kernel_size, stride, np.max)


@wrong(ID, "median")
def _(x, kernel_size, stride):
    return _pool(x, kernel_size, stride, np.median)


@wrong(ID, "rounded-to-whole-numbers")
def _(x, kernel_size, stride):
    return _slices(x, kernel_size, stride, 0, np.add) // kernel_size**2


@wrong(ID, "stride-is-kernel")
def _(x, kernel_size, stride):
    return _pool(x, kernel_size, stride, np.mean, step=kernel_size)


@wrong(ID, "stride-one")
def _(x, kernel_size, stride):
    return _pool(x, kernel_size, stride, np.mean, step=1)


@wrong(ID, "channels-together")
def _(x, kernel_size, stride):
    return _pool(x, kernel_size, stride, np.mean, keep=(1, 2, 3))


@wrong(ID, "rounded-up")
def _(x, kernel_size, stride):
    return _ragged(x, kernel_size, stride, np.mean)


@wrong(ID, "wrong-dtype")
def _(x, kernel_size, stride):
    return _pool(x, kernel_size, stride, np.mean).astype(int)


ID = "avgpool2d_backward"


def _spread(dout, shape, k, s, by, step=None, assign=False):
    dx, step = np.zeros(shape, dout.dtype), step or s
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            place = np.s_[:, :, i * step : i * step + k, j * step : j * step + k]
            share = dout[:, :, i : i + 1, j : j + 1] / by
            if assign:
                dx[place] = share
            else:
                dx[place] += share
    return dx


@wrong(ID, "not-divided")
def _(dout, x_shape, kernel_size, stride):
    return _spread(dout, x_shape, kernel_size, stride, 1)


@wrong(ID, "divided-by-side")
def _(dout, x_shape, kernel_size, stride):
    return _spread(dout, x_shape, kernel_size, stride, kernel_size)


@wrong(ID, "divided-by-image")
def _(dout, x_shape, kernel_size, stride):
    return _spread(dout, x_shape, kernel_size, stride, np.prod(x_shape[2:]))


@wrong(ID, "overwritten")
def _(dout, x_shape, kernel_size, stride):
    return _spread(dout, x_shape, kernel_size, stride, kernel_size**2, assign=True)


@wrong(ID, "stride-is-kernel")
def _(dout, x_shape, kernel_size, stride):
    return _spread(dout, x_shape, kernel_size, stride, kernel_size**2, step=kernel_size)


@wrong(ID, "stride-one")
def _(dout, x_shape, kernel_size, stride):
    return _spread(dout, x_shape, kernel_size, stride, kernel_size**2, step=1)


@wrong(ID, "corner-only")
def _(dout, x_shape, kernel_size, stride):
    dx = np.zeros(x_shape, dout.dtype)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dx[:, :, i * stride, j * stride] = dout[:, :, i, j]
    return dx


@wrong(ID, "mean-over-windows")
def _(dout, x_shape, kernel_size, stride):
    total = _spread(dout, x_shape, kernel_size, stride, kernel_size**2)
    times = _spread(np.ones_like(dout), x_shape, kernel_size, stride, 1)
    return np.divide(total, times, out=np.zeros_like(total), where=times > 0)


@wrong(ID, "cut-off")
def _(dout, x_shape, kernel_size, stride):
    N, C, OH, OW = dout.shape
    shape = (N, C, (OH - 1) * stride + kernel_size, (OW - 1) * stride + kernel_size)
    return _spread(dout, shape, kernel_size, stride, kernel_size**2)


@wrong(ID, "wrong-type")
def _(dout, x_shape, kernel_size, stride):
    return _spread(dout, x_shape, kernel_size, stride, kernel_size**2).tolist()


ID = "global_avgpool"


@wrong(ID, "axes-kept")
def _(x):
    return x.mean(axis=(2, 3)).reshape(*x.shape[:2], 1, 1)


@wrong(ID, "sum")
def _(x):
    return np.einsum("nchw->nc", x)


@wrong(ID, "maximum")
def _(x):
    return x.reshape(*x.shape[:2], -1).max(-1)


@wrong(ID, "over-channels")
def _(x):
    return np.mean(x, 1)


@wrong(ID, "one-number-an-image")
def _(x):
    return np.array([image.mean() for image in x])


@wrong(ID, "over-images")
def _(x):
    return x.mean(0).mean((1, 2))


@wrong(ID, "one-axis")
def _(x):
    return x.mean(-1)


@wrong(ID, "square-assumed")
def _(x):
    return x.sum((2, 3)) / x.shape[2] ** 2


@wrong(ID, "exchanged")
def _(x):
    return np.array([x[:, c].mean(axis=(1, 2)) for c in range(x.shape[1])])


@wrong(ID, "wrong-type")
def _(x):
    return x.mean(axis=(2, 3)).tolist()


def _number(task, *values):
    for value in values:
        wrong(task, f"answer-{value}")(lambda value=value: value)


_number("question_kept", 100, 14400, 12800, 12544, 4800)
_number("question_shared_winner", 4, 1, 5, 2, 12, 10)
_number("question_linear", "a", "c", "d")
wrong("question_kept", "wrong-value")(lambda: 900)
wrong("question_kept", "wrong-type")(lambda: "1600")
