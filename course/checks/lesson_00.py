"""Lesson 00, Start here: one warm-up exercise and one question."""

from __future__ import annotations

from typing import Any

import numpy as np

from .task import Case, Exercise, Misconception, Question

Array = np.ndarray[Any, Any]


def to_unit_range(image: Array) -> Array:
    """Bytes 0..255 to float32 in [0, 1]: image / 255."""
    return image.astype(np.float32) / np.float32(255)


def _cases(rng: np.random.Generator) -> list[Case]:
    def image(*shape: int, top: int = 256) -> Array:
        return rng.integers(0, top, shape, dtype=np.uint8)

    hand = np.array([[0, 51], [102, 255]], dtype=np.uint8)
    return [
        Case({"image": hand}, "a small image"),
        Case({"image": image(5, 3)}, "a grey image, higher than wide"),
        Case({"image": image(4, 6, 3)}, "a colour image"),
        Case({"image": 40 + image(3, 4, top=80)}, "a dim image: no black and no white in it"),
        Case({"image": np.full((2, 3), rng.integers(1, 255), dtype=np.uint8)}, "one grey all over"),
        Case({"image": np.zeros((2, 2), dtype=np.uint8)}, "all black"),
        Case({"image": image(7)}, "one row of pixels"),
        Case({"image": image(2, 3, 4, 5)}, "a batch of images", layout="strided"),
    ]


MISCONCEPTIONS = (
    Misconception(
        "whole-numbers",
        lambda image: image // 255,
        "Everything but pure white became 0: between 0 and 1 there are no whole numbers. Which "
        "dtype must the result have to hold 0.2?",
    ),
    Misconception(
        "own-maximum",
        lambda image: image / max(int(image.max()), 1),
        "You divided by the largest pixel of this image. A dim photograph would turn as bright as "
        "a sunny one; white means the same number in every image.",
    ),
    Misconception(
        "stretched",
        lambda image: (image - float(image.min())) / max(float(image.max()) - image.min(), 1.0),
        "You stretched this image from its own darkest to its own brightest pixel. The scale must "
        "be fixed: it depends on the bytes' range, not on what the picture shows.",
    ),
    Misconception(
        "256",
        lambda image: image / 256,
        "White does not arrive at 1. A byte has 256 values, but which is the largest of them?",
    ),
    Misconception(
        "only-cast",
        lambda image: image.astype(np.float32),
        "The numbers are now floats, but still run up to 255. Changing the dtype does not change "
        "the scale.",
    ),
    Misconception(
        "centred",
        lambda image: image / 127.5 - 1.0,
        "You mapped black to -1. That is a usual choice for some networks, but here the range "
        "asked for starts at 0.",
    ),
    Misconception(
        "clipped",
        lambda image: np.clip(image, 0, 1).astype(np.float32),
        "Clipping cuts everything above 1 off: nearly every pixel became white. Scale, do not cut.",
    ),
    Misconception(
        "negative",
        lambda image: 1.0 - image / 255,
        "Black and white have changed places: this is the negative of the photograph.",
    ),
)

TASKS: tuple[Exercise | Question, ...] = (
    Exercise(
        "to_unit_range",
        "Bytes to numbers between 0 and 1",
        "00",
        2,
        (
            "A byte counts brightness from 0 to 255. The network wants black = 0 and white = 1, "
            "with every step between of the same size.",
            "Look at the dtype: uint8 holds whole numbers only, so change it before you divide.",
            "The first line may be: image = image.astype(np.float32)",
        ),
        reference=to_unit_range,
        cases=_cases,
        misconceptions=MISCONCEPTIONS,
        returns=("scaled",),
    ),
    Question(
        "question_restart",
        "What a restart does",
        "00",
        1,
        (
            "A notebook is a text; the variables live in another program, the kernel.",
            "Which cells are still in the text when everything is run from the top?",
            'The first line is: return "..." with one letter.',
        ),
        text="You ran a cell that said `scale = 255`, then deleted that cell. The cells below it, "
        "which use `scale`, still work. What happens after *Restart Kernel and Run All Cells*?",
        options={
            "a": "Nothing changes: a notebook saves its variables together with its text.",
            "b": "The first cell that uses `scale` stops with a `NameError`.",
            "c": "`scale` is there but holds 0, as every variable does at the start.",
            "d": "The deleted cell is run too: the kernel remembers every cell it has ever run.",
        },
        answer="b",
        wrong={
            "a": "The file holds text and pictures, no variables. They live in the kernel, and a "
            "restart starts a new, empty one.",
            "c": "Python gives no variable a value by itself: a name that nothing has been "
            "assigned to does not exist.",
            "d": "A new kernel has run nothing yet, and Run All runs what stands in the notebook "
            "now, from top to bottom.",
        },
    ),
)
