"""Lesson 00, Start here: one warm-up exercise and one question."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._references import to_unit_range
from .mistakes.unit_range import UNIT_RANGE
from .task import Case, Exercise, Question

Array = np.ndarray[Any, Any]


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
        misconceptions=UNIT_RANGE,
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
