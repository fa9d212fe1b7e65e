"""What a layer holds, and how layers make a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from .functional import Array

if TYPE_CHECKING:
    from .summary import Summary


class Parameter(NamedTuple):
    """One array that is learned: whose it is, and under which name."""

    owner: Module
    name: str

    @property
    def value(self) -> Array:
        """The array itself; an optimiser changes it in place."""
        return self.owner.params[self.name]

    @property
    def grad(self) -> Array:
        """The gradient of the loss by ``value``, from the last call of ``backward``."""
        if self.name not in self.owner.grads:
            raise RuntimeError(f"{self.owner} has no gradient of {self.name}: call backward first")
        return self.owner.grads[self.name]


class Module:
    """What layers and networks have in common: arrays by name, children by name, a mode."""

    def __init__(self) -> None:
        """Start without arrays or children, in training mode."""
        self.params: dict[str, Array] = {}
        self.grads: dict[str, Array] = {}
        self.buffers: dict[str, Array] = {}  # kept and saved, but not learned
        self.children: dict[str, Module] = {}
        self.training = True

    def forward(self, x: Array) -> Array:
        """Return the output for ``x``, and remember what the way back needs."""
        raise NotImplementedError

    def backward(self, dout: Array) -> Array:
        """Return the gradient by the input; leave those by the parameters in ``grads``."""
        raise NotImplementedError

    def __call__(self, x: Array) -> Array:
        """The same as ``forward``."""
        return self.forward(x)

    def train(self, mode: bool = True) -> Module:
        """Switch this and everything in it to training: dropout drops, batch norm measures."""
        for _, module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Module:
        """Switch this and everything in it to inference."""
        return self.train(False)

    def modules(self, prefix: str = "") -> Iterator[tuple[str, Module]]:
        """Yield this and everything in it, with dotted names: "", "0", "0.body", ..."""
        yield prefix, self
        for name, child in self.children.items():
            yield from child.modules(f"{prefix}.{name}" if prefix else name)

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Yield every parameter with its name in `state_dict`."""
        for prefix, module in self.modules():
            for name in module.params:
                yield f"{prefix}.{name}" if prefix else name, Parameter(module, name)

    def parameters(self) -> Iterator[Parameter]:
        """Yield every parameter, for an optimiser."""
        return (parameter for _, parameter in self.named_parameters())

    def state_dict(self) -> dict[str, Array]:
        """Return a copy of every parameter and running statistic, named as PyTorch names it."""
        return {name: array.copy() for name, array in self._arrays().items()}

    def load_state_dict(self, state: Mapping[str, npt.ArrayLike]) -> None:
        """Copy arrays saved by `state_dict`, ours or PyTorch's, into this network.

        PyTorch's counter num_batches_tracked is passed over: nothing here depends on it.

        Raises KeyError where names are missing or too many, ValueError where a shape differs.
        """
        arrays = self._arrays()
        names = {name for name in state if not name.endswith("num_batches_tracked")}
        if missing := sorted(arrays.keys() - names):
            raise KeyError(f"state has no {', '.join(missing)}: was it saved from another network?")
        if unknown := sorted(names - arrays.keys()):
            raise KeyError(f"the network has no {', '.join(unknown)}, which state holds")
        for name, array in arrays.items():
            saved = np.asarray(state[name])
            if saved.shape != array.shape:
                raise ValueError(f"{name} has shape {array.shape}, but in state {saved.shape}")
            array[...] = saved

    def summary(self, input_shape: tuple[int, ...]) -> Summary:
        """Table of shapes, parameters and costs for an input of this shape, without N."""
        from .summary import Summary

        return Summary.of(self, input_shape)

    def _arrays(self) -> dict[str, Array]:
        """Every parameter and buffer itself, by name."""
        return {
            f"{prefix}.{name}" if prefix else name: array
            for prefix, module in self.modules()
            for name, array in {**module.params, **module.buffers}.items()
        }


