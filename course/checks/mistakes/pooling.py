"""Wrong pooling layers, forward and backward."""

# ruff: noqa: ARG001, ARG005 - a wrong answer keeps the right signature, used or not

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _pooling as right
from ..task import Misconception

Array = np.ndarray[Any, Any]
Reduce = Callable[[Array], Any]
Shape = tuple[int, int, int, int]


def _count(size: int, kernel_size: int, stride: int) -> int:
    return (size - kernel_size) // stride + 1


def _each(
    x: Array, k: int, s: int, of: Reduce, step: int | None = None, reach: int | None = None
) -> Array:
    """of(window) at every place: windows `step` apart and `reach` wide, where those are given."""
    step, reach = step or s, k if reach is None else reach
    size = [_count(side, k, step) for side in x.shape[2:]]
    out = np.empty((*x.shape[:2], *size), dtype=x.dtype)
    for n, c, i, j in np.ndindex(*out.shape):
        top, left = i * step, j * step
        out[n, c, i, j] = of(x[n, c, top : top + reach, left : left + reach])
    return out


def _rounded_up(x: Array, k: int, s: int, of: Reduce) -> Array:
    size = [-(-(side - k) // s) + 1 for side in x.shape[2:]]
    size = [n - ((n - 1) * s >= side) for n, side in zip(size, x.shape[2:], strict=True)]
    out = np.empty((*x.shape[:2], *size), dtype=x.dtype)
    for n, c, i, j in np.ndindex(*out.shape):
        out[n, c, i, j] = of(x[n, c, i * s : i * s + k, j * s : j * s + k])
    return out


def _last_missing(x: Array, k: int, s: int, of: Reduce) -> Array:
    tops, lefts = (range(0, side - k, s) for side in x.shape[2:])
    rows = [[of(x[:, :, i : i + k, j : j + k]) for j in lefts] for i in tops]
    if not rows or not rows[0]:
        return np.zeros((*x.shape[:2], len(tops), len(lefts)), dtype=x.dtype)
    return np.moveaxis(np.array(rows, dtype=x.dtype), (0, 1), (2, 3))


def _together(x: Array, k: int, s: int, of: Reduce, axis: int) -> Array:
    """Windows that reach through all channels (axis 1) or all images (axis 0)."""
    whole = right.maxpool2d_forward(x, k, s) if of is np.max else right.avgpool2d_forward(x, k, s)
    return np.broadcast_to(of(whole, axis=axis, keepdims=True), whole.shape).copy()  # type: ignore[call-arg]


def _largest_size(window: Array) -> Any:
    return window.flat[np.abs(window).argmax()]


def _places_mixed(x: Array, k: int, s: int, of: Reduce) -> Array:
    """Rows and columns of the output exchanged."""
    out = np.empty((*x.shape[:2], *(_count(side, k, s) for side in x.shape[2:])), dtype=x.dtype)
    for n, c, i, j in np.ndindex(*out.shape):
        out[n, c, i, j] = of(x[n, c, j * s : j * s + k, i * s : i * s + k])
    return out


SAYS_STRIDE_IS_KERNEL = (
    "The windows lie side by side, whatever the stride says. kernel_size tells how large a window "
    "is; which argument tells how far the next one is away?"
)
SAYS_STRIDE_ONE = (
    "Your windows move on by one pixel each time. Where does window i begin if the stride is 2?"
)
SAYS_ROUNDED_UP = (
    "At the lower or right border you also take windows that stick out of the image. Only whole "
    "windows count: which way is the number of steps to be rounded?"
)
SAYS_LAST_MISSING = (
    "The last row and column of windows is missing. A window that ends exactly at the border "
    "still fits: which start is the last one allowed? (range leaves out its end.)"
)
SAYS_CHANNELS = (
    "All channels of an image get the same numbers: your window reaches through the depth. A "
    "convolution does that; pooling treats each channel by itself."
)
SAYS_IMAGES = (
    "All images of the batch get the same numbers. One photograph should not change what comes of "
    "another: over which axes may a window reach?"
)
SAYS_SHORT = (
    "Your window is one row and one column too small. How many pixels does the slice a : b hold?"
)
SAYS_MIXED = (
    "Rows and columns are exchanged: the window at (i, j) is taken from place (j, i). Which of the "
    "two counts downwards?"
)

MAX_FORWARD = (
    Misconception(
        "stride-is-kernel",
        lambda x, kernel_size, stride: _each(x, kernel_size, stride, np.max, step=kernel_size),
        SAYS_STRIDE_IS_KERNEL,
    ),
    Misconception(
        "stride-one",
        lambda x, kernel_size, stride: _each(x, kernel_size, stride, np.max, step=1),
        SAYS_STRIDE_ONE,
    ),
    Misconception(
        "starts-at-zero",
        lambda x, kernel_size, stride: np.maximum(
            right.maxpool2d_forward(x, kernel_size, stride), 0
        ),
        "A window of negative numbers only gives 0, which is not among them. With which number "
        "does the search for the largest begin?",
    ),
    Misconception(
        "largest-size",
        lambda x, kernel_size, stride: _each(x, kernel_size, stride, _largest_size),
        "You take the number that lies farthest from zero. Which is larger, -5 or 3?",
    ),
    Misconception(
        "smallest",
        lambda x, kernel_size, stride: _each(x, kernel_size, stride, np.min),
        "These are the smallest numbers of the windows.",
    ),
    Misconception(
        "mean",
        right.avgpool2d_forward,
        "These are the means of the windows. That is average pooling, which comes later on.",
    ),
    Misconception(
        "sum",
        lambda x, kernel_size, stride: _each(x, kernel_size, stride, np.sum),
        "These are the sums of the windows. Which ONE of its numbers does a window keep?",
    ),
    Misconception(
        "position",
        lambda x, kernel_size, stride: _each(x, kernel_size, stride, np.argmax),
        "You return where in the window the largest number stands, not the number. (The place is "
        "what the backward pass will want.)",
    ),
    Misconception(
        "channels-together",
        lambda x, kernel_size, stride: _together(x, kernel_size, stride, np.max, 1),
        SAYS_CHANNELS,
    ),
    Misconception(
        "images-together",
        lambda x, kernel_size, stride: _together(x, kernel_size, stride, np.max, 0),
        SAYS_IMAGES,
    ),
    Misconception(
        "rounded-up",
        lambda x, kernel_size, stride: _rounded_up(x, kernel_size, stride, np.max),
        SAYS_ROUNDED_UP,
    ),
    Misconception(
        "last-window-missing",
        lambda x, kernel_size, stride: _last_missing(
            x, kernel_size, stride, lambda window: window.max(axis=(2, 3))
        ),
        SAYS_LAST_MISSING,
    ),
    Misconception(
        "window-too-small",
        lambda x, kernel_size, stride: _each(x, kernel_size, stride, np.max, reach=kernel_size - 1),
        SAYS_SHORT,
    ),
    Misconception(
        "places-mixed-up",
        lambda x, kernel_size, stride: _places_mixed(x, kernel_size, stride, np.max),
        SAYS_MIXED,
    ),
)


# The way back through the maximum

Share = Callable[[Array, Any], Array]


def _back(
    dout: Array,
    x: Array,
    k: int,
    step: int,
    share: Share,
    overwrite: bool = False,
) -> Array:
    """share(window, g) is what the window's place in dx receives."""
    dx = np.zeros(x.shape, dtype=x.dtype)
    for n, c, i, j in np.ndindex(*dout.shape):
        place = (n, c, slice(i * step, i * step + k), slice(j * step, j * step + k))
        got = share(x[place], dout[n, c, i, j])
        dx[place] = got if overwrite else dx[place] + got
    return dx


def _one(place: int, window: Array, g: Any) -> Array:
    got = np.zeros_like(window)
    got.flat[place] = g
    return got


def _first(window: Array, g: Any) -> Array:
    return _one(int(window.argmax()), window, g)


def _last(window: Array, g: Any) -> Array:
    return _one(window.size - 1 - int(window.ravel()[::-1].argmax()), window, g)


def _all_equal(window: Array, g: Any) -> Array:
    return np.asarray((window == window.max()) * g)


def _divided(window: Array, g: Any) -> Array:
    winners = window == window.max()
    return np.asarray(winners * g / winners.sum())


def _value(window: Array, g: Any) -> Array:
    return _one(int(window.argmax()), window, window.max())


def _weighted(window: Array, g: Any) -> Array:
    return _one(int(window.argmax()), window, window.max() * g)


def _turned(window: Array, g: Any) -> Array:
    v, u = divmod(int(window.argmax()), window.shape[1])
    return _one(u * window.shape[1] + v, window, g)


def _from_zero(window: Array, g: Any) -> Array:
    return _first(window, g) if window.max() > 0 else np.zeros_like(window)


def _window_coordinates(dout: Array, x: Array, k: int, s: int) -> Array:
    dx = np.zeros(x.shape, dtype=x.dtype)
    for n, c, i, j in np.ndindex(*dout.shape):
        window = x[n, c, i * s : i * s + k, j * s : j * s + k]
        dx[n, c, :k, :k] += _first(window, dout[n, c, i, j])
    return dx


def _winning_channel(dout: Array, x: Array, k: int, s: int) -> Array:
    dx = np.zeros(x.shape, dtype=x.dtype)
    for n, i, j in np.ndindex(dout.shape[0], *dout.shape[2:]):
        place = (n, slice(None), slice(i * s, i * s + k), slice(j * s, j * s + k))
        c, u, v = np.unravel_index(x[place].argmax(), x[place].shape)
        dx[n, c, i * s + u, j * s + v] += dout[n, c, i, j]
    return dx


def _assigned(dout: Array, x: Array, k: int, s: int) -> Array:
    dx = np.zeros(x.shape, dtype=x.dtype)
    for n, c, i, j in np.ndindex(*dout.shape):
        u, v = divmod(int(x[n, c, i * s : i * s + k, j * s : j * s + k].argmax()), k)
        dx[n, c, i * s + u, j * s + v] = dout[n, c, i, j]
    return dx


def _max_backward(share: Share, overwrite: bool = False) -> Callable[..., Array]:
    return lambda dout, x, kernel_size, stride: _back(
        dout, x, kernel_size, stride, share, overwrite
    )


MAX_BACKWARD = (
    Misconception(
        "every-tie-in-full",
        _max_backward(_all_equal),
        "Where several numbers of a window are equally large, each of them gets the whole "
        "gradient, so more flows back than came. Forward took ONE of them: which one does the task "
        "name?",
    ),
    Misconception(
        "ties-divided",
        _max_backward(_divided),
        "Where several numbers are equally large, you divide the gradient among them. That can be "
        "defended, but the task (and PyTorch) names one of them. Which?",
    ),
    Misconception(
        "last-maximum",
        _max_backward(_last),
        "Of equal numbers you choose the last in reading order. (With >= a later equal number "
        "takes over, with > it does not.)",
    ),
    Misconception(
        "overwritten",
        _max_backward(_first, overwrite=True),
        "Where windows overlap, what an earlier window handed back is overwritten by a later one. "
        "A pixel that matters to several outputs: what happens to its gradients?",
    ),
    Misconception(
        "overwritten-winner",
        _assigned,
        "A pixel that wins several windows keeps only the gradient of the last. It matters to "
        "several outputs: what happens to their gradients?",
    ),
    Misconception(
        "spread",
        _max_backward(lambda window, g: np.full_like(window, g / window.size)),
        "Every number of the window gets a share. How much does the maximum change if one of the "
        "smaller numbers grows by a little?",
    ),
    Misconception(
        "whole-window",
        _max_backward(lambda window, g: np.full_like(window, g)),
        "Every number of the window gets the full gradient. How much does the maximum change if "
        "one of the smaller numbers grows by a little?",
    ),
    Misconception(
        "value-instead-of-gradient",
        _max_backward(_value),
        "What arrives in dx is the largest number itself. It tells WHERE to; WHAT flows back has "
        "another name.",
    ),
    Misconception(
        "weighted-by-value",
        _max_backward(_weighted),
        "You multiply the gradient by the largest number. If that number grows by 0.1, the output "
        "grows by 0.1 as well: which factor is that?",
    ),
    Misconception(
        "row-and-column-exchanged",
        _max_backward(_turned),
        "The gradient lands at the mirror image of the winner's place: the flat number of a place "
        "is row * width + column. Which of the two does // give?",
    ),
    Misconception(
        "window-coordinates",
        _window_coordinates,
        "All gradients land in the upper left corner. argmax counts from the corner of the window; "
        "from where does dx count?",
    ),
    Misconception(
        "channels-together",
        _winning_channel,
        "You look for the largest number through all channels, so the gradients of the others are "
        "lost. Each channel has winners of its own.",
    ),
    Misconception(
        "negative-windows-forgotten",
        _max_backward(_from_zero),
        "Windows without a positive number hand nothing back. Their largest number has gone "
        "forward, too. With which value does your search begin?",
    ),
    Misconception(
        "stride-is-kernel",
        lambda dout, x, kernel_size, stride: _back(dout, x, kernel_size, kernel_size, _first),
        SAYS_STRIDE_IS_KERNEL,
    ),
    Misconception(
        "stride-one",
        lambda dout, x, kernel_size, stride: _back(dout, x, kernel_size, 1, _first),
        SAYS_STRIDE_ONE,
    ),
)


# The mean and its way back


def _mean_times(
    factor: Callable[[tuple[int, ...], int], float],
) -> Callable[[Array, int, int], Array]:
    def answer(x: Array, kernel_size: int, stride: int) -> Array:
        out = right.avgpool2d_forward(x, kernel_size, stride) * factor(x.shape, kernel_size)
        return out.astype(x.dtype)

    return answer


AVERAGE_FORWARD = (
    Misconception(
        "stride-is-kernel",
        lambda x, kernel_size, stride: _each(x, kernel_size, stride, np.mean, step=kernel_size),
        SAYS_STRIDE_IS_KERNEL,
    ),
    Misconception(
        "stride-one",
        lambda x, kernel_size, stride: _each(x, kernel_size, stride, np.mean, step=1),
        SAYS_STRIDE_ONE,
    ),
    Misconception(
        "sum",
        _mean_times(lambda shape, k: k**2),
        "These are the sums of the windows. What makes a mean of a sum?",
    ),
    Misconception(
        "divided-by-side",
        _mean_times(lambda shape, k: k),
        "The sums are right, but divided by the side of the window. How many numbers does it hold?",
    ),
    Misconception(
        "divided-by-image",
        _mean_times(lambda shape, k: k**2 / (shape[2] * shape[3])),
        "You divide by the number of pixels of the whole image. Of how many numbers is each output "
        "the mean?",
    ),
    Misconception(
        "maximum",
        right.maxpool2d_forward,
        "These are the largest numbers of the windows: max pooling once more.",
    ),
    Misconception(
        "median",
        lambda x, kernel_size, stride: _each(x, kernel_size, stride, np.median),
        "These are the medians: the number in the middle. A mean lets every number count.",
    ),
    Misconception(
        "rounded-to-whole-numbers",
        lambda x, kernel_size, stride: _each(
            x, kernel_size, stride, lambda window: window.sum() // window.size
        ),
        "Your means are rounded down to whole numbers. What does // do, and what does / do?",
    ),
    Misconception(
        "channels-together",
        lambda x, kernel_size, stride: _together(x, kernel_size, stride, np.mean, 1),
        SAYS_CHANNELS,
    ),
    Misconception(
        "images-together",
        lambda x, kernel_size, stride: _together(x, kernel_size, stride, np.mean, 0),
        SAYS_IMAGES,
    ),
    Misconception(
        "rounded-up",
        lambda x, kernel_size, stride: _rounded_up(x, kernel_size, stride, np.mean),
        SAYS_ROUNDED_UP,
    ),
    Misconception(
        "last-window-missing",
        lambda x, kernel_size, stride: _last_missing(
            x, kernel_size, stride, lambda window: window.mean(axis=(2, 3))
        ),
        SAYS_LAST_MISSING,
    ),
    Misconception(
        "places-mixed-up",
        lambda x, kernel_size, stride: _places_mixed(x, kernel_size, stride, np.mean),
        SAYS_MIXED,
    ),
)


def _shared(
    dout: Array, shape: tuple[int, ...], k: int, step: int, by: float, overwrite: bool = False
) -> Array:
    dx = np.zeros(shape, dtype=dout.dtype)
    for n, c, i, j in np.ndindex(*dout.shape):
        place = (n, c, slice(i * step, i * step + k), slice(j * step, j * step + k))
        share = dout[n, c, i, j] / by
        dx[place] = share if overwrite else dx[place] + share
    return dx


def _per_window(dout: Array, shape: Shape, k: int, s: int) -> Array:
    """The mean over the windows that hold a pixel, instead of the sum."""
    windows = _shared(np.ones_like(dout), shape, k, s, 1)
    return np.asarray(
        right.avgpool2d_backward(dout, shape, k, s) / np.maximum(windows, 1), dtype=dout.dtype
    )


def _cut_off(dout: Array, shape: Shape, k: int, s: int) -> Array:
    height, width = ((size - 1) * s + k for size in dout.shape[2:])
    return right.avgpool2d_backward(dout, shape, k, s)[:, :, :height, :width]


def _corner(dout: Array, shape: tuple[int, ...], k: int, s: int) -> Array:
    dx = np.zeros(shape, dtype=dout.dtype)
    dx[:, :, : s * dout.shape[2] : s, : s * dout.shape[3] : s][
        :, :, : dout.shape[2], : dout.shape[3]
    ] = dout
    return dx


AVERAGE_BACKWARD = (
    Misconception(
        "not-divided",
        lambda dout, x_shape, kernel_size, stride: _shared(dout, x_shape, kernel_size, stride, 1),
        "Every number of the window gets the full gradient. If one of four numbers grows by 1, by "
        "how much does their mean grow?",
    ),
    Misconception(
        "divided-by-side",
        lambda dout, x_shape, kernel_size, stride: _shared(
            dout, x_shape, kernel_size, stride, kernel_size
        ),
        "You divide by the side of the window. Among how many numbers is the gradient shared?",
    ),
    Misconception(
        "divided-by-image",
        lambda dout, x_shape, kernel_size, stride: _shared(
            dout, x_shape, kernel_size, stride, x_shape[2] * x_shape[3]
        ),
        "You divide by the number of pixels of the image. Of how many numbers was each output the "
        "mean?",
    ),
    Misconception(
        "overwritten",
        lambda dout, x_shape, kernel_size, stride: _shared(
            dout, x_shape, kernel_size, stride, kernel_size**2, overwrite=True
        ),
        "Where windows overlap, a pixel keeps only its last share. It took part in several means: "
        "what happens to its gradients?",
    ),
    Misconception(
        "mean-over-windows",
        _per_window,
        "A pixel that lies in several windows gets the mean of its shares. The loss feels it "
        "through every one of these windows: mean or sum?",
    ),
    Misconception(
        "corner-only",
        _corner,
        "Only the upper left pixel of each window gets something. Which of its pixels took part in "
        "the mean?",
    ),
    Misconception(
        "cut-off",
        _cut_off,
        "Your dx ends where the last window ends. It must have the shape of x: rows and columns "
        "that no window saw are there as well, and what is their gradient?",
    ),
    Misconception(
        "channels-together",
        lambda dout, x_shape, kernel_size, stride: np.broadcast_to(
            right.avgpool2d_backward(dout, x_shape, kernel_size, stride).mean(1, keepdims=True),
            x_shape,
        ).copy(),
        SAYS_CHANNELS,
    ),
    Misconception(
        "stride-is-kernel",
        lambda dout, x_shape, kernel_size, stride: _shared(
            dout, x_shape, kernel_size, kernel_size, kernel_size**2
        ),
        SAYS_STRIDE_IS_KERNEL,
    ),
    Misconception(
        "stride-one",
        lambda dout, x_shape, kernel_size, stride: _shared(
            dout, x_shape, kernel_size, 1, kernel_size**2
        ),
        SAYS_STRIDE_ONE,
    ),
)

GLOBAL_AVERAGE = (
    Misconception(
        "axes-kept",
        lambda x: x.mean(axis=(2, 3), keepdims=True),
        "The numbers are right, but height and width are still there, 1 long each. The fully "
        "connected layer behind it wants (N, C).",
    ),
    Misconception(
        "sum",
        lambda x: x.sum(axis=(2, 3)),
        "These are the sums of the channels. What makes a mean of a sum?",
    ),
    Misconception(
        "maximum",
        lambda x: x.max(axis=(2, 3)),
        "These are the largest numbers of the channels. Its name says average.",
    ),
    Misconception(
        "over-channels",
        lambda x: x.mean(axis=1),
        "You average over the channels, place by place. Which two axes should disappear?",
    ),
    Misconception(
        "one-number-an-image",
        lambda x: x.mean(axis=(1, 2, 3)),
        "One number an image: the channels are averaged as well. Each is to keep a mean of its "
        "own.",
    ),
    Misconception(
        "over-images",
        lambda x: x.mean(axis=(0, 2, 3)),
        "The images of the batch are averaged as well. Each is to keep its own numbers.",
    ),
    Misconception(
        "one-axis",
        lambda x: x.mean(axis=3),
        "The mean runs along the rows only: the height is still there. Over how many axes does it "
        "have to run?",
    ),
    Misconception(
        "other-axis",
        lambda x: x.mean(axis=2),
        "The mean runs down the columns only: the width is still there. Over how many axes does "
        "it have to run?",
    ),
    Misconception(
        "square-assumed",
        lambda x: x.sum(axis=(2, 3)) / x.dtype.type(x.shape[2] ** 2),
        "You divide by the height squared. Is every image a square?",
    ),
    Misconception(
        "exchanged",
        lambda x: x.mean(axis=(2, 3)).T,
        "Images and channels are exchanged. One row for each image, one column for each channel.",
    ),
)
