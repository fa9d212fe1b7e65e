"""Wrong ways to write windows as columns."""

# ruff: noqa: ARG005 - a wrong answer keeps the right signature, used or not

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._references import conv_output_size, im2col, windows
from ..task import Misconception

Array = np.ndarray[Any, Any]


def _ordered(*axes: int) -> Callable[..., Array]:
    """im2col with the window's axes n c i j u v in another order before the reshape."""

    def answer(x: Array, kernel_size: tuple[int, int], stride: int = 1, padding: int = 0) -> Array:
        view = windows(x, kernel_size, stride, padding)
        n, c, oh, ow, r, s = view.shape
        return view.transpose(axes).reshape(n, c * r * s, oh * ow)

    return answer


def _swapped_kernel(
    x: Array, kernel_size: tuple[int, int], stride: int = 1, padding: int = 0
) -> Array:
    return im2col(x, kernel_size[::-1], stride, padding)


def _batch_in_columns(
    x: Array, kernel_size: tuple[int, int], stride: int = 1, padding: int = 0
) -> Array:
    view = windows(x, kernel_size, stride, padding)
    n, c, oh, ow, r, s = view.shape
    return view.transpose(1, 4, 5, 2, 3, 0).reshape(c * r * s, oh * ow * n)


def _stride_not_in_position(
    x: Array, kernel_size: tuple[int, int], stride: int = 1, padding: int = 0
) -> Array:
    view = windows(x, kernel_size, 1, padding)
    n, c, _, _, r, s = view.shape
    oh = conv_output_size(x.shape[2], r, stride, padding)
    ow = conv_output_size(x.shape[3], s, stride, padding)
    near = view[:, :, :oh, :ow].transpose(0, 1, 4, 5, 2, 3)
    return near.reshape(n, c * r * s, oh * ow)


def _x_not_padded(
    x: Array, kernel_size: tuple[int, int], stride: int = 1, padding: int = 0
) -> Array:
    if padding:
        raise ValueError
    return im2col(x, kernel_size, stride, padding)


def _edge(x: Array, kernel_size: tuple[int, int], stride: int = 1, padding: int = 0) -> Array:
    frame = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    return im2col(np.pad(x, frame, mode="edge"), kernel_size, stride)


def _square_window(
    x: Array, kernel_size: tuple[int, int], stride: int = 1, padding: int = 0
) -> Array:
    return im2col(x, (kernel_size[0], kernel_size[0]), stride, padding)


IM2COL = (
    Misconception(
        "scrambled",
        _ordered(0, 1, 2, 3, 4, 5),
        "reshape only deals the numbers out in the order in which they lie; it does not move an "
        "axis. Bring the axes into the order of the result first.",
    ),
    Misconception(
        "channels-last",
        _ordered(0, 4, 5, 1, 2, 3),
        "The rows go through the channels fastest. A filter's weights lie in the order c, u, v: "
        "the channel changes slowest.",
    ),
    Misconception(
        "columns-first",
        _ordered(0, 1, 5, 4, 2, 3),
        "Within a window you go down the columns first. A filter's weights lie row by row: v "
        "changes fastest.",
    ),
    Misconception(
        "places-transposed",
        _ordered(0, 1, 4, 5, 3, 2),
        "The windows are taken in the wrong order: column i * OW + j is the window at (i, j), so j "
        "changes fastest.",
    ),
    Misconception(
        "rows-not-columns",
        lambda x, kernel_size, stride=1, padding=0: im2col(
            x, kernel_size, stride, padding
        ).transpose(0, 2, 1),
        "Your windows lie in rows: (N, OH*OW, C*R*S). The name asks for columns.",
    ),
    Misconception(
        "batch-in-columns",
        _batch_in_columns,
        "The images are mixed into one large matrix. Here the batch keeps an axis of its own, the "
        "first.",
    ),
    Misconception(
        "kernel-swapped",
        _swapped_kernel,
        "Height and width of the window have changed places: kernel_size is (R, S), height first.",
    ),
    Misconception(
        "square-window",
        _square_window,
        "It works for square windows only: kernel_size holds two numbers, height and width.",
    ),
    Misconception(
        "stride-ignored",
        lambda x, kernel_size, stride=1, padding=0: im2col(x, kernel_size, 1, padding),
        "The stride is not used: there are too many columns, one for every place.",
    ),
    Misconception(
        "stride-not-in-position",
        _stride_not_in_position,
        "The number of columns is right, but the windows are neighbours: the stride is missing in "
        "WHERE the window lies.",
    ),
    Misconception(
        "padding-ignored",
        lambda x, kernel_size, stride=1, padding=0: im2col(x, kernel_size, stride),
        "The padding is not used: the image is to get a frame of zeros first.",
    ),
    Misconception(
        "padding-only-in-size",
        _x_not_padded,
        "With padding you run out of the image: the number of columns counts the padding, but is "
        "the array that you cut windows from really padded?",
    ),
    Misconception(
        "pads-with-edge",
        _edge,
        "You pad with copies of the border pixels. Zero padding is asked for.",
    ),
)
