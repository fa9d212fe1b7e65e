"""Layers that remember: parameters, gradients and the last cache around the functions of `functional`.

Names and argument order are those of ``torch.nn``: code that builds a network works with either.
A pair of functions of one's own drops in: ``Layer(my_forward, my_backward, {"weight": w})``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from . import functional as F
from .functional import Array, Size

Rng: TypeAlias = np.random.Generator | int | None

_generator = np.random.default_rng(0)


def manual_seed(seed: int) -> None:
    """Restart the generator that layers draw from when they are given no ``rng`` of their own."""
    global _generator
    _generator = np.random.default_rng(seed)


class Parameter(NamedTuple):
    """One array that is learned: where it lives, and where its gradient appears."""

    layer: Module
    name: str

    @property
    def value(self) -> Array:
        """The array itself; an optimiser changes it in place."""
        return self.layer.params[self.name]

    @property
    def grad(self) -> Array:
        """The gradient of the loss by ``value``, from the last call of ``backward``."""
        if self.name not in self.layer.grads:
            raise RuntimeError(f"{self.layer} has no gradient of {self.name}: call backward first")
        return self.layer.grads[self.name]


class Module:
    """What a layer and a network have in common: arrays by name, children by name, a mode."""

    def __init__(self) -> None:
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}
        self.buffers: dict[str, Array] = {}
        self.children: dict[str, Module] = {}
        self.training = True

    def forward(self, x: Array) -> Array:
        """Return the output for ``x`` and keep what the way back needs."""
        raise NotImplementedError

    def backward(self, dout: Array) -> Array:
        """Return the gradient by the input; put those by the parameters into ``grads``."""
        raise NotImplementedError

    def __call__(self, x: Array) -> Array:
        """The same as ``forward``."""
        return self.forward(x)

    def train(self, mode: bool = True) -> Module:
        """Switch dropout and batch normalisation, here and in all children, to training."""
        self.training = mode
        for child in self.children.values():
            child.train(mode)
        return self

    def eval(self) -> Module:
        """Switch to inference: nothing is dropped, batch norm uses its running statistics."""
        return self.train(False)

    def modules(self, prefix: str = "") -> Iterator[tuple[str, Module]]:
        """Yield this and every child of a child, each with its dotted name."""
        yield prefix, self
        for name, child in self.children.items():
            yield from child.modules(f"{prefix}.{name}" if prefix else name)

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Yield every parameter under the name that PyTorch gives it, such as ``0.weight``."""
        for prefix, module in self.modules():
            for name in module.params:
                yield f"{prefix}.{name}" if prefix else name, Parameter(module, name)

    def parameters(self) -> Iterator[Parameter]:
        """Yield every parameter, for an optimiser."""
        for _, parameter in self.named_parameters():
            yield parameter

    def state_dict(self) -> dict[str, Array]:
        """Return copies of every parameter and running statistic under PyTorch's names."""
        return {
            f"{prefix}.{name}" if prefix else name: value.copy()
            for prefix, module in self.modules()
            for name, value in {**module.params, **module.buffers}.items()
        }

    def load_state_dict(self, state: Mapping[str, npt.ArrayLike]) -> None:
        """Copy arrays saved by `state_dict`, ours or PyTorch's, into this network."""
        state = {k: v for k, v in state.items() if not k.endswith("num_batches_tracked")}
        own = {
            f"{prefix}.{name}" if prefix else name: value
            for prefix, module in self.modules()
            for name, value in {**module.params, **module.buffers}.items()
        }
        if own.keys() != state.keys():
            missing, unknown = sorted(own.keys() - state.keys()), sorted(state.keys() - own.keys())
            raise KeyError(f"missing from the state: {missing}; unknown to the network: {unknown}")
        for name, value in own.items():
            new = np.asarray(state[name])
            if new.shape != value.shape:
                raise ValueError(f"{name} has shape {value.shape}, the saved one {new.shape}")
            value[...] = new


class Layer(Module):
    """One layer: a forward and a backward function, and the arrays between them.

    forward(x, *params, *buffers, **options) -> (out, cache), or (out, cache, new buffers)
    backward(dout, cache) -> dx, or (dx, one gradient for each parameter)
    """

    def __init__(
        self,
        forward: Callable[..., Any],
        backward: Callable[..., Any],
        params: Mapping[str, Array] | None = None,
        buffers: Mapping[str, Array] | None = None,
        *,
        name: str | None = None,
        **options: Any,
    ) -> None:
        super().__init__()
        self.params = dict(params or {})
        self.buffers = dict(buffers or {})
        self.options = options
        self.name = name or getattr(forward, "__name__", "layer").removesuffix("_forward")
        self._forward, self._backward = forward, backward
        self._cache: Any = None

    def forward(self, x: Array) -> Array:
        """Call the layer's forward function and keep its cache."""
        if "training" in self.options:
            self.options["training"] = self.training
        arrays = (*self.params.values(), *self.buffers.values())
        out, self._cache, *new = self._forward(x, *arrays, **self.options)
        if new:
            self.buffers = dict(zip(self.buffers, new[0], strict=True))
        return out  # type: ignore[no-any-return]

    def backward(self, dout: Array) -> Array:
        """Call the layer's backward function with the cache of the last forward."""
        if self._cache is None:
            raise RuntimeError(f"{self} has nothing to go back through: call it forward first")
        gradients = self._backward(dout, self._cache)
        if not isinstance(gradients, tuple):
            gradients = (gradients,)
        self.grads = dict(zip(self.params, gradients[1:], strict=False))
        return gradients[0]  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        """Name and options, as in ``Conv2d(stride=1, padding=1)``."""
        return f"{self.name}({', '.join(f'{k}={v!r}' for k, v in self.options.items())})"


