"""From a pattern of layers to a plan of shapes, a table of costs, and a network."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from . import nn
from .functional import output_size
from .pattern import PatternError, Spec, fail, parse
from .summary import Row, Summary, View

__all__ = ["PatternError", "Planned", "build", "parse", "plan", "table"]

_NAMES = {
    "CONV": "Conv2d",
    "FC": "Linear",
    "POOL": "MaxPool2d",
    "AVGPOOL": "AvgPool2d",
    "GAP": "AdaptiveAvgPool2d",
    "RELU": "ReLU",
    "TANH": "Tanh",
    "SIGMOID": "Sigmoid",
    "DROPOUT": "Dropout",
    "FLATTEN": "Flatten",
}


@dataclass(frozen=True)
class Planned:
    """One layer with its shapes (C, H, W), or (D,) once the image is flattened."""

    kind: str
    numbers: dict[str, int]
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]


def plan(
    pattern: str,
    input_shape: tuple[int, int, int],
    classes: int,
    *,
    width: int = 16,
    hidden: int = 128,
    optional: bool = True,
    **times: int,
) -> list[Planned]:
    """Work out what every layer of a pattern takes in and gives out.

    input_shape  (C, H, W)
    classes      units of the last FC
    width        filters of the first CONV without a number; twice as many after each pooling
    hidden       units of an FC without a number that is not the last

    CONV defaults to 3x3, stride 1, and the padding that keeps the size; POOL to 2x2, stride 2.

    Raises PatternError pointing at the layer that does not fit.
    """
    specs = parse(pattern, optional=optional, **times)
    last = max((place for place, spec in enumerate(specs) if spec.kind == "FC"), default=-1)
    shape: tuple[int, ...] = input_shape
    planned: list[Planned] = []
    for place, spec in enumerate(specs):
        numbers = dict(spec.numbers)
        if spec.kind == "INPUT":
            continue
        if len(shape) == 1 and spec.kind in ("CONV", "POOL", "AVGPOOL", "GAP"):
            fail(
                pattern, spec.token, f"{spec.kind} needs an image, but FC has flattened it already"
            )
        out = shape
        if spec.kind == "FC":
            if len(shape) == 3:
                flat = (shape[0] * shape[1] * shape[2],)
                planned.append(Planned("FLATTEN", {}, shape, flat))
                shape = flat
            if numbers.setdefault("units", classes if place == last else hidden) < 1:
                fail(pattern, spec.token, "units of FC is 0: at least 1")
            out = (numbers["units"],)
        elif spec.kind == "GAP":
            out = (shape[0], 1, 1)
        elif spec.kind in ("CONV", "POOL", "AVGPOOL"):
            out = _window(pattern, spec, numbers, shape, width)
            width = width if spec.kind == "CONV" else 2 * width
        planned.append(Planned(spec.kind, numbers, shape, out))
        shape = out
    return planned


def _window(
    pattern: str, spec: Spec, numbers: dict[str, int], shape: tuple[int, ...], width: int
) -> tuple[int, ...]:
    """Fill in a window's defaults and return the shape after it."""
    conv = spec.kind == "CONV"
    k = numbers.setdefault("window", 3 if conv else 2)
    numbers.setdefault("stride", 1 if conv else k)
    numbers.setdefault("padding", (k - 1) // 2 if conv else 0)
    if conv:
        numbers.setdefault("units", width)
    for name, least in (("window", 1), ("stride", 1), ("padding", 0), ("units", 1)):
        if numbers.get(name, least) < least:
            fail(pattern, spec.token, f"{name} of {spec.kind} is {numbers[name]}: at least {least}")
    if not conv and numbers["padding"] > k // 2:
        message = (
            f"padding of {spec.kind} is {numbers['padding']}: at most half the window, {k // 2}"
        )
        fail(pattern, spec.token, message)
    try:
        h, w = output_size(
            (shape[1], shape[2]), (k, k), (numbers["stride"],) * 2, (numbers["padding"],) * 2
        )
    except ValueError as error:
        fail(pattern, spec.token, f"{spec.kind} does not fit: {error}")
    return numbers.get("units", shape[0]), h, w


def table(
    pattern: str, input_shape: tuple[int, int, int], classes: int, **settings: Any
) -> Summary:
    """What each layer of a pattern costs, without building it: no weight is drawn.

    Settings are those of `plan`. The numbers are those of the built network's own summary, for
    float32. Raises PatternError pointing at the layer that does not fit.
    """
    rows, view = [], View()
    for place, layer in enumerate(plan(pattern, input_shape, classes, **settings)):
        n, channels = layer.numbers, layer.input_shape[0]
        weights = parameters = 0
        if layer.kind in ("CONV", "FC"):
            weights = n["units"] * channels * n.get("window", 1) ** 2
            parameters = weights + n["units"]
        elif layer.kind == "BN":
            parameters = 2 * channels
        if layer.kind in ("FC", "GAP"):
            view = View(math.inf)
        elif "window" in n:
            view = view.through(n["window"], n["stride"], 1)
        name = _NAMES.get(layer.kind, "BatchNorm2d" if len(layer.input_shape) == 3 else "")
        rows.append(
            Row(
                str(place),
                name or "BatchNorm1d",
                layer.output_shape,
                parameters,
                weights * math.prod(layer.output_shape[1:]),
                4 * math.prod(layer.output_shape),
                (view.field, view.field),
            )
        )
    return Summary(tuple(input_shape), tuple(rows))


def build(
    pattern: str,
    input_shape: tuple[int, int, int],
    classes: int,
    lib: ModuleType = nn,
    *,
    rng: np.random.Generator | None = None,
    **settings: Any,
) -> Any:
    """Build the network of a pattern, with `course.nn` or, as ``lib``, ``torch.nn``.

    rng       draws the first weights of `course.nn`; torch draws its own, see torch.manual_seed
    settings  those of `plan`

    Raises PatternError pointing at the layer that does not fit.
    """
    layers = plan(pattern, input_shape, classes, **settings)
    draw = {"rng": rng} if lib is nn and rng is not None else {}
    return lib.Sequential(*(_make(layer, lib, draw) for layer in layers))


def _make(layer: Planned, lib: Any, draw: dict[str, Any]) -> Any:
    """One layer of a plan, from either library."""
    n, channels = layer.numbers, layer.input_shape[0]
    match layer.kind:
        case "CONV":
            return lib.Conv2d(channels, n["units"], n["window"], n["stride"], n["padding"], **draw)
        case "FC":
            return lib.Linear(channels, n["units"], **draw)
        case "BN":
            norm = lib.BatchNorm2d if len(layer.input_shape) == 3 else lib.BatchNorm1d
            return norm(channels)
        case "POOL":
            return lib.MaxPool2d(n["window"], n["stride"], n["padding"])
        case "AVGPOOL":
            return lib.AvgPool2d(n["window"], n["stride"], n["padding"])
        case "GAP":
            return lib.AdaptiveAvgPool2d(1)
    return getattr(lib, _NAMES[layer.kind])()
