"""Wrong gradients of a convolution."""

# ruff: noqa: ARG001, ARG005 - a wrong answer keeps the right signature, used or not

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .._references import conv2d_backward_loops as backward
from ..task import Misconception

Array = np.ndarray[Any, Any]
Triple = tuple[Array, Array, Array]


def _pad(x: Array, padding: int, **how: Any) -> Array:
    return np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), **how)


def _places(dout: Array, stride: int) -> Iterator[tuple[int, int, int, int, int, int]]:
    """n, k, i, j and where the window of (i, j) begins."""
    for n, k, i, j in np.ndindex(*dout.shape):
        yield n, k, i, j, i * stride, j * stride


def _dx(dout: Array, x: Array, weight: Array, stride: int, padding: int, twist: str = "") -> Array:
    """The padded dx by loops, with one mistake put in."""
    r, s = weight.shape[2:]
    dpadded = np.zeros_like(_pad(x, padding))
    for n, k, i, j, top, left in _places(dout, stride):
        if twist == "no-stride":
            top, left = i, j
        window = dpadded[n, :, top : top + r, left : left + s]
        share = dout[n, k, i, j] * weight[k]
        window[...] = share if twist == "overwrite" else window + share
    return dpadded


def _dx_crop(twist: str = "", crop: str = "") -> Callable[..., Triple]:
    """Right gradients but for dx: one mistake in the loop or in the crop."""

    def answer(dout: Array, x: Array, weight: Array, stride: int = 1, padding: int = 0) -> Triple:
        h, w = x.shape[2:]
        padded = _dx(dout, x, weight, stride, padding, twist)
        rows, columns = slice(padding, padding + h), slice(padding, padding + w)
        if crop == "none":
            rows, columns = slice(None), slice(None)
        elif crop == "start":
            rows, columns = slice(h), slice(w)
        elif crop == "minus":
            rows = columns = slice(padding, -padding)
        return padded[:, :, rows, columns], *backward(dout, x, weight, stride, padding)[1:]

    return answer


def _with(
    change: Callable[[Array, Array, Array, int, int, Triple], tuple[Any, ...]],
) -> Callable[..., tuple[Any, ...]]:
    """Right gradients first, then one of them changed."""

    def answer(
        dout: Array, x: Array, weight: Array, stride: int = 1, padding: int = 0
    ) -> tuple[Any, ...]:
        right = backward(dout, x, weight, stride, padding)
        return change(dout, x, weight, stride, padding, right)

    return answer


def _dweight_overwritten(
    dout: Array, x: Array, weight: Array, stride: int, padding: int, right: Triple
) -> tuple[Any, ...]:
    (r, s), padded, dweight = weight.shape[2:], _pad(x, padding), np.zeros_like(weight)
    for n, k, i, j, top, left in _places(dout, stride):
        dweight[k] = dout[n, k, i, j] * padded[n, :, top : top + r, left : left + s]
    return right[0], dweight, right[2]


def _stride_missing(
    dout: Array, x: Array, weight: Array, stride: int = 1, padding: int = 0
) -> tuple[Any, ...]:
    (r, s), padded, dweight = weight.shape[2:], _pad(x, padding), np.zeros_like(weight)
    for n, k, i, j in np.ndindex(*dout.shape):
        dweight[k] += dout[n, k, i, j] * padded[n, :, i : i + r, j : j + s]
    dx, _, dbias = _dx_crop("no-stride")(dout, x, weight, stride, padding)
    return dx, dweight, dbias


def _partners_mixed_up(
    dout: Array, x: Array, weight: Array, stride: int, padding: int, right: Triple
) -> tuple[Any, ...]:
    (h, w), (r, s), padded = x.shape[2:], weight.shape[2:], _pad(x, padding)
    dpadded, dweight = np.zeros_like(padded), np.zeros_like(weight)
    for n, k, i, j, top, left in _places(dout, stride):
        place = (n, slice(None), slice(top, top + r), slice(left, left + s))
        dpadded[place] += dout[n, k, i, j] * padded[place]
        dweight[k] += dout[n, k, i, j] * weight[k]
    return dpadded[:, :, padding : padding + h, padding : padding + w], dweight, right[2]


def _unpadded(
    dout: Array, x: Array, weight: Array, stride: int, padding: int, right: Triple
) -> tuple[Any, ...]:
    if padding:
        raise ValueError
    return right