class Layer(Module):
    """One layer: a forward and a backward function, and the arrays that belong to them.

    forward(x, *params, *buffers, **options) -> out, cache   (and new buffers, if it has any)
    backward(dout, cache) -> dx, or (dx, one gradient a parameter in the order of ``params``)

    A pair of one's own drops in: ``Layer(my_forward, my_backward, {"weight": w, "bias": b})``.
    An option named ``training`` follows train() and eval().
    """

    def __init__(
        self,
        forward: Callable[..., Any],
        backward: Callable[..., Any],
        params: Mapping[str, Array] | None = None,
        buffers: Mapping[str, Array] | None = None,
        *,
        name: str = "",
        **options: Any,
    ) -> None:
        """Hold the two functions, the arrays they learn, those they keep, and their settings."""
        super().__init__()
        self.params, self.buffers = dict(params or {}), dict(buffers or {})
        self.options = options
        self.name = name or getattr(forward, "__name__", "layer").removesuffix("_forward")
        self._forward, self._backward = forward, backward
        self._cache: Any = None

    def forward(self, x: Array) -> Array:
        """Call the forward function; keep its cache."""
        self._cache = None  # free the last batch's before the next is made
        if "training" in self.options:
            self.options["training"] = self.training
        arrays = (*self.params.values(), *self.buffers.values())
        result = self._forward(x, *arrays, **self.options)
        if not isinstance(result, tuple) or len(result) != 2 + bool(self.buffers):
            wanted = "(out, cache, buffers)" if self.buffers else "(out, cache)"
            raise TypeError(f"the forward function of {self.name} must return {wanted}")
        out, self._cache, *buffers = result
        if buffers:
            self.buffers = dict(zip(self.buffers, buffers[0], strict=True))
        return np.asarray(out)

    def backward(self, dout: Array) -> Array:
        """Call the backward function with the cache of the last forward; keep the gradients."""
        if self._cache is None:
            raise RuntimeError(f"{self.name} has nothing to go back through: call forward first")
        gradients = self._backward(dout, self._cache)
        dx, *rest = gradients if isinstance(gradients, tuple) else (gradients,)
        if len(rest) < len(self.params):
            wanted = ", ".join(["dx", *("d" + name for name in self.params)])
            raise TypeError(f"the backward function of {self.name} must return ({wanted})")
        self.grads = dict(zip(self.params, rest, strict=False))
        return np.asarray(dx)

    def __repr__(self) -> str:
        """Name, shapes and settings, as in Linear(weight=(10, 128), bias=(10,))."""
        arrays = [f"{name}={array.shape}" for name, array in self.params.items()]
        hidden = ("training", "rng")
        options = [f"{name}={v!r}" for name, v in self.options.items() if name not in hidden]
        return f"{self.name}({', '.join(arrays + options)})"


class Sequential(Module):
    """Layers one after another; the gradient passes them in reverse."""

    def __init__(self, *layers: Module) -> None:
        """Take the layers in order. Raises ValueError where one object stands twice."""
        super().__init__()
        for index, layer in enumerate(layers):
            if any(layer is earlier for earlier in layers[:index]):
                raise ValueError(
                    f"layer {index}, {layer!r}, is the same object as an earlier one, but a layer "
                    "remembers one forward pass only: make a second one"
                )
            self.children[str(index)] = layer

    def forward(self, x: Array) -> Array:
        """Pass x through every layer."""
        for layer in self:
            x = layer(x)
        return x

    def backward(self, dout: Array) -> Array:
        """Pass dout back through every layer, the last one first."""
        for layer in reversed(list(self)):
            dout = layer.backward(dout)
        return dout

    def __iter__(self) -> Iterator[Module]:
        """The layers in order."""
        return iter(self.children.values())

    def __len__(self) -> int:
        """How many layers."""
        return len(self.children)

    def __getitem__(self, index: int) -> Module:
        """The layer at a place; a negative one counts from the end."""
        return list(self)[index]

    def __repr__(self) -> str:
        """One line a layer."""
        lines = [f"({name}): {layer!r}" for name, layer in self.children.items()]
        return "Sequential(\n  " + "\n".join(lines).replace("\n", "\n  ") + "\n)"


class Residual(Module):
    """What the body computes, added to the input: out = body(x) + shortcut(x).

    Without a shortcut the input itself is added. The gradient of a sum goes to both sides, so
    dx = body.backward(dout) + shortcut.backward(dout): one of them a short way.

    Source: He, Zhang, Ren and Sun, 2016, section 3.2.
    """

    def __init__(self, body: Module, shortcut: Module | None = None) -> None:
        """Take the two branches; their outputs must have one shape."""
        super().__init__()
        self.children = {"body": body} if shortcut is None else {"body": body, "shortcut": shortcut}

    def forward(self, x: Array) -> Array:
        """Return the sum of both branches."""
        out = self.children["body"](x)
        short = self.children["shortcut"](x) if "shortcut" in self.children else x
        if out.shape != short.shape:
            raise ValueError(
                f"the body gives shape {out.shape}, the shortcut {short.shape}, and they are to be "
                "added: give Residual a shortcut that changes channels and size as the body does"
            )
        return out + short

    def backward(self, dout: Array) -> Array:
        """Return the sum of both branches' gradients."""
        dx = self.children["body"].backward(dout)
        if "shortcut" in self.children:
            return dx + self.children["shortcut"].backward(dout)
        return dx + dout

    def __repr__(self) -> str:
        """Both branches."""
        lines = [f"({name}): {branch!r}" for name, branch in self.children.items()]
        return "Residual(\n  " + "\n".join(lines).replace("\n", "\n  ") + "\n)"
