"""Networks between the boxes.

Those of `course.nn` cross as names, settings and arrays, and are rebuilt from the course's own
layers. A module of PyTorch stays where it is: arrays go to it, and arrays come back.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course.functional import Array
from course.layer import Layer, Module, Sequential

from .wire import WireError

KEY = "course.network"
WISHES = ("forward", "gradients", "load_state_dict", "state_dict", "train")
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
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.nn.Module):
        return {KEY: "torch", **_wishes(value, torch)}
    return value


def _wishes(net: Any, torch: Any) -> dict[str, Callable[..., Any]]:
    """What can be asked of a module of PyTorch: functions of arrays that give arrays."""

    def plain(value: Any) -> Any:
        return value.detach().numpy() if isinstance(value, torch.Tensor) else value

    def forward(x: Any) -> Any:
        with torch.no_grad():
            return plain(net(torch.from_numpy(x)))

    def gradients(x: Any, dout: Any) -> Any:
        given = torch.from_numpy(x).requires_grad_()
        for parameter in net.parameters():
            parameter.grad = None
        net(given).backward(torch.from_numpy(dout))
        return plain(given.grad), {n: plain(p.grad) for n, p in net.named_parameters()}

    def load_state_dict(state: dict[str, Any]) -> None:
        net.load_state_dict({name: torch.from_numpy(array) for name, array in state.items()})

    def state_dict() -> Any:
        return {name: plain(array) for name, array in net.state_dict().items()}

    def train(mode: bool) -> None:
        net.train(mode)

    return dict(zip(WISHES, (forward, gradients, load_state_dict, state_dict, train), strict=True))


def rebuild(value: Any) -> Any:
    """The network that was described, of the course's own layers; anything else as it is."""
    if type(value) is not dict or KEY not in value:
        return value
    if value[KEY] == "Sequential" and type(value.get("layers")) is list:
        layers = [rebuild(layer) for layer in value["layers"]]
        if all(isinstance(layer, Module) for layer in layers):
            return Sequential(*layers)
    if value[KEY] == "torch" and all(callable(value.get(wish)) for wish in WISHES):
        return Distant({wish: value[wish] for wish in WISHES})
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


class Distant:
    """A learner's module of PyTorch, as a check has it: of NumPy's arrays, and of nothing else.

    What it says about itself proves nothing. Load weights into it, and compare what it computes.
    """

    def __init__(self, wishes: Mapping[str, Callable[..., Any]]) -> None:
        """Keep the functions of the learner's box."""
        self._wishes = wishes

    def __call__(self, x: Any) -> Array:
        """Its output for x, without gradients. Raises TypeError where that is no tensor."""
        return _array(self._wishes["forward"](np.asarray(x)))

    def gradients(self, x: Any, dout: Any) -> tuple[Array, dict[str, Array]]:
        """Gradients of sum(dout * net(x)): by x, and by each parameter's name."""
        found = self._wishes["gradients"](np.asarray(x), np.asarray(dout))
        if type(found) is not tuple or len(found) != 2:
            raise TypeError("the network has no gradients")
        return _array(found[0]), _arrays(found[1])

    def state_dict(self) -> dict[str, Array]:
        """Its arrays, by PyTorch's names."""
        return _arrays(self._wishes["state_dict"]())

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Copy arrays or tensors into it. Raises RuntimeError where it has other ones."""
        self._wishes["load_state_dict"]({name: np.asarray(a) for name, a in state.items()})

    def train(self, mode: bool = True) -> Distant:
        """Switch it to training."""
        self._wishes["train"](mode)
        return self

    def eval(self) -> Distant:
        """Switch it to inference."""
        return self.train(False)


def _array(value: Any) -> Array:
    if type(value) is not np.ndarray:
        raise TypeError(f"a tensor is needed, but the network gave a {type(value).__name__}")
    return value


def _arrays(value: Any) -> dict[str, Array]:
    if type(value) is not dict or not all(type(name) is str for name in value):
        raise TypeError("tensors by their names are needed, but the network gave none")
    return {name: _array(array) for name, array in value.items()}
