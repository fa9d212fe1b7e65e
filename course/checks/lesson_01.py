"""Lesson 01, Neurons: three exercises and three questions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ._references import activations, fires, fires_in_words, neuron_forward, xor_by_hand
from .mistakes.neuron import ACTIVATIONS, NEURON
from .mistakes.xor import XOR
from .task import Case, Exercise, Question

Array = np.ndarray[Any, Any]
NAMES = ("sigmoid", "tanh", "relu", "leaky_relu")


def _square(z: Any) -> Any:
    return z * z


def _neuron_cases(rng: np.random.Generator) -> list[Case]:
    def case(n: int, d: int, activation: Callable[..., Any], label: str, **how: Any) -> Case:
        dtype = how.pop("dtype", np.float64)
        x, weight = rng.normal(size=(n, d)).astype(dtype), rng.normal(size=d).astype(dtype)
        bias = float(how.pop("bias", rng.uniform(0.5, 2.0)))
        return Case(
            {"x": x, "weight": weight, "bias": bias, "activation": activation}, label, **how
        )

    hand = {"x": np.array([[1.0, 2.0], [0.0, 3.0]]), "weight": np.array([2.0, -1.0]), "bias": 0.5}
    return [
        Case({**hand, "activation": np.tanh}, "two samples, two inputs"),
        case(5, 3, np.tanh, "five samples, three inputs"),
        case(4, 4, _square, "as many samples as inputs"),
        case(1, 6, np.exp, "one sample"),
        case(6, 1, np.tanh, "one input"),
        case(3, 4, np.cos, "a negative bias", bias=-1.5),
        case(7, 2, _square, "float32", dtype=np.float32),
        case(3, 5, np.arctan, "x is a view with gaps", layout="strided"),
    ]


def _activation_cases(rng: np.random.Generator) -> list[Case]:
    cases = [
        Case({"z": np.array([-2.0, -0.5, 0.0, 0.5, 2.0]), "name": name}, f"{name}, five numbers")
        for name in NAMES
    ]
    for name in NAMES:
        z = rng.normal(scale=2.0, size=(3, 4))
        z[1, 2] = 0.0
        cases.append(Case({"z": z, "name": name}, f"{name}, a matrix"))
        far = np.array([-1000.0, -60.0, 0.0, 60.0, 1000.0]) + rng.uniform(-1, 1) * np.abs(
            [1.0, 1.0, 0.0, 1.0, 1.0]
        )
        cases.append(Case({"z": far, "name": name}, f"{name}, very large and very small"))
        single = rng.normal(size=(2, 1, 3)).astype(np.float32)
        cases.append(Case({"z": single, "name": name}, f"{name}, float32, three axes"))
    return cases


QUESTIONS = (
    Question(
        "question_bias",
        "What the bias does",
        "01",
        1,
        (
            "The boundary is where weight · x + bias = 0.",
            "Draw it for one bias, then for a larger one. What stays the same about the line?",
            'The first line is: return "..." with one letter.',
        ),
        text="A neuron with two inputs fires where `weight · x + bias > 0`. You change only the "
        "bias. What happens to its decision boundary in the plane?",
        options={
            "a": "It turns about the origin.",
            "b": "It bends: the bias is what makes a neuron non-linear.",
            "c": "It moves parallel to itself.",
            "d": "It stays where it is; only the output grows or shrinks.",
        },
        answer="c",
        wrong={
            "a": "To turn a line its normal vector must change. Which of the two, weight or bias, "
            "is the normal vector?",
            "b": "Where weight · x + bias = 0 there are only first powers of x, whatever the bias: "
            "that set cannot bend. What adds the non-linearity comes after the sum.",
            "d": "Take weight = (1, 0). With bias 0 the point (-1, 0) does not fire. Try it with "
            "bias 2: has the boundary passed that point?",
        },
    ),
    Question(
        "question_dead_relu",
        "A unit that has died",
        "01",
        1,
        (
            "Follow the gradient backwards: it is multiplied by the activation's derivative.",
            "What is ReLU's derivative where its input is negative?",
            'The first line is: return "..." with one letter.',
        ),
        text="The sum in front of a ReLU is negative for every image of the training set. What do "
        "the next steps of plain gradient descent do to this unit's weights?",
        options={
            "a": "Nothing: their gradient is exactly zero, so they stay as they are.",
            "b": "They grow quickly, because the unit's error is large.",
            "c": "They shrink slowly to zero, because the unit is of no use.",
            "d": "They change as always: only the output is cut at zero, not the gradient.",
        },
        answer="a",
        wrong={
            "b": "A large error does not help if it cannot reach the weights. By what number is it "
            "multiplied on its way back through the ReLU?",
            "c": "Only weight decay would pull them to zero. What does the loss itself say about "
            "these weights when a small change of them changes no output?",
            "d": "Where the output is flat, a small change of the weights changes nothing, and the "
            "gradient measures just that. How flat is the cut part?",
        },
    ),
    Question(
        "question_linear_stack",
        "Layers without an activation",
        "01",
        1,
        (
            "Write two layers as matrices: first W1 x, then W2 (W1 x).",
            "Multiply the two matrices. What shape has the product?",
            'The first line is: return "..." with one letter.',
        ),
        text="You stack three fully connected layers, 10 → 100 → 100 → 10, with biases, but forget "
        "the activations between them. Which functions can this network represent?",
        options={
            "a": "More than a single 10 → 10 layer: it has over a hundred times its parameters.",
            "b": "XOR and its like: what XOR needs is a hidden layer, and here are two.",
            "c": "Any continuous function, if the hidden layers are made wide enough.",
            "d": "Exactly those of a single 10 → 10 layer with a bias.",
        },
        answer="d",
        wrong={
            "a": "Different parameters may give the same function. Multiply W3 W2 W1 out: how many "
            "numbers does the product hold?",
            "b": "A hidden layer that only adds and scales leaves XOR as it was: not separable by "
            "a line. What did your hand-made network do between its two layers?",
            "c": "That theorem needs a non-linear activation. Which step of this network is not "
            "linear?",
        },
    ),
)

TASKS: tuple[Exercise | Question, ...] = (
    Exercise(
        "neuron_forward",
        "One neuron",
        "01",
        3,
        (
            "A neuron weighs its inputs, adds them up together with the bias, and passes the sum "
            "through its activation.",
            "x is (N, D) and weight is (D,): which axis must disappear so that (N,) is left?",
            "The first line may be: z = x @ weight + bias",
        ),
        reference=neuron_forward,
        cases=_neuron_cases,
        misconceptions=NEURON,
        lists_ok=True,
    ),
    Exercise(
        "activations",
        "Four activations and their derivatives",
        "01",
        4,
        (
            "Each function works on every number of z by itself, so both results have z's shape. "
            "Sigmoid and tanh can say their derivative by their own value.",
            "Look at exp: for which sign of its argument does it grow beyond all bounds? Arrange "
            "the sigmoid so that this sign never occurs.",
            'The first lines may be: if name == "tanh": value = np.tanh(z)',
        ),
        reference=activations,
        cases=_activation_cases,
        misconceptions=ACTIVATIONS,
        returns=("value", "derivative"),
    ),
    Exercise(
        "xor_by_hand",
        "A network for XOR",
        "01",
        3,
        (
            "One hidden unit can say how many inputs are on; another can notice that both are.",
            "Row 0 of weight1 and bias1[0] belong to the first hidden unit. Write down both "
            "hidden values for 00, 01, 10, 11, then look for weight2.",
            "The first line may be: weight1 = np.array([[1.0, 1.0], [1.0, 1.0]])",
        ),
        reference=xor_by_hand,
        cases=lambda _rng: [Case({}, "the points 00, 01, 10, 11")],
        misconceptions=XOR,
        returns=("weight1", "bias1", "weight2", "bias2"),
        observe=fires,
        show=fires_in_words,
        lists_ok=True,
    ),
    *QUESTIONS,
)
