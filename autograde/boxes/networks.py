"""Networks of `course.nn` between the boxes: names, settings and arrays, never functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from course.layer import Layer, Module, Sequential

from .wire import WireError

KEY = "course.network"
LAYERS = {
    "AvgPool2d": "avgpool2d",
    "Conv2d": "conv2d",
    "Flatten": "flatten",
    "Linear": "linear",
    "MaxPool2d": "maxpool2d",
    "ReLU": "relu",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
}


def describe(value: Any) -> Any:
    """A network as plain values; anything else as it is."""
    if isinstance(value, Sequential):
        return {KEY: "Sequential", "layers": [describe(layer) for layer in value]}
    if isinstance(value, Layer):
        return {KEY: "Layer", "name": value.name, "params": value.params, "options": value.options}
    return value


def rebuild(value: Any) -> Any:
    """The network that was described, of the course's own layers; anything else as it is."""
    if type(value) is not dict or KEY not in value:
        return value
    if value[KEY] == "Sequential" and type(value.get("layers")) is list:
        layers = [rebuild(layer) for layer in value["layers"]]
        if all(isinstance(layer, Module) for layer in layers):
            return Sequential(*layers)
    if value[KEY] == "Layer":
        return _layer(value.get("name"), value.get("params"), value.get("options"))
    raise WireError("no such network")


def _layer(name: Any, params: Any, options: Any) -> Layer:
    if type(name) is not str or type(params) is not dict or type(options) is not dict:
        raise WireError("no such layer")
    if not all(type(k) is str and type(v) is np.ndarray for k, v in params.items()):
        raise WireError("no such layer")
    if not all(type(k) is str and _is_setting(v) for k, v in options.items()):
        raise WireError("no such layer")
    from course import functional

    stem = LAYERS.get(name, "")
    forward = getattr(functional, f"{stem}_forward", _unknown)
    backward = getattr(functional, f"{stem}_backward", _unknown)
    given = {k: v for k, v in options.items() if k not in ("name", "params", "buffers")}
    return Layer(forward, backward, params, name=name[:80], **given)


def _is_setting(value: Any) -> bool:
    if type(value) is tuple:
        return len(value) <= 8 and all(_is_setting(v) for v in value)
    return value is None or type(value) in (bool, int, float)


def _unknown(*_args: object, **_options: object) -> Any:
    raise NotImplementedError("a layer of the learner's own: its functions stay in their box")
