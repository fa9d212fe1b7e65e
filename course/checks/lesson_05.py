"""Lesson 05, Fully connected: four exercises and four questions."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _losses as right
from .mistakes.losses import CROSS_ENTROPY, FOLDED, HINGE, SOFTMAX
from .task import Case, Exercise, Question

Array = np.ndarray[Any, Any]


def _scores(
    rng: np.random.Generator, n: int, k: int, scale: float = 2.0, dtype: str = "float64"
) -> Array:
    """Scores in eighths, so that no excess of the hinge is a rounding away from 0."""
    return (np.round(scale * rng.normal(size=(n, k)) * 8) / 8 + 1 / 16 * rng.random((n, k))).astype(
        dtype
    )


def _far_apart() -> Array:
    return np.array([[1000.0, 998.0, 990.0], [-3.0, -1.0, -2.0], [-1000.0, -1001.0, -1003.0]])


def _softmax_cases(rng: np.random.Generator) -> list[Case]:
    return [
        Case({"scores": _scores(rng, 2, 3)}, "two images, three classes"),
        Case({"scores": _scores(rng, 4, 3, dtype="float32")}, "float32"),
        Case({"scores": _scores(rng, 1, 5)}, "one image"),
        Case({"scores": _scores(rng, 3, 1)}, "one class"),
        Case({"scores": np.full((2, 4), 0.5)}, "equal scores"),
        Case({"scores": _far_apart()}, "scores of 1000 and of -1000"),
        Case({"scores": _scores(rng, 5, 10, 5.0)}, "ten classes", layout="strided"),
    ]


def _labelled(rng: np.random.Generator, scores: Array, label: str, **more: Any) -> Case:
    n, k = scores.shape
    predicted = scores.argmax(axis=1)
    y = rng.integers(k, size=n)
    y[0] = (predicted[0] + 1) % k  # at least one image is misjudged
    return Case({"scores": scores, "y": y} | more, label)


def _entropy_cases(rng: np.random.Generator) -> list[Case]:
    return [
        _labelled(rng, _scores(rng, 2, 3), "two images, three classes"),
        _labelled(rng, _scores(rng, 4, 3, dtype="float32"), "float32"),
        _labelled(rng, _scores(rng, 1, 5), "one image"),
        _labelled(rng, np.full((3, 4), 0.5), "equal scores"),
        Case({"scores": _far_apart(), "y": np.array([1, 0, 2])}, "scores of 1000 and of -1000"),
        Case(
            {"scores": np.array([[2000.0, 0.0], [1.0, 3.0]]), "y": np.array([1, 1])},
            "a right class that is 2000 behind",
        ),
        _labelled(rng, _scores(rng, 5, 10, 4.0), "ten classes"),
    ]


def _hinge_cases(rng: np.random.Generator) -> list[Case]:
    scores = np.array([[3.0, 1.25, 2.5, -4.0], [0.0, 5.0, 1.5, 1.0]])
    return [
        Case({"scores": scores, "y": np.array([0, 1])}, "one class too near, then none"),
        Case({"scores": scores, "y": np.array([1, 2]), "margin": 0.5}, "margin 0.5"),
        _labelled(rng, _scores(rng, 4, 3), "three classes"),
        _labelled(rng, _scores(rng, 4, 3, dtype="float32"), "float32"),
        _labelled(rng, _scores(rng, 3, 6), "margin 2", margin=2.0),
        _labelled(rng, _scores(rng, 1, 5), "one image"),
        _labelled(rng, np.full((3, 10), 0.25), "equal scores of ten classes"),
        _labelled(rng, _scores(rng, 6, 10, 5.0), "ten classes"),
    ]


def _folded_cases(rng: np.random.Generator) -> list[Case]:
    return [
        Case(
            {
                "weight": rng.normal(size=(k, c * h * w)).astype(dtype),
                "channels": c,
                "height": h,
                "width": w,
            },
            f"{k} units on {c} x {h} x {w}, {dtype}",
        )
        for k, c, h, w, dtype in (
            (3, 2, 2, 3, "float64"),
            (2, 3, 4, 2, "float32"),
            (4, 1, 3, 2, "float64"),
            (5, 4, 2, 5, "float64"),
            (1, 2, 3, 4, "float64"),
        )
    ]


QUESTIONS = (
    Question(
        "question_satisfied",
        "Who still wants something?",
        "05",
        1,
        (
            "Write both gradients down for these scores.",
            "Hinge: is any wrong class nearer than the margin? Softmax: is the right class's "
            "probability exactly 1?",
            'The first line is: return "..." with one letter.',
        ),
        text="The scores of an image are 5, 1 and 0, and the first class is right. The margin is "
        "1. Which of the two losses still has a gradient?",
        options={
            "a": "The hinge loss only.",
            "b": "Softmax cross-entropy only.",
            "c": "Both.",
            "d": "Neither: the answer is right.",
        },
        answer="b",
        wrong={
            "a": "The right class leads by 4, the margin asks for 1: what is max(0, 1 - 5 + 1)?",
            "c": "Compute the terms of the hinge loss: is one of them above 0?",
            "d": "A right answer ends one of the losses. Is a probability of 0.98 the largest that "
            "there is?",
        },
    ),
    Question(
        "question_shift",
        "A hundred more for everyone",
        "05",
        1,
        (
            "Both losses look at scores; do they look at a score by itself?",
            "Put s + 100 for s into both formulas.",
            'The first line is: return "..." with one letter.',
        ),
        text="You add 100 to all ten scores of every image. What changes?",
        options={
            "a": "Both losses grow.",
            "b": "Only the hinge loss grows, since softmax divides.",
            "c": "Only the probabilities change, not the losses.",
            "d": "Neither the probabilities nor the losses.",
        },
        answer="d",
        wrong={
            "a": "Put s + 100 for every s into one term of the hinge: what is left of the 100?",
            "b": "The hinge takes differences of scores. What is (s + 100) - (t + 100)?",
            "c": "exp(s + 100) = exp(100) exp(s): what happens to the factor when you divide?",
        },
    ),
    Question(
        "question_first_loss",
        "The first loss of an SVM",
        "05",
        1,
        (
            "A fresh network gives scores near 0.",
            "Each wrong class costs max(0, 0 - 0 + margin). How many wrong classes are there?",
            "The first line is: return ... with a whole number.",
        ),
        text="Ten classes, the margin is 1, and a fresh network gives scores that are all nearly "
        "0. What is the hinge loss of the first batch, rounded to a whole number?",
        answer=9,
        wrong={
            10: "The right class costs nothing: how many others are there?",
            2: "About 2.3 is what softmax cross-entropy begins with, log of 10.",
            1: "That is the cost of one wrong class.",
            0: "Equal scores are not enough: the right class shall lead by the margin.",
        },
    ),
    Question(
        "question_temperature",
        "Divide the scores by two",
        "05",
        1,
        (
            "Which class wins depends on the order of the scores.",
            "Compare softmax of (2, 0) and of (1, 0).",
            'The first line is: return "..." with one letter.',
        ),
        text="All scores are divided by a temperature of 2 before softmax. What happens?",
        options={
            "a": "The predicted classes change, the probabilities do not.",
            "b": "The predicted classes stay, the probabilities move towards equal shares.",
            "c": "The predicted classes stay, the largest probability grows.",
            "d": "Nothing: softmax divides by the sum anyway.",
        },
        answer="b",
        wrong={
            "a": "Dividing by 2 keeps the order of the scores.",
            "c": "Try (2, 0) and (1, 0): which gives the larger first probability?",
            "d": "A factor common to all exponentials cancels. Is exp(s / 2) the same as "
            "exp(s) times a constant?",
        },
    ),
)

TASKS: tuple[Exercise | Question, ...] = (
    Exercise(
        "softmax",
        "Scores to probabilities",
        "05",
        2,
        (
            "Make every score positive, then let each row add up to 1.",
            "exp(1000) overflows. Take each row's own maximum away first; axis=1, keepdims=True.",
            "The first line may be: e = np.exp(scores - scores.max(axis=1, keepdims=True))",
        ),
        reference=right.softmax,
        cases=_softmax_cases,
        misconceptions=SOFTMAX,
        returns=("probabilities",),
    ),
    Exercise(
        "cross_entropy_loss",
        "Softmax cross-entropy and its gradient",
        "05",
        4,
        (
            "The loss asks one thing of each image: how improbable was the right class?",
            "scores[np.arange(N), y] picks the score of the right class of every image. The loss "
            "is the log of the sum of exponentials minus that score, all after taking the maximum "
            "away; the gradient is the probabilities, with 1 taken from the right class, divided "
            "by N.",
            "The first line may be: shifted = scores - scores.max(axis=1, keepdims=True)",
        ),
        reference=right.cross_entropy_loss,
        cases=_entropy_cases,
        misconceptions=CROSS_ENTROPY,
        returns=("loss", "dscores"),
    ),
    Exercise(
        "hinge_loss",
        "The multiclass hinge loss and its gradient",
        "05",
        4,
        (
            "Each wrong class may come no nearer to the right one than the margin.",
            "excess = scores - (right scores as a column) + margin; set the right class's entries "
            "to 0. Every positive entry costs itself, has slope 1, and pulls the right class up "
            "by 1.",
            "The first line may be: rows = np.arange(len(y))",
        ),
        reference=right.hinge_loss,
        cases=_hinge_cases,
        misconceptions=HINGE,
        returns=("loss", "dscores"),
    ),
    Exercise(
        "fc_as_conv",
        "A fully connected layer as a convolution",
        "05",
        2,
        (
            "A unit that looks at every value of a feature map is a filter as large as the map.",
            "A map is flattened channel by channel, row by row. Undo that for each row of weight.",
            "The first line may be: units = len(weight)",
        ),
        reference=right.fc_as_conv,
        cases=_folded_cases,
        misconceptions=FOLDED,
        returns=("filters",),
    ),
    *QUESTIONS,
)
