"""Lesson 02, Learning: five exercises and three questions."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import _references as right
from .mistakes.learning import BACKWARD, BATCHES, FORWARD, NUMERICAL, STEP
from .task import Case, Exercise, Question

Array = np.ndarray[Any, Any]


def _cubes(x: Array) -> float:
    return float((x**3).sum())


def _waves(x: Array) -> float:
    return float((np.sin(x) * np.arange(1, x.size + 1).reshape(x.shape)).sum() + np.exp(x).prod())


def _numerical_cases(rng: np.random.Generator) -> list[Case]:
    return [
        Case({"f": _cubes, "x": np.array([1.0, -2.0])}, "cubes, two numbers"),
        Case({"f": _cubes, "x": rng.uniform(0.5, 1.5, (2, 3)), "eps": 0.1}, "a wide step"),
        Case({"f": _waves, "x": rng.uniform(-0.5, 0.5, (3, 2))}, "numbers that act on each other"),
        Case({"f": _waves, "x": rng.uniform(-0.5, 0.5, 4), "eps": 0.01}, "four, eps 0.01"),
        Case({"f": _cubes, "x": rng.uniform(1, 2, (1, 2, 2))}, "three axes"),
    ]


SHAPES = ((2, 3, 2), (4, 3, 3), (1, 5, 2), (3, 3, 3), (5, 1, 4), (4, 6, 1))


def _linear_cases(rng: np.random.Generator) -> list[Case]:
    return [
        Case(
            {
                "x": rng.normal(size=(n, d)).astype(dtype),
                "weight": rng.normal(size=(k, d)).astype(dtype),
                "bias": rng.normal(size=k).astype(dtype),
            },
            f"{n} samples, {d} inputs, {k} outputs, {dtype}",
        )
        for n, d, k in SHAPES
        for dtype in ("float64", "float32")
    ]


def _backward_cases(rng: np.random.Generator) -> list[Case]:
    return [
        Case(
            {
                "dout": rng.normal(size=(n, k)).astype(dtype),
                "x": rng.normal(size=(n, d)).astype(dtype),
                "weight": rng.normal(size=(k, d)).astype(dtype),
            },
            f"{n} samples, {d} inputs, {k} outputs, {dtype}",
        )
        for n, d, k in SHAPES
        for dtype in ("float64", "float32")
    ]


def _step_cases(rng: np.random.Generator) -> list[Case]:
    def case(shape: tuple[int, ...], lr: float, momentum: float, label: str) -> Case:
        weight, grad, velocity = rng.normal(size=(3, *shape))
        return Case(
            {"weight": weight, "grad": grad, "velocity": velocity, "lr": lr, "momentum": momentum},
            label,
        )

    return [
        case((2,), 0.1, 0.9, "two weights"),
        case((3, 2), 0.5, 0.5, "a matrix"),
        case((4,), 0.1, 0.0, "no momentum"),
        case((2, 1, 3), 0.01, 0.99, "three axes"),
    ]


def _batch_cases(rng: np.random.Generator) -> list[Case]:
    return [
        Case({"n": n, "batch_size": size, "rng": np.random.default_rng(rng.integers(2**31))}, label)
        for n, size, label in (
            (23, 5, "a smaller last batch"),
            (24, 6, "batches that fit"),
            (50, 8, "more samples"),
            (4, 9, "fewer samples than a batch"),
            (12, 1, "one sample a batch"),
        )
    ]


QUESTIONS = (
    Question(
        "question_max_gate",
        "The gradient at a max gate",
        "02",
        1,
        (
            "A gate multiplies the gradient by its local derivative.",
            "Raise the smaller input by a hair: does the maximum change?",
            'The first line is: return "..." with one letter.',
        ),
        text="A gate computes max(2, 5). A gradient of 3 arrives at its output. What leaves "
        "through its two inputs, in this order?",
        options={"a": "3 and 3", "b": "0 and 3", "c": "6 and 15", "d": "1.5 and 1.5"},
        answer="b",
        wrong={
            "a": "That is what an add gate does. Does the output notice a small change of the 2?",
            "c": "A multiply gate scales by the values. How steep is max in each input?",
            "d": "Nothing is shared here: only one of the inputs decides the output.",
        },
    ),
    Question(
        "question_stable_rate",
        "The largest learning rate",
        "02",
        1,
        (
            "Write one step for L(w) = 5 w²: by what factor is w multiplied?",
            "The gradient is 10 w, so the factor is 1 - 10 lr. When is its size below 1?",
            'The first line is: return "..." with one letter.',
        ),
        text="Gradient descent without momentum on L(w) = 5 w². At which learning rates does it "
        "reach the minimum from every start?",
        options={
            "a": "At every positive rate; a larger one is only faster.",
            "b": "Below 0.1 only.",
            "c": "Below 0.2 only.",
            "d": "Below 1 only.",
        },
        answer="c",
        wrong={
            "a": "Try lr = 1: by what factor does w change in one step?",
            "b": "At 0.1 one step lands in the minimum. A little above it the path jumps to the "
            "other side; does it still come nearer?",
            "d": "Try lr = 0.5: is the new |w| smaller than the old one?",
        },
    ),
    Question(
        "question_steps",
        "Steps in an epoch",
        "02",
        1,
        (
            "An epoch passes over all samples once.",
            "Count the full batches, then what is left.",
            "The first line is: return ... with a whole number.",
        ),
        text="1437 training images, batch size 64, the last batch may be smaller. How many steps "
        "does the optimiser take in one epoch?",
        answer=23,
        wrong={
            22: "That counts full batches only. What becomes of the images that are left?",
            1437: "That would be one step an image. A step uses a whole batch.",
            64: "That is the number of images in a batch, not the number of batches.",
        },
    ),
)

TASKS: tuple[Exercise | Question, ...] = (
    Exercise(
        "numerical_gradient",
        "The gradient by trying",
        "02",
        3,
        (
            "Move one number of x a little to the right, then to the left, and look at f.",
            "np.ndindex(x.shape) gives every index. Before the next one, x must be as it was.",
            "The first line may be: grad = np.zeros_like(x)",
        ),
        reference=right.numerical_gradient,
        cases=_numerical_cases,
        misconceptions=NUMERICAL,
        returns=("grad",),
    ),
    Exercise(
        "linear_forward",
        "The linear layer, forward",
        "02",
        2,
        (
            "Each row of weight is one neuron of lesson 01; all of them look at all samples.",
            "(N, D) and (K, D) shall become (N, K): which axes must meet?",
            "The first line may be: out = x @ weight.T",
        ),
        reference=right.linear_forward,
        cases=_linear_cases,
        misconceptions=FORWARD,
    ),
    Exercise(
        "linear_backward",
        "The linear layer, backward",
        "02",
        4,
        (
            "A value used in many places gathers the gradients of them all: a sum.",
            "Every gradient has the shape of its array: (N, D), (K, D), (K,). Only one product "
            "of the arrays at hand fits each.",
            "The first line may be: dx = dout @ weight",
        ),
        reference=right.linear_backward,
        cases=_backward_cases,
        misconceptions=BACKWARD,
        returns=("dx", "dweight", "dbias"),
    ),
    Exercise(
        "sgd_momentum_step",
        "One step with momentum",
        "02",
        2,
        (
            "The velocity remembers earlier gradients; the weight moves by the velocity.",
            "First the new velocity from the old one and the gradient, then the new weight from "
            "the NEW velocity. Build new arrays: += changes the caller's.",
            "The first line may be: velocity = momentum * velocity + grad",
        ),
        reference=right.sgd_momentum_step,
        cases=_step_cases,
        misconceptions=STEP,
        returns=("weight", "velocity"),
    ),
    Exercise(
        "minibatches",
        "Deal the samples into batches",
        "02",
        3,
        (
            "Shuffle the pack once, then deal it from the top.",
            "range(0, n, batch_size) gives the first place of every batch; a slice may reach "
            "beyond the end.",
            "The first line may be: order = rng.permutation(n)",
        ),
        reference=right.minibatches,
        cases=_batch_cases,
        misconceptions=BATCHES,
        returns=("batches",),
        reads=right.batches_as_rows,
        observe=right.epoch_seen,
        show=right.epoch_in_words,
        lists_ok=True,
    ),
    *QUESTIONS,
)