class Sequential(Module):
    """Layers one after another; the gradient goes through them in reverse."""

    def __init__(self, *layers: Module) -> None:
        super().__init__()
        self.children = {str(index): layer for index, layer in enumerate(layers)}
        if len({id(layer) for layer in layers}) < len(layers):
            raise ValueError("one layer object stands twice in Sequential: make a second one")

    def forward(self, x: Array) -> Array:
        """Pass ``x`` through every layer."""
        for layer in self.children.values():
            x = layer(x)
        return x

    def backward(self, dout: Array) -> Array:
        """Pass ``dout`` back through every layer, the last one first."""
        for layer in reversed(self.children.values()):
            dout = layer.backward(dout)
        return dout

    def __getitem__(self, index: int) -> Module:
        """The layer at a place, counted from 0; from the end when negative."""
        return list(self.children.values())[index]

    def __len__(self) -> int:
        """How many layers."""
        return len(self.children)

    def __iter__(self) -> Iterator[Module]:
        """The layers in order."""
        return iter(self.children.values())


def _draw(rng: Rng, shape: tuple[int, ...], fan_in: int, dtype: npt.DTypeLike) -> Array:
    generator = _generator if rng is None else np.random.default_rng(rng)
    bound = 1 / np.sqrt(fan_in)
    return generator.uniform(-bound, bound, shape).astype(dtype)


def Linear(
    in_features: int,
    out_features: int,
    bias: bool = True,
    *,
    rng: Rng = None,
    dtype: npt.DTypeLike = np.float32,
) -> Layer:
    """Fully connected layer: (N, in_features) -> (N, out_features)."""
    rng = _generator if rng is None else np.random.default_rng(rng)
    params = {"weight": _draw(rng, (out_features, in_features), in_features, dtype)}
    if bias:
        params["bias"] = _draw(rng, (out_features,), in_features, dtype)
    return Layer(F.linear_forward, F.linear_backward, params, name="Linear")


def Conv2d(
    in_channels: int,
    out_channels: int,
    kernel_size: Size,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    *,
    bias: bool = True,
    rng: Rng = None,
    dtype: npt.DTypeLike = np.float32,
) -> Layer:
    """Convolution: (N, in_channels, H, W) -> (N, out_channels, OH, OW)."""
    rng = _generator if rng is None else np.random.default_rng(rng)
    r, s = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    fan_in = in_channels * r * s
    params = {"weight": _draw(rng, (out_channels, in_channels, r, s), fan_in, dtype)}
    if bias:
        params["bias"] = _draw(rng, (out_channels,), fan_in, dtype)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    return Layer(F.conv2d_forward, F.conv2d_backward, params, name="Conv2d", **options)


def ReLU() -> Layer:
    """max(0, x)."""
    return Layer(F.relu_forward, F.relu_backward, name="ReLU")


def LeakyReLU(negative_slope: float = 0.01) -> Layer:
    """x where positive, else negative_slope * x."""
    return Layer(
        F.leaky_relu_forward,
        F.leaky_relu_backward,
        name="LeakyReLU",
        negative_slope=negative_slope,
    )


def Sigmoid() -> Layer:
    """1 / (1 + exp(-x))."""
    return Layer(F.sigmoid_forward, F.sigmoid_backward, name="Sigmoid")


def Tanh() -> Layer:
    """tanh(x)."""
    return Layer(F.tanh_forward, F.tanh_backward, name="Tanh")


def MaxPool2d(kernel_size: Size, stride: Size | None = None, padding: Size = 0) -> Layer:
    """The largest value of each window; stride is the window's size unless given."""
    options = {"kernel_size": kernel_size, "stride": stride, "padding": padding}
    return Layer(F.maxpool2d_forward, F.maxpool2d_backward, name="MaxPool2d", **options)


def Flatten() -> Layer:
    """(N, C, H, W) -> (N, C*H*W)."""
    return Layer(F.flatten_forward, F.flatten_backward, name="Flatten")
