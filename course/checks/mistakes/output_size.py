"""Wrong formulas for the size of a convolution's output."""

# ruff: noqa: ARG005 - a wrong answer keeps the right signature, used or not

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .._references import conv_output_size
from ..task import Misconception

Array = np.ndarray[Any, Any]


def _checked(rule: Callable[[int, int, int, int], float]) -> Callable[..., float]:
    """A wrong formula behind the right ValueErrors."""

    def answer(size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> float:
        conv_output_size(size, kernel_size, stride, padding)
        return rule(size, kernel_size, stride, padding)

    return answer


def _unpadded_check(size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> int:
    if kernel_size > size:
        raise ValueError
    return conv_output_size(size, kernel_size, stride, padding)


def _must_divide(size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> int:
    out = conv_output_size(size, kernel_size, stride, padding)
    if (size + 2 * padding - kernel_size) % stride:
        raise ValueError
    return out


def _no_stride_check(size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> int:
    if kernel_size > size + 2 * padding:
        raise ValueError
    return (size + 2 * padding - kernel_size) // stride + 1


def _no_fit_check(size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> int:
    if stride < 1:
        raise ValueError
    return (size + 2 * padding - kernel_size) // stride + 1


OUTPUT_SIZE = (
    Misconception(
        "no-plus-one",
        _checked(lambda w, f, s, p: (w + 2 * p - f) // s),
        "You counted the steps, not the places. A window that exactly covers the image has no room "
        "for a step: how many places has it?",
    ),
    Misconception(
        "padding-once",
        _checked(lambda w, f, s, p: (w + p - f) // s + 1),
        "The padding is counted once. On how many sides of the image are zeros put?",
    ),
    Misconception(
        "no-padding",
        _checked(lambda w, f, s, p: (w - f) // s + 1),
        "The padding has no influence on your result. It makes the image larger before the window "
        "is laid on it.",
    ),
    Misconception(
        "no-stride",
        _checked(lambda w, f, s, p: w + 2 * p - f + 1),
        "The stride has no influence on your result. With larger steps fewer of them fit.",
    ),
    Misconception(
        "rounded-up",
        _checked(lambda w, f, s, p: math.ceil((w + 2 * p - f) / s) + 1),
        "You round up: your last window hangs over the edge of the padded image. A step that does "
        "not fit whole is not made.",
    ),
    Misconception(
        "rounded",
        _checked(lambda w, f, s, p: round((w + 2 * p - f) / s) + 1),
        "You round to the nearest: sometimes your last window hangs over the edge. A step that "
        "does not fit whole is not made.",
    ),
    Misconception(
        "fraction",
        _checked(lambda w, f, s, p: (w + 2 * p - f) / s + 1),
        "A number of places cannot be a fraction: what happens to a step that fits only in part? "
        "And / makes a float even of 4 / 2.",
    ),
    Misconception(
        "plus-one-first",
        _checked(lambda w, f, s, p: (w + 2 * p - f + 1) // s),
        "The first place is counted before the division, so with a stride above 1 it is lost or "
        "not by luck. The first window needs no step.",
    ),
    Misconception(
        "size-over-stride",
        _checked(lambda w, f, s, p: (w + 2 * p) // s),
        "The window's own size has no influence on your result. The further it reaches, the "
        "earlier it meets the edge.",
    ),
    Misconception(
        "pooling-rule",
        _checked(lambda w, f, s, p: (w + 2 * p - s) // f + 1),
        "kernel_size and stride have changed places in your formula: which is the length that "
        "must fit, which the length of a step?",
    ),
    Misconception(
        "must-divide",
        _must_divide,
        "You refuse settings where the last step does not fit whole. They waste a few pixels at "
        "the edge, but they work, and PyTorch takes them too.",
    ),
    Misconception(
        "check-without-padding",
        _unpadded_check,
        "You refuse a window larger than the image, though the padding makes room for it. What is "
        "the window laid on?",
    ),
    Misconception(
        "no-check-of-stride",
        _no_stride_check,
        "A stride of 0 never moves on and one below 0 walks out of the image. Neither has an "
        "output size: say so with a ValueError that names the stride.",
    ),
    Misconception(
        "no-check-of-fit",
        _no_fit_check,
        "A window larger than the padded image fits nowhere, yet a number came back. Say so with "
        "a ValueError that names both sizes.",
    ),
    Misconception(
        "no-checks",
        lambda size, kernel_size, stride=1, padding=0: (
            (size + 2 * padding - kernel_size) // stride + 1
        ),
        "The formula is right, but settings without any answer (a window that fits nowhere, a "
        "stride below 1) must raise a ValueError, not return a number or fail by accident.",
    ),
)