BACKWARD = (
    Misconception(
        "dx-overwritten",
        _dx_crop("overwrite"),
        "Where windows overlap, a pixel of dx keeps only its last contribution. It took part in "
        "several outputs: what should it do with the gradients of all of them?",
    ),
    Misconception(
        "dweight-overwritten",
        _with(_dweight_overwritten),
        "dweight keeps only the last window. The same weight was used at every place of every "
        "image: what should it do with all those gradients?",
    ),
    Misconception(
        "batch-mean",
        _with(lambda dout, x, w, s, p, g: (g[0], g[1] / len(x), g[2] / len(x))),
        "You divide by the number of images. If the loss is a mean, dout already holds that "
        "factor; the layer itself only adds up.",
    ),
    Misconception(
        "dbias-not-over-images",
        _with(lambda dout, x, w, s, p, g: (g[0], g[1], dout.sum(axis=(2, 3)))),
        "dbias has one row an image. A filter has ONE bias for the whole batch: which axis of dout "
        "is still to be summed?",
    ),
    Misconception(
        "dbias-not-over-places",
        _with(lambda dout, x, w, s, p, g: (g[0], g[1], dout.sum(axis=0))),
        "dbias still has the places of the feature map in it. The same bias was added everywhere: "
        "which axes of dout are still to be summed?",
    ),
    Misconception(
        "dbias-one-number",
        _with(lambda dout, x, w, s, p, g: (g[0], g[1], dout.sum())),
        "dbias became one number for all filters. It has the shape of bias: which axis of dout "
        "must survive the sum?",
    ),
    Misconception(
        "dbias-mean",
        _with(lambda dout, x, w, s, p, g: (g[0], g[1], dout.mean(axis=(0, 2, 3)))),
        "dbias is the mean of its gradients; a number used many times collects their sum.",
    ),
    Misconception(
        "dbias-ones",
        _with(lambda dout, x, w, s, p, g: (g[0], g[1], np.ones_like(g[2]))),
        "dbias is 1 everywhere: that is how the OUTPUT changes with the bias. By the chain rule, "
        "what is it multiplied with before it is summed?",
    ),
    Misconception(
        "upstream-ignored",
        lambda dout, x, weight, stride=1, padding=0: backward(
            np.ones_like(dout), x, weight, stride, padding
        ),
        "dout is not used: your gradients are those of the sum of all outputs. The chain rule "
        "multiplies by what comes from above.",
    ),
    Misconception(
        "dx-flipped",
        _with(
            lambda dout, x, w, s, p, g: (backward(dout, x, w[:, :, ::-1, ::-1], s, p)[0], *g[1:])
        ),
        "In dx the filter is turned upside down. Each weight hands its gradient back to the very "
        "pixel that it was multiplied with.",
    ),
    Misconception(
        "dweight-flipped",
        _with(lambda dout, x, w, s, p, g: (g[0], g[1][:, :, ::-1, ::-1], g[2])),
        "dweight comes out upside down. Each weight collects from the pixels that it was "
        "multiplied with, at its own place (u, v).",
    ),
    Misconception(
        "stride-missing",
        _stride_missing,
        "The stride is missing in WHERE the windows lie. Use the same rows and columns as "
        "forward: output (i, j) came from which window?",
    ),
    Misconception(
        "dx-stride-missing",
        _dx_crop("no-stride"),
        "dweight has the stride in it, dx has not: the gradient must go back to the same window "
        "that output (i, j) came from.",
    ),
    Misconception(
        "dx-not-cropped",
        _dx_crop(crop="none"),
        "dx still has the frame of padding around it. It must have the shape of x: what became of "
        "the zeros that you added is of no interest.",
    ),
    Misconception(
        "dx-cropped-at-start",
        _dx_crop(crop="start"),
        "dx has the right shape but is shifted: you cut the padding off at the bottom and at the "
        "right only. Where in the padded array does x begin?",
    ),
    Misconception(
        "dx-crop-without-padding",
        _dx_crop(crop="minus"),
        "Without padding your dx is empty: what does the slice [padding:-padding] mean when "
        "padding is 0?",
    ),
    Misconception(
        "x-not-padded",
        _with(_unpadded),
        "With padding you run out of the image. The windows of forward came from the PADDED x: "
        "dweight needs the same windows.",
    ),
    Misconception(
        "partners-mixed-up",
        _with(_partners_mixed_up),
        "The factors have changed places: in a product of x and weight, the gradient of one is "
        "dout times the OTHER.",
    ),
    Misconception(
        "order",
        _with(lambda dout, x, w, s, p, g: (g[1], g[0], g[2])),
        "The gradients have changed places: dx comes first, then dweight, then dbias.",
    ),
    Misconception(
        "first-image",
        lambda dout, x, weight, stride=1, padding=0: (
            backward(dout, x, weight, stride, padding)[0],
            *backward(dout[:1], x[:1], weight, stride, padding)[1:],
        ),
        "Only the first image speaks in dweight and dbias. The weights were used for every image "
        "of the batch.",
    ),
)
