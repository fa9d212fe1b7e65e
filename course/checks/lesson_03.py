"""Lesson 03, Convolution: five exercises and three questions."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._references import (
    conv2d_backward_loops,
    conv2d_forward_loops,
    conv_output_size,
    dilated_conv2d,
    im2col,
)
from .mistakes.conv_backward import BACKWARD
from .mistakes.conv_forward import FORWARD
from .mistakes.dilated import DILATED
from .mistakes.im2col import IM2COL
from .mistakes.output_size import OUTPUT_SIZE
from .task import Case, Exercise, Question

Array = np.ndarray[Any, Any]


def _size_cases(rng: np.random.Generator) -> list[Case]:
    def case(label: str, *numbers: int, **options: int) -> Case:
        names = ("size", "kernel_size", "stride", "padding")
        return Case({**dict(zip(names, numbers, strict=False)), **options}, label)

    cases = [
        case("no padding, stride 1", 5, 3),
        case("the window just fits", 4, 4),
        case("a window of one pixel", 7, 1),
        case("padding alone", 6, 3, padding=1),
        case("more padding than window", 4, 1, padding=3),
        case("stride alone", 7, 3, stride=2),
        case("the last step does not fit", 8, 3, stride=2),
        case("the last step does not fit", 10, 3, stride=4, padding=1),
        case("three quarters of the last step fit", 10, 3, stride=4),
        case("fits only with the padding", 3, 5, stride=1, padding=2),
        case("fits only with the padding", 2, 5, stride=2, padding=2),
        case("stride larger than the window", 11, 2, stride=3),
        case("the window is larger than the image", 3, 5),
        case("larger than image and padding together", 3, 7, stride=2, padding=1),
        case("one too large for image and padding", 3, 6, padding=1),
        case("stride 0", 5, 3, stride=0),
        case("stride -1", 5, 3, stride=-1),
    ]
    for _ in range(6):
        kernel, stride = int(rng.integers(2, 8)), int(rng.integers(2, 6))
        padding = int(rng.integers(1, kernel))
        size = int(rng.integers(kernel, 60))
        cases.append(case("drawn at random", size, kernel, stride=stride, padding=padding))
    return cases


# N, C, H, W, K, R, S, options, what is special
CONVOLUTIONS: tuple[tuple[int, int, int, int, int, int, int, dict[str, int], str], ...] = (
    (1, 1, 3, 4, 1, 2, 2, {}, "one image, one channel, one filter"),
    (1, 2, 4, 3, 1, 2, 2, {}, "two channels"),
    (1, 1, 3, 4, 1, 2, 2, {"padding": 1}, "padding 1"),
    (1, 1, 5, 4, 1, 3, 2, {"stride": 2}, "stride 2"),
    (2, 1, 3, 4, 3, 2, 3, {}, "two images, three filters, window wider than high"),
    (2, 2, 5, 7, 3, 3, 2, {"stride": 2}, "stride 2: windows overlap"),
    (1, 2, 4, 5, 2, 3, 3, {"padding": 1}, "padding 1, two filters"),
    (2, 3, 6, 5, 2, 2, 3, {"stride": 2, "padding": 1}, "stride and padding"),
    (1, 1, 7, 6, 2, 2, 1, {"stride": 3}, "stride 3: pixels are skipped"),
    (2, 2, 3, 2, 3, 3, 4, {"stride": 1, "padding": 2}, "fits only with padding 2"),
    (3, 2, 4, 6, 2, 1, 1, {}, "a window of one pixel"),
    (2, 3, 4, 5, 2, 4, 5, {}, "a window as large as the image"),
    (1, 2, 3, 4, 1, 3, 2, {"padding": 3}, "padding 3"),
    (2, 3, 5, 6, 4, 3, 2, {"stride": 2, "padding": 1}, "float32"),
)
HAND = 4  # the first rows hold whole numbers, easy by hand


def _conv_inputs(rng: np.random.Generator, row: int) -> tuple[dict[str, Any], str, str]:
    """x, weight, bias and options of one row; the label; how the memory is laid out."""
    n, c, h, w, k, r, s, options, label = CONVOLUTIONS[row]
    dtype = np.float32 if label == "float32" else np.float64

    def draw(*shape: int) -> Array:
        if row < HAND:
            return rng.integers(-4, 5, shape).astype(dtype)
        return rng.normal(size=shape).astype(dtype)

    bias = rng.integers(3, 10, size=k).astype(dtype)
    inputs = {"x": draw(n, c, h, w), "weight": draw(k, c, r, s), "bias": bias, **options}
    return inputs, label, ("plain", "plain", "strided", "fortran")[row % 4]


def _forward_cases(rng: np.random.Generator) -> list[Case]:
    return [Case(*_conv_inputs(rng, row)) for row in range(len(CONVOLUTIONS))]


def _backward_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for row in range(len(CONVOLUTIONS)):
        inputs, label, layout = _conv_inputs(rng, row)
        bias = inputs.pop("bias")
        out = conv2d_forward_loops(bias=bias, **inputs)
        dout: Array = np.asarray(rng.normal(size=out.shape))
        if row < HAND:
            dout = np.asarray(rng.integers(-3, 4, out.shape))
        cases.append(Case({"dout": dout.astype(out.dtype), **inputs}, label, layout))
    return cases


def _im2col_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for row, (*_, r, s, options, _label) in enumerate(CONVOLUTIONS):
        inputs, label, layout = _conv_inputs(rng, row)
        cases.append(Case({"x": inputs["x"], "kernel_size": (r, s), **options}, label, layout))
    return cases


def _dilated_cases(rng: np.random.Generator) -> list[Case]:
    rows: tuple[tuple[int, int, int, int, int, int, int, dict[str, int], str], ...] = (
        (1, 1, 4, 5, 1, 2, 2, {"dilation": 2}, "dilation 2"),
        (2, 2, 4, 5, 3, 3, 2, {}, "no dilation: the plain convolution"),
        (2, 2, 7, 6, 2, 2, 3, {"dilation": 2}, "dilation 2, window wider than high"),
        (1, 2, 9, 8, 2, 3, 2, {"dilation": 3}, "dilation 3"),
        (2, 1, 8, 9, 2, 3, 2, {"stride": 2, "dilation": 2}, "stride and dilation"),
        (1, 3, 5, 6, 2, 3, 3, {"padding": 3, "dilation": 2}, "padding and dilation"),
        (2, 2, 8, 7, 3, 2, 3, {"stride": 3, "padding": 1, "dilation": 2}, "all three"),
        (1, 2, 6, 5, 2, 1, 1, {"dilation": 4}, "a window of one pixel"),
        (2, 2, 7, 8, 3, 3, 2, {"stride": 2, "padding": 1, "dilation": 2}, "float32"),
    )
    cases = []
    for i, (n, c, h, w, k, r, s, options, label) in enumerate(rows):
        dtype = np.float32 if label == "float32" else np.float64
        x, weight = rng.normal(size=(n, c, h, w)), rng.normal(size=(k, c, r, s))
        bias = rng.uniform(3, 6, size=k)
        if i == 0:
            x, weight, bias = (np.round(3 * array) for array in (x, weight, bias))
        inputs = {"x": x.astype(dtype), "weight": weight.astype(dtype), "bias": bias.astype(dtype)}
        cases.append(Case({**inputs, **options}, label, ("plain", "strided", "fortran")[i % 3]))
    return cases


QUESTIONS = (
    Question(
        "question_parameters",
        "Counting the weights",
        "03",
        1,
        (
            "Count the numbers of ONE filter first, then ask how many filters there are.",
            "A filter reaches through all channels of its input. And how many biases has it?",
            "The first line may be: per_filter = 3 * 5 * 5",
        ),
        text="How many numbers does a convolution layer learn that takes a 3-channel image of "
        "32 × 32 pixels to 16 feature maps with 5 × 5 filters and a bias?",
        answer=1216,
        wrong={
            1200: "All the weights are there. What else does each filter add to its sum?",
            416: "Each filter looks at one channel only in this count. How deep does a filter "
            "reach into a colour image?",
            400: "Each filter looks at one channel only in this count, and adds nothing to its "
            "sum. How deep does a filter reach into a colour image?",
            1248: "This gives every filter one bias for each input channel. A filter makes ONE "
            "sum over all channels: how many biases does one sum need?",
            1203: "The biases belong to the other side: is one added per input channel, or per "
            "feature map?",
            76: "That is one filter. How many feature maps come out?",
            75: "These are the weights of one filter. How many feature maps come out, and what is "
            "added to each sum?",
            3072: "This counts the pixels. Which numbers are learned, and do they depend on how "
            "large the image is?",
            1217: "Is there one bias for the whole layer and one for each filter as well?",
            1201: "One bias for the whole layer would shift all feature maps alike. How many does "
            "the layer have?",
        },
    ),
    Question(
        "question_equivariance",
        "A shifted image",
        "03",
        1,
        (
            "The same filter is applied everywhere.",
            "Follow one edge in the image: where is it found before the shift, where after it?",
            'The first line is: return "..." with one letter.',
        ),
        text="You move the object in an image 2 pixels to the right, on an even background, and "
        "apply the same convolution layer (stride 1) again. Away from the border, the feature map",
        options={
            "a": "stays exactly the same: convolution does not care where things are.",
            "b": "is the old one, moved 2 pixels to the right.",
            "c": "is the old one, moved 2 pixels to the left, since the filter comes upon the "
            "object later.",
            "d": "changes in a way that cannot be foretold, as other weights now meet the object.",
        },
        answer="b",
        wrong={
            "a": "That would be invariance: the answer forgets the place. Does a feature map "
            "of an edge have its peak at the same place before and after?",
            "c": "Coming later in the sweep means a larger column number. On which side are the "
            "larger column numbers?",
            "d": "It would be so in a fully connected layer, where each place has weights of its "
            "own. How many sets of weights does one filter have?",
        },
    ),
    Question(
        "question_receptive_field",
        "How far a pixel sees",
        "03",
        1,
        (
            "Go backwards from one output pixel, layer by layer.",
            "With stride 1, by how much does a 3 × 3 window widen the view of the next layer?",
            "The first line may be: field = 1",
        ),
        text="Three 3 × 3 convolution layers with stride 1 follow each other. How many input "
        "pixels wide is the patch that ONE pixel of the last feature map depends on?",
        answer=7,
        wrong={
            9: "Neighbouring windows overlap, so the widths do not multiply or add up whole. How "
            "many NEW columns does each layer bring into view?",
            27: "Multiplying would be right if the windows lay side by side without overlap. With "
            "which stride do these windows move?",
            3: "That is the view of one layer. What do the outermost pixels of that window see "
            "themselves?",
            5: "That is the view after two layers. One more is to come.",
            6: "Two new columns each time is right. How wide is the view before the first layer?",
            49: "That is the area of the patch. The width was asked for.",
        },
    ),
)

TASKS: tuple[Exercise | Question, ...] = (
    Exercise(
        "conv_output_size",
        "How large is the output?",
        "03",
        2,
        (
            "Count the places where the window can start. The first is always there; then ask how "
            "many steps still fit behind it.",
            "The room left behind the first window is size + 2 padding - kernel_size. Whole steps "
            "only count.",
            "The first line may be: room = size + 2 * padding - kernel_size",
        ),
        reference=conv_output_size,
        cases=_size_cases,
        misconceptions=OUTPUT_SIZE,
    ),
    Exercise(
        "conv2d_forward_loops",
        "Convolution with loops",
        "03",
        4,
        (
            "Each output value is one window of the padded image times one filter, summed over "
            "everything, plus that filter's bias.",
            "Output (i, j) looks at rows i * stride to i * stride + R and columns j * stride to "
            "j * stride + S of the padded image, in all channels.",
            "The first line may be: padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), "
            "(padding, padding)))",
        ),
        reference=conv2d_forward_loops,
        cases=_forward_cases,
        misconceptions=FORWARD,
    ),
    Exercise(
        "conv2d_backward_loops",
        "The way back through a convolution",
        "03",
        5,
        (
            "Go through the same loops as forward. An output value that was made of products hands "
            "its gradient to both factors of each; a pixel in several windows collects from all.",
            "With g = dout[n, k, i, j]: which window met filter k? Add g times the window to "
            "dweight[k], g times the filter to that window of the padded dx, g to dbias[k].",
            "The first line may be: dpadded = np.zeros(shape of the padded x), to be cropped at "
            "the end",
        ),
        reference=conv2d_backward_loops,
        cases=_backward_cases,
        misconceptions=BACKWARD,
        returns=("dx", "dweight", "dbias"),
    ),
    Exercise(
        "im2col",
        "Windows as columns",
        "03",
        4,
        (
            "Write every window as one column; then a single matrix product does the convolution.",
            "Column i * OW + j is the window at (i, j), its numbers in the order channel, row, "
            "column. Row c * R * S + u * S + v is one place of the window, for all windows.",
            "The first line may be: cols = np.empty((N, C, R, S, OH, OW), dtype=x.dtype)",
        ),
        reference=im2col,
        cases=_im2col_cases,
        misconceptions=IM2COL,
        returns=("cols",),
    ),
    Exercise(
        "dilated_conv2d",
        "A window with gaps",
        "03",
        3,
        (
            "The filter keeps its weights but is pulled apart: between two neighbours lie "
            "dilation - 1 pixels that it does not look at.",
            "How far is it from the first to the last pixel of the stretched window? That length "
            "takes the place of R in the output size.",
            "The first line may be: reach = dilation * (R - 1) + 1",
        ),
        reference=dilated_conv2d,
        cases=_dilated_cases,
        misconceptions=DILATED,
    ),
    *QUESTIONS,
)
