"""Lesson 04, Pooling: five exercises and three questions."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._pooling import (
    avgpool2d_backward,
    avgpool2d_forward,
    global_avgpool,
    maxpool2d_backward,
    maxpool2d_forward,
)
from .mistakes.pooling import (
    AVERAGE_BACKWARD,
    AVERAGE_FORWARD,
    GLOBAL_AVERAGE,
    MAX_BACKWARD,
    MAX_FORWARD,
)
from .task import Case, Exercise, Question

Array = np.ndarray[Any, Any]

# N, C, H, W, kernel_size, stride, what is special
POOLS: tuple[tuple[int, int, int, int, int, int, str], ...] = (
    (1, 1, 4, 4, 2, 2, "the usual window: 2 × 2, stride 2"),
    (1, 1, 3, 4, 2, 1, "stride 1: windows overlap"),
    (1, 2, 4, 2, 2, 2, "two channels"),
    (2, 1, 2, 4, 2, 2, "two images"),
    (1, 1, 5, 4, 2, 2, "the last row is in no window"),
    (2, 3, 5, 7, 3, 2, "3 × 3, stride 2: windows overlap"),
    (1, 2, 7, 8, 2, 3, "stride 3: some pixels are in no window"),
    (2, 2, 6, 9, 3, 3, "3 × 3, stride 3"),
    (2, 2, 6, 4, 3, 1, "stride 1: windows overlap"),
    (3, 2, 4, 5, 1, 1, "a window of one pixel"),
    (2, 2, 5, 8, 1, 2, "a window of one pixel, stride 2"),
    (2, 3, 5, 5, 5, 1, "a window as large as the image"),
    (2, 3, 6, 5, 2, 2, "all numbers negative"),
    (1, 2, 6, 7, 3, 2, "a few whole numbers: many are equal"),
    (2, 2, 5, 6, 2, 1, "after a ReLU: many zeros"),
    (2, 2, 7, 9, 3, 2, "float32"),
)
HAND = 5  # the first rows hold whole numbers, easy by hand


def _image(rng: np.random.Generator, row: int) -> tuple[Array, dict[str, int], str, str]:
    """x, the options, the label, and how the memory is laid out."""
    *shape, kernel, stride, label = POOLS[row]
    x: Array = np.asarray(rng.normal(size=shape))
    if row < HAND:
        sizes = rng.permutation(np.arange(1, x.size + 1)) * rng.choice([-1, 1], x.size)
        x = np.asarray(sizes.reshape(shape))  # no two equal, with or without the sign
    if "negative" in label:
        x = -np.abs(x) - 0.1
    if "equal" in label:
        x = np.asarray(rng.integers(0, 3, shape))
    if "ReLU" in label:
        x = np.maximum(x - 0.5, 0)
    dtype = np.float32 if label == "float32" else np.float64
    layout = ("plain", "plain", "strided", "fortran")[row % 4]
    return x.astype(dtype), {"kernel_size": kernel, "stride": stride}, label, layout


def _forward_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for row in range(len(POOLS)):
        x, options, label, layout = _image(rng, row)
        cases.append(Case({"x": x, **options}, label, layout))
    return cases


def _upstream(rng: np.random.Generator, row: int, shape: tuple[int, ...], dtype: Any) -> Array:
    if row < HAND:
        return np.asarray(rng.permutation(np.arange(1, 1 + np.prod(shape))).reshape(shape), dtype)
    return np.asarray(rng.normal(size=shape), dtype)


def _max_backward_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for row in range(len(POOLS)):
        x, options, label, layout = _image(rng, row)
        dout = _upstream(rng, row, maxpool2d_forward(x, **options).shape, x.dtype)
        cases.append(Case({"dout": dout, "x": x, **options}, label, layout))
    return cases


def _average_backward_cases(rng: np.random.Generator) -> list[Case]:
    cases = []
    for row in range(len(POOLS)):
        x, options, label, layout = _image(rng, row)
        dout = _upstream(rng, row, avgpool2d_forward(x, **options).shape, x.dtype)
        cases.append(Case({"dout": dout, "x_shape": x.shape, **options}, label, layout))
    return cases


def _global_cases(rng: np.random.Generator) -> list[Case]:
    rows: tuple[tuple[int, int, int, int, str], ...] = (
        (1, 1, 2, 3, "one image, one channel"),
        (1, 3, 2, 2, "three channels"),
        (2, 3, 4, 5, "two images, wider than high"),
        (4, 2, 7, 3, "higher than wide"),
        (3, 5, 1, 1, "one pixel: nothing to average"),
        (2, 4, 7, 6, "float32"),
    )
    cases = []
    for i, (*shape, label) in enumerate(rows):
        x: Array = np.asarray(rng.normal(size=shape))
        if i < 2:
            x = np.asarray(rng.integers(-9, 10, shape))
        dtype = np.float32 if label == "float32" else np.float64
        cases.append(Case({"x": x.astype(dtype)}, label, ("plain", "strided", "fortran")[i % 3]))
    return cases


QUESTIONS = (
    Question(
        "question_kept",
        "What is handed on",
        "04",
        1,
        (
            "Count the windows along one side first.",
            "How many windows has one channel? And how many channels come out?",
            "The first line may be: side = (30 - 3) // 3 + 1",
        ),
        text="A volume of 16 channels of 30 × 30 goes through a max pooling layer with windows of "
        "3 × 3 and stride 3. How many numbers does the layer hand on?",
        answer=1600,
        wrong={
            100: "That is one channel. Does pooling mix the channels into one?",
            14400: "That is all that comes in. How many windows are there, and how many numbers "
            "does each hand on?",
            12800: "That is what is discarded.",
            12544: "With these windows the stride would be 1. How far apart do they lie?",
            4800: "Divided by 3 once. A window is 3 wide, and how high?",
            144: "These would be the weights of 16 filters of 3 × 3. Pooling has none. Count the "
            "windows.",
            0: "Nothing is learned, but something is handed on: one number for each window.",
        },
    ),
    Question(
        "question_shared_winner",
        "One pixel, four windows",
        "04",
        1,
        (
            "The pixel has gone forward four times.",
            "If the pixel grows by a little, each of the four outputs grows by as much. What does "
            "the loss feel in all?",
            "The chain rule over several ways adds them up.",
        ),
        text="In max pooling with overlapping windows, one pixel is the largest of four windows. "
        "Their gradients are 1, 5, −2 and 4. Which gradient does the pixel get?",
        answer=8,
        wrong={
            4: "The last one overwrites the others here. Does the loss feel the pixel through one "
            "window only?",
            1: "The first one only. Does the loss feel the pixel through one window only?",
            5: "The largest wins forward, among pixels. Backward, what happens to gradients that "
            "arrive at the same place?",
            2: "That is their mean. Does each of the four ways count for a quarter?",
            12: "A gradient with a minus pulls the other way. Keep its sign.",
            10: "One of the four has a minus sign and is part of it.",
        },
    ),
    Question(
        "question_linear",
        "Pooling as a convolution",
        "04",
        1,
        (
            "A convolution is linear: twice the input gives twice the output, and the sum of two "
            "inputs gives the sum of their outputs.",
            "Try both rules with the inputs (1, 0) and (0, 1): mean and maximum of each, and of "
            "their sum.",
            'The first line is: return "..." with one letter.',
        ),
        text="Which pooling layer can be replaced, with exactly the same numbers for every input, "
        "by a convolution with stride and with well-chosen fixed weights?",
        options={
            "a": "Max pooling only.",
            "b": "Average pooling only.",
            "c": "Both: one only has to find the weights.",
            "d": "Neither: pooling has no weights, and a convolution has.",
        },
        answer="b",
        wrong={
            "a": "Which weight would the largest number get? It stands at another place in every "
            "window.",
            "c": "For one of them no weights will do. Pool (1, 0), pool (0, 1), then pool their "
            "sum: which kind adds up?",
            "d": "That they are not learned does not mean that there are none to choose. By what "
            "is each number of a window multiplied in a mean?",
        },
    ),
)

TASKS: tuple[Exercise | Question, ...] = (
    Exercise(
        "maxpool2d_forward",
        "Keep the largest",
        "04",
        3,
        (
            "Go through images, channels and places; of each window keep one number.",
            "The window of (i, j) begins in row i * stride and column j * stride. How many fit is "
            "the formula of lesson 03, without padding.",
            "The first line may be: OH = (x.shape[2] - kernel_size) // stride + 1",
        ),
        reference=maxpool2d_forward,
        cases=_forward_cases,
        misconceptions=MAX_FORWARD,
    ),
    Exercise(
        "maxpool2d_backward",
        "The way back to the winner",
        "04",
        4,
        (
            "Go through the same windows as forward. Each hands its gradient to the one pixel that "
            "went forward; a pixel that won several windows collects from all.",
            "window.argmax() counts along the rows and gives the first of equal numbers. divmod by "
            "the window's width makes row and column of it; where does the window itself begin?",
            "The first line may be: dx = np.zeros_like(x)",
        ),
        reference=maxpool2d_backward,
        cases=_max_backward_cases,
        misconceptions=MAX_BACKWARD,
        returns=("dx",),
    ),
    Exercise(
        "avgpool2d_forward",
        "Keep the mean",
        "04",
        2,
        (
            "The same windows as in max pooling; only what is kept of each differs.",
            "The mean of a window is its sum divided by how many numbers it holds.",
            "Your max pooling is a good beginning: which single line changes?",
        ),
        reference=avgpool2d_forward,
        cases=_forward_cases,
        misconceptions=AVERAGE_FORWARD,
    ),
    Exercise(
        "avgpool2d_backward",
        "The way back from the mean",
        "04",
        3,
        (
            "Every number of a window took part in its mean, each as much as the others.",
            "With g = dout[n, c, i, j]: what does each pixel of the window get of g? Add it to the "
            "window's place in dx.",
            "The first line may be: dx = np.zeros(x_shape, dtype=dout.dtype)",
        ),
        reference=avgpool2d_backward,
        cases=_average_backward_cases,
        misconceptions=AVERAGE_BACKWARD,
        returns=("dx",),
    ),
    Exercise(
        "global_avgpool",
        "One number a channel",
        "04",
        1,
        (
            "One window as large as the image, in every channel.",
            "Two of the four axes disappear. Which?",
            "np.mean takes several axes at once: axis=(..., ...)",
        ),
        reference=global_avgpool,
        cases=_global_cases,
        misconceptions=GLOBAL_AVERAGE,
    ),
    *QUESTIONS,
)
