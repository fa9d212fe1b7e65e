"""Lesson 06: the right answers, and how words and networks become numbers to compare.

The reference parser and builder are written apart from `course.architecture`, so that a slip there
is not taken for the truth here; a test holds both together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .. import nn
from ..layer import Layer, Module, Sequential
from ..summary import Summary
from .values import Unusable

Array = np.ndarray[Any, Any]
LayerTuple = tuple[str, *tuple[int, ...]]
LETTERS = 8  # of a word, as one whole number of 64 bits
CLOSING = {"[": "]", "(": ")"}


def signs(text: str) -> list[str]:
    """Words, counts and signs of a pattern, in order: no spaces, no arrows, no commas."""
    return re.findall(r"[\[\]()*]|\w+", text)


def parse_pattern(text: str) -> list[str]:
    """Write a pattern out: one word a layer. ValueError where brackets do not match."""
    stack: list[tuple[str, list[str]]] = [("", [])]  # the bracket that opened, what is inside
    last: list[str] = []  # what a star would repeat
    items = signs(text)
    for place, item in enumerate(items):
        if place and items[place - 1] == "*":
            inside = stack[-1][1]
            del inside[len(inside) - len(last) :]
            last = last * int(item)
            inside += last
        elif item in CLOSING:
            stack.append((item, []))
        elif item in CLOSING.values():
            opened, last = stack.pop()
            if CLOSING.get(opened) != item:
                raise ValueError(f"{item!r} closes nothing that is open in {text!r}")
            stack[-1][1].extend(last)
        elif item != "*":
            last = [item]
            stack[-1][1].append(item)
    if len(stack) > 1:
        raise ValueError(f"{stack[-1][0]!r} is never closed in {text!r}")
    return stack[0][1]


def count_parameters(layers: Sequence[LayerTuple]) -> list[int]:
    """(CONV, C, K, F): K (F F C + 1); (FC, D, K): K (D + 1); (BN, C): 2 C; all others 0."""
    return [_parameters(*layer) for layer in layers]


def _parameters(kind: str, *n: int) -> int:
    if kind == "CONV":
        return n[1] * (n[2] * n[2] * n[0] + 1)
    if kind == "FC":
        return n[1] * (n[0] + 1)
    return 2 * n[0] if kind == "BN" else 0


def receptive_field(layers: Sequence[tuple[int, int, int]]) -> int:
    """1 + sum over layers of (kernel - 1) dilation times all strides below."""
    field, jump = 1, 1
    for kernel, stride, dilation in layers:
        field += (kernel - 1) * dilation * jump
        jump *= stride
    return field


def build_network(
    tokens: Sequence[str],
    input_shape: tuple[int, int, int],
    classes: int,
    width: int = 8,
    hidden: int = 32,
    rng: np.random.Generator | None = None,
) -> Sequential:
    """Layers of course.nn for a flat list of words, each fitting the one before."""
    channels, height, columns = input_shape
    layers: list[Module] = []
    flat = 0
    last = max((n for n, token in enumerate(tokens) if token == "FC"), default=-1)
    for place, token in enumerate(tokens):
        if token == "CONV":
            layers.append(nn.Conv2d(channels, width, 3, padding=1, rng=rng))
            channels = width
        elif token == "POOL":
            layers.append(nn.MaxPool2d(2))
            height, columns, width = height // 2, columns // 2, 2 * width
        elif token == "RELU":
            layers.append(nn.ReLU())
        elif token == "FC":
            if not flat:
                layers.append(nn.Flatten())
                flat = channels * height * columns
            units = classes if place == last else hidden
            layers.append(nn.Linear(flat, units, rng=rng))
            flat = units
        elif token != "INPUT":
            raise ValueError(f"unknown layer {token!r}: known are INPUT, CONV, RELU, POOL, FC")
    return nn.Sequential(*layers)


# Words and networks as numbers


def word_numbers(raw: Any, _inputs: Mapping[str, Any]) -> Array:
    """A list of words as one whole number each: its first letters, read in base 256."""
    if not issubclass(type(raw), (list, tuple)):
        raise Unusable(f"A flat list of words is needed, but a {type(raw).__name__} came back")
    for word in raw:
        if issubclass(type(word), (list, tuple)):
            raise Unusable(
                f"A list stands inside the list ({str(word)[:40]}): the answer should be flat, one "
                "word a layer. extend or + puts the items of a list in; append the list itself"
            )
        if not issubclass(type(word), str):
            raise Unusable(f"{str(word)[:20]!r} is a {type(word).__name__}, not a word in quotes")
    words = [str.__str__(word)[:LETTERS].encode("ascii", "replace") for word in raw]
    return np.array([int.from_bytes(word, "big") for word in words], dtype=np.uint64)


def number_words(numbers: Array) -> str:
    """The words back, in a line."""
    words = [int(n).to_bytes(LETTERS, "big").lstrip(b"\0").decode("ascii") for n in numbers]
    return "    " + (" ".join(words) or "(nothing)")


LAYERS = ("Conv2d", "MaxPool2d", "AvgPool2d", "ReLU", "Linear", "Flatten", "another layer")
SEES_ALL, STOPS = -1, -2  # in the place of a receptive field


def network_numbers(raw: Any, inputs: Mapping[str, Any]) -> Array:
    """A network as a row a layer: kind, output shape (0 where flat), parameters, field (-1: all).

    Flatten is left out: where it stands does not matter as long as an image comes through. Of a
    network that stops an image only kinds and parameters are told, the field is STOPS.
    """
    if not isinstance(raw, Module):
        raise Unusable(
            f"A network is needed, but a {type(raw).__name__} came back. End with "
            "return nn.Sequential(*layers)"
        )
    shape = inputs["input_shape"]
    try:
        rows = Summary.of(raw, shape).rows
    except Exception:  # whatever a network that does not fit together raises
        layers = [layer for _, layer in raw.modules() if isinstance(layer, Layer)]
        sizes = [sum(array.size for array in layer.params.values()) for layer in layers]
        names = [layer.name for layer in layers]
        found = [(_kind(n), 0, 0, 0, p, STOPS) for n, p in zip(names, sizes, strict=True)]
        return np.array(found, dtype=np.int64).reshape(-1, 6)
    found = []
    for row in rows:
        if row.layer != "Flatten":
            channels, high, wide = (*row.shape, 0, 0)[:3]
            field = SEES_ALL if np.isinf(row.field[0]) else int(row.field[0])
            found.append((_kind(row.layer), channels, high, wide, row.parameters, field))
    return np.array(found, dtype=np.int64).reshape(-1, 6)


def _kind(name: str) -> int:
    return LAYERS.index(name) if name in LAYERS else len(LAYERS) - 1


def number_network(numbers: Array) -> str:
    """The rows as a table."""
    lines = []
    for kind, *sides, parameters, field in numbers.tolist():
        shape = " x ".join(str(side) for side in sides if side)
        if field == STOPS:
            lines.append(f"    {LAYERS[kind]:10} {parameters:7,} parameters")
            continue
        sees = "all" if field == SEES_ALL else f"{field} x {field}"
        lines.append(f"    {LAYERS[kind]:10} {shape:14} {parameters:7,} parameters, sees {sees}")
    if numbers.size and numbers[0, -1] == STOPS:
        lines.append(
            "    and no image comes through: call it with np.zeros((1, C, H, W)) to see where"
        )
    return "\n".join(lines) or "    (no layers)"
