"""Wrong convolutions."""

# ruff: noqa: ARG005 - a wrong answer keeps the right signature, used or not

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._references import conv2d_forward_loops as forward
from .._references import conv_output_size
from ..task import Misconception

Array = np.ndarray[Any, Any]


def _pad(x: Array, padding: int, **how: Any) -> Array:
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), **how)


def _sizes(x: Array, weight: Array, stride: int, padding: int) -> tuple[int, int]:
    h, w = x.shape[2:]
    r, s = weight.shape[2:]
    return conv_output_size(h, r, stride, padding), conv_output_size(w, s, stride, padding)


def _stride_only_counts(
    x: Array, weight: Array, bias: Array, stride: int = 1, padding: int = 0
) -> Array:
    oh, ow = _sizes(x, weight, stride, padding)
    return forward(x, weight, bias, 1, padding)[:, :, :oh, :ow]


def _swap_uv(x: Array, weight: Array, bias: Array, stride: int = 1, padding: int = 0) -> Array:
    if weight.shape[2] != weight.shape[3]:
        raise IndexError
    return forward(x, weight.transpose(0, 1, 3, 2), bias, stride, padding)


def _matrix_product(
    x: Array, weight: Array, bias: Array, stride: int = 1, padding: int = 0
) -> Array:
    if weight.shape[2] != weight.shape[3]:
        raise ValueError
    ones = np.ones_like(weight)  # summing (window @ filter) weighs column v by row v's sum
    return forward(x, ones * weight.sum(axis=3)[:, :, None, :], bias, stride, padding)


def _loops(
    padded: Array,
    weight: Array,
    bias: Array,
    stride: int,
    window: tuple[int, int],
    oh: int,
    ow: int,
) -> Array:
    """The loops as learners write them, with the window and the output of a given size."""
    (r, s), out = window, np.zeros((len(padded), len(weight), oh, ow))
    for n, k, i, j in np.ndindex(out.shape):
        top, left = i * stride, j * stride
        seen = padded[n, :, top : top + r, left : left + s]
        out[n, k, i, j] = np.sum(seen * weight[k]) + bias[k]
    return out


