"""Wrong dilated convolutions."""

# ruff: noqa: ARG005 - a wrong answer keeps the right signature, used or not

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._references import conv_output_size, dilated_conv2d
from ..task import Misconception

Array = np.ndarray[Any, Any]


def _dilated(
    change: Callable[[Array, Array, Array, int, int, int], Array],
) -> Callable[..., Array]:
    def answer(
        x: Array, weight: Array, bias: Array, stride: int = 1, padding: int = 0, dilation: int = 1
    ) -> Array:
        return change(x, weight, bias, stride, padding, dilation)

    return answer


def _size_of_dense_window(x: Array, w: Array, b: Array, s: int, p: int, d: int) -> Array:
    if d > 1 and max(w.shape[2:]) > 1:
        raise IndexError
    return dilated_conv2d(x, w, b, s, p, d)


def _reach_too_long(x: Array, w: Array, b: Array, s: int, p: int, d: int) -> Array:
    """The output's size from d * R in the place of d * (R - 1) + 1."""
    oh = conv_output_size(x.shape[2], d * w.shape[2], s, p)
    ow = conv_output_size(x.shape[3], d * w.shape[3], s, p)
    return dilated_conv2d(x, w, b, s, p, d)[:, :, :oh, :ow]


def _one_axis(axis: int) -> Callable[[Array, Array, Array, int, int, int], Array]:
    def answer(x: Array, w: Array, b: Array, s: int, p: int, d: int) -> Array:
        r, q = w.shape[2:]
        shape = (r, d * (q - 1) + 1) if axis == 3 else (d * (r - 1) + 1, q)
        wide = np.zeros((*w.shape[:2], *shape), dtype=w.dtype)
        steps = (slice(None, None, 1), slice(None, None, d))
        rows, columns = steps if axis == 3 else steps[::-1]
        wide[:, :, rows, columns] = w
        return dilated_conv2d(x, wide, b, s, p)

    return answer


DILATED = (
    Misconception(
        "dilation-ignored",
        _dilated(lambda x, w, b, s, p, d: dilated_conv2d(x, w, b, s, p)),
        "The dilation is not used: this is the plain convolution.",
    ),
    Misconception(
        "gaps-not-steps",
        _dilated(lambda x, w, b, s, p, d: dilated_conv2d(x, w, b, s, p, d + 1)),
        "You leave dilation pixels out between two weights. Dilation is the STEP from one to the "
        "next: with 1 there is no gap.",
    ),
    Misconception(
        "dilation-as-stride",
        _dilated(lambda x, w, b, s, p, d: dilated_conv2d(x, w, b, s * d, p)),
        "The dilation moves the window in larger steps. That is the stride's task; dilation pulls "
        "the weights INSIDE the window apart.",
    ),
    Misconception(
        "stride-and-dilation-swapped",
        _dilated(lambda x, w, b, s, p, d: dilated_conv2d(x, w, b, d, p, s)),
        "Stride and dilation have changed places: which one moves the window, which one pulls its "
        "weights apart?",
    ),
    Misconception(
        "size-of-dense-window",
        _dilated(_size_of_dense_window),
        "You run out of the image: the output's size still reckons with a window of R rows, but "
        "how many rows does the stretched one span?",
    ),
    Misconception(
        "reach-too-long",
        _dilated(_reach_too_long),
        "The output is too small: you reckon the stretched window as dilation * R long. Behind "
        "its last weight there is no gap any more.",
    ),
    Misconception(
        "only-columns",
        _dilated(_one_axis(3)),
        "The window is stretched to the side but not downwards.",
    ),
    Misconception(
        "only-rows",
        _dilated(_one_axis(2)),
        "The window is stretched downwards but not to the side.",
    ),
    Misconception(
        "padding-dilated",
        _dilated(lambda x, w, b, s, p, d: dilated_conv2d(x, w, b, s, p * d, d)),
        "The padding is multiplied by the dilation. It counts pixels around the image and knows "
        "nothing of the window.",
    ),
    Misconception(
        "padding-ignored",
        _dilated(lambda x, w, b, s, p, d: dilated_conv2d(x, w, b, s, 0, d)),
        "The padding is not used: the image is to get a frame of zeros first.",
    ),
    Misconception(
        "stride-ignored",
        _dilated(lambda x, w, b, s, p, d: dilated_conv2d(x, w, b, 1, p, d)),
        "The stride is not used: the window makes steps of 1, so too many places come out.",
    ),
    Misconception(
        "flipped",
        _dilated(lambda x, w, b, s, p, d: dilated_conv2d(x, w[:, :, ::-1, ::-1], b, s, p, d)),
        "You turn the filter upside down. The layers of deep learning leave it as it is, with or "
        "without gaps.",
    ),
    Misconception(
        "no-bias",
        _dilated(lambda x, w, b, s, p, d: dilated_conv2d(x, w, 0 * b, s, p, d)),
        "The bias is missing: every filter has one number of its own that is added to its sums.",
    ),
)
