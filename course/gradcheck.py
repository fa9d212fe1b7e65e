"""Compare a hand-written backward pass with central differences."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .functional import Array


class GradientError(AssertionError):
    """A backward pass that does not give the gradient of its forward pass."""


@dataclass(frozen=True)
class Report:
    """The largest relative error of each argument's gradient."""

    errors: Mapping[str, float] = field(default_factory=dict)

    def __str__(self) -> str:
        """One line an argument."""
        return "\n".join(f"{name:10s} {error:.1e}" for name, error in self.errors.items())


def numerical_gradient(f: Callable[[Array], Any], x: Array, eps: float = 1e-5) -> Array:
    """Return df/dx by central differences, one element of x at a time.

    df/dx[i] = (f(x + eps e_i) - f(x - eps e_i)) / (2 eps)
    """
    x = np.array(x, dtype=np.float64)
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        middle = x[index]
        x[index] = middle + eps
        above = f(x.copy())
        x[index] = middle - eps
        gradient[index] = (above - f(x.copy())) / (2 * eps)
        x[index] = middle
    return gradient


def gradcheck(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    args: Sequence[Any],
    rng: np.random.Generator | int = 0,
    eps: float = 1e-5,
    tolerance: float = 1e-6,
) -> Report:
    """Check backward(dout, cache) against central differences, with a random upstream gradient."""
    rng = np.random.default_rng(rng)
    args = [np.array(a, dtype=np.float64) for a in args]
    names = list(inspect.signature(forward).parameters)
    out, cache, *_ = forward(*args)
    dout = rng.standard_normal(np.shape(out))
    gradients = backward(dout, cache)
    if not isinstance(gradients, tuple):
        gradients = (gradients,)
    errors = {}
    for place, (name, gradient) in enumerate(zip(names, gradients, strict=False)):

        def loss(value: Array, place: int = place) -> Any:
            moved = [*args[:place], value, *args[place + 1 :]]
            return (forward(*moved)[0] * dout).sum()

        expected = numerical_gradient(loss, args[place], eps)
        scale = max(1e-8, np.abs(expected).max(initial=0), np.abs(gradient).max(initial=0))
        errors[name] = float(np.abs(expected - gradient).max(initial=0) / scale)
        if not errors[name] <= tolerance:
            raise GradientError(f"d{name} is off by {errors[name]:.1e} of its largest value")
    return Report(errors)