def _square_window(
    x: Array, weight: Array, bias: Array, stride: int = 1, padding: int = 0
) -> Array:
    padded, r = _pad(x, padding), weight.shape[2]
    oh, ow = ((length - r) // stride + 1 for length in padded.shape[2:])
    return _loops(padded, weight, bias, stride, (r, r), oh, ow)


def _square_image(x: Array, weight: Array, bias: Array, stride: int = 1, padding: int = 0) -> Array:
    oh, (r, s) = _sizes(x, weight, stride, padding)[0], weight.shape[2:]
    return _loops(_pad(x, padding), weight, bias, stride, (r, s), oh, oh)


def _x_not_padded(x: Array, weight: Array, bias: Array, stride: int = 1, padding: int = 0) -> Array:
    if padding:
        raise ValueError
    return forward(x, weight, bias, stride, padding)


def _pads_every_axis(
    x: Array, weight: Array, bias: Array, stride: int = 1, padding: int = 0
) -> Array:
    n, c = x.shape[:2]
    return forward(np.pad(x, padding)[:n, :c], weight, bias, stride)


def _last_product(x: Array, weight: Array, bias: Array, stride: int = 1, padding: int = 0) -> Array:
    only = np.zeros_like(weight)
    only[:, -1, -1, -1] = weight[:, -1, -1, -1]
    return forward(x, only, bias, stride, padding)


def _bias_times(count: Callable[[Array], float]) -> Callable[..., Array]:
    def answer(x: Array, weight: Array, bias: Array, stride: int = 1, padding: int = 0) -> Array:
        return forward(x, weight, bias * count(weight), stride, padding)

    return answer


FORWARD = (
    Misconception(
        "flipped",
        lambda x, weight, bias, stride=1, padding=0: forward(
            x, weight[:, :, ::-1, ::-1], bias, stride, padding
        ),
        "You turn the filter upside down before you lay it on. That is convolution as the "
        "mathematicians write it; the layers of deep learning leave the filter as it is.",
    ),
    Misconception(
        "swapped-u-v",
        _swap_uv,
        "Rows and columns of the filter have changed places: u goes down with the rows of the "
        "image, v goes right with its columns.",
    ),
    Misconception(
        "no-bias",
        _bias_times(lambda weight: 0),
        "The bias is missing: every filter has one number of its own that is added to its sums.",
    ),
    Misconception(
        "bias-every-channel",
        _bias_times(lambda weight: weight.shape[1]),
        "The bias is added once for every input channel. At which depth of the loops is one "
        "output value complete?",
    ),
    Misconception(
        "bias-every-product",
        _bias_times(lambda weight: float(np.prod(weight.shape[1:]))),
        "The bias is added with every single product. At which depth of the loops is one output "
        "value complete?",
    ),
    Misconception(
        "first-channel",
        lambda x, weight, bias, stride=1, padding=0: forward(
            x[:, :1], weight[:, :1], bias, stride, padding
        ),
        "Only the first channel counts. A filter is as deep as its input: it sums over all "
        "channels.",
    ),
    Misconception(
        "last-channel",
        lambda x, weight, bias, stride=1, padding=0: forward(
            x[:, -1:], weight[:, -1:], bias, stride, padding
        ),
        "Only the last channel is left in your sum: each channel overwrites the one before. What "
        "should happen to what is already there?",
    ),
    Misconception(
        "last-product",
        _last_product,
        "Only the last product of each window is left: each overwrites the one before. What "
        "should happen to what is already there?",
    ),
    Misconception(
        "mean",
        lambda x, weight, bias, stride=1, padding=0: forward(
            x, weight / weight[0].size, bias, stride, padding
        ),
        "You take the mean of the products where their sum is asked for.",
    ),
    Misconception(
        "mean-over-channels",
        lambda x, weight, bias, stride=1, padding=0: forward(
            x, weight / weight.shape[1], bias, stride, padding
        ),
        "You average over the channels; their contributions are added.",
    ),
    Misconception(
        "stride-not-in-position",
        _stride_only_counts,
        "The output has the right size, but its windows are neighbours: the stride is missing in "
        "WHERE the window lies. Which row of the image does output row i = 1 begin at?",
    ),
    Misconception(
        "stride-ignored",
        lambda x, weight, bias, stride=1, padding=0: forward(x, weight, bias, 1, padding),
        "The stride is not used at all: the window makes steps of 1, so too many places come out.",
    ),
    Misconception(
        "padding-ignored",
        lambda x, weight, bias, stride=1, padding=0: forward(x, weight, bias, stride),
        "The padding is not used: the image is to get a frame of zeros first, and only then the "
        "window is laid on it.",
    ),
    Misconception(
        "padding-only-in-size",
        _x_not_padded,
        "With padding you run out of the image: the output's size counts the padding, but is the "
        "array that the window slides over really padded?",
    ),
    Misconception(
        "pads-with-edge",
        lambda x, weight, bias, stride=1, padding=0: forward(
            _pad(x, padding, mode="edge"), weight, bias, stride
        ),
        "You pad with copies of the border pixels. Zero padding is asked for.",
    ),
    Misconception(
        "pads-with-reflection",
        lambda x, weight, bias, stride=1, padding=0: forward(
            _pad(x, padding, mode="reflect"), weight, bias, stride
        ),
        "You pad with a mirror image of the border. Zero padding is asked for.",
    ),
    Misconception(
        "pads-one-side",
        lambda x, weight, bias, stride=1, padding=0: forward(
            np.pad(x, ((0, 0), (0, 0), (0, 2 * padding), (0, 2 * padding))), weight, bias, stride
        ),
        "All the zeros are at the bottom and at the right. Padding goes around the image, on all "
        "four sides.",
    ),
    Misconception(
        "pads-every-axis",
        _pads_every_axis,
        "np.pad with a single number pads EVERY axis: you also got new empty images and new empty "
        "channels in front. Which axes have a border?",
    ),
    Misconception(
        "first-filter",
        lambda x, weight, bias, stride=1, padding=0: forward(
            x, np.repeat(weight[:1], len(weight), axis=0), bias, stride, padding
        ),
        "All feature maps come from the first filter. Each has its own: where does k belong?",
    ),
    Misconception(
        "first-image",
        lambda x, weight, bias, stride=1, padding=0: forward(
            np.repeat(x[:1], len(x), axis=0), weight, bias, stride, padding
        ),
        "Every image of the batch gets the answer of the first. Where does n belong?",
    ),
    Misconception(
        "first-bias",
        lambda x, weight, bias, stride=1, padding=0: forward(
            x, weight, np.repeat(bias[:1], len(bias)), stride, padding
        ),
        "All feature maps get the first bias. Each filter has its own: where does k belong?",
    ),
    Misconception(
        "matrix-product",
        _matrix_product,
        "@ (or np.dot) of window and filter is a matrix product: rows times columns. Here each "
        "pixel meets the one weight that lies on it.",
    ),
    Misconception(
        "square-window",
        _square_window,
        "It works for square filters only: R and S are two numbers, height first.",
    ),
    Misconception(
        "square-image",
        _square_image,
        "It works for square outputs only: height and width of the output are two numbers, each "
        "from its own side of the image.",
    ),
    Misconception(
        "channels-last",
        lambda x, weight, bias, stride=1, padding=0: forward(
            x, weight, bias, stride, padding
        ).transpose(0, 2, 3, 1),
        "The numbers are right, but the filters' axis stands last. Here everything is NCHW: the "
        "feature maps' axis comes second.",
    ),
)
