"""Does a backward pass give the gradient of its forward pass? Central differences tell."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .functional import Array, Rng, generator


class GradientError(AssertionError):
    """A backward pass that is wrong, or a function that changed what it was given."""


@dataclass(frozen=True)
class Report:
    """For each argument the largest error of its gradient, as a share of the largest gradient."""

    errors: dict[str, float]

    def __str__(self) -> str:
        """One line an argument."""
        return "\n".join(f"d{name:<12} off by {error:.1e}" for name, error in self.errors.items())

    __repr__ = __str__


def numerical_gradient(f: Callable[[Array], float], x: Array, eps: float = 1e-5) -> Array:
    """Move one number of x at a time a little up and down, and see how f changes.

    df/dx[i] = (f(x + eps e_i) - f(x - eps e_i)) / (2 eps) + O(eps**2)

    f    array -> one number
    x    any shape; computed in float64, and not changed
    eps  small, but large against rounding: 1e-5 leaves about ten right digits
    """
    x = np.array(x, dtype=np.float64)
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += eps
        down[index] -= eps
        gradient[index] = (f(up) - f(down)) / (2 * eps)
    return gradient


def gradcheck(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    args: Sequence[Any],
    rng: Rng = 0,
    *,
    eps: float = 1e-5,
    tolerance: float = 1e-6,
) -> Report:
    """Compare every gradient of a layer with central differences, in float64.

    With a random upstream gradient dout, the loss is L = sum(out dout), and so
    backward(dout, cache) must be dL by each argument. (A dout of ones would miss gradients that
    are only right on average, and such as were swapped or transposed.)

    forward   (*args) -> out, cache;  give settings with functools.partial or a lambda
    backward  (dout, cache) -> one gradient an argument, in the same order
    args      arrays; None for one that is left out
    rng       seed or generator of dout

    Raises GradientError naming the argument, the index and both numbers; also where forward or
    backward changes an argument, dout or the cache in place, or gives another answer when asked
    twice.
    """
    args = [None if arg is None else np.array(arg, dtype=np.float64) for arg in args]
    names = _names(forward, len(args))
    out, cache, *_ = forward(*(_copy(arg) for arg in args))
    if isinstance(rng, int):  # a stream of its own: arguments are often drawn from the same seed
        rng = np.random.default_rng([rng, len("dout")])
    dout = generator(rng).standard_normal(np.shape(out))
    _expect_unchanged(forward, backward, args, names, dout)
    gradients = _tuple(backward(dout.copy(), cache))
    if len(gradients) < len(args):
        raise GradientError(
            f"backward returned {len(gradients)} gradients for {len(args)} arguments: return "
            + ", ".join("d" + name for name in names)
        )
    errors = {}
    for place, (name, arg) in enumerate(zip(names, args, strict=True)):
        if arg is None:
            continue

        def loss(moved: Array, place: int = place) -> float:
            changed = [_copy(arg) for arg in args]
            changed[place] = moved
            return float(np.sum(forward(*changed)[0] * dout))

        expected = numerical_gradient(loss, arg, eps)
        errors[name] = _compare(name, np.asarray(gradients[place]), expected, tolerance)
    return Report(errors)


def _compare(name: str, gradient: Array, expected: Array, tolerance: float) -> float:
    """Return the largest error as a share of the largest gradient; raise if it is too large."""
    if gradient.shape != expected.shape:
        raise GradientError(
            f"d{name} has shape {gradient.shape}, but {name} has {expected.shape}: they must agree"
        )
    if gradient.size == 0:
        return 0.0
    difference = np.abs(gradient - expected)
    scale = max(np.abs(expected).max(), np.abs(gradient).max(), 1e-8)
    error = float(difference.max() / scale)
    if not error <= tolerance:
        worst = np.unravel_index(np.argmax(difference), difference.shape)
        where = ", ".join(map(str, worst))
        raise GradientError(
            f"d{name} is off by {error:.1e} of its largest value, and {tolerance:.0e} is allowed. "
            f"Worst at [{where}]: backward says {gradient[worst]:.6g}, central differences say "
            f"{expected[worst]:.6g}"
        )
    return error


def _expect_unchanged(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    args: list[Any],
    names: list[str],
    dout: Array,
) -> None:
    """Run both passes once on copies; raise if anything that went in has changed."""
    given = [_copy(arg) for arg in args]
    _, cache, *_ = forward(*given)
    _expect_same("forward", zip(names, given, args, strict=True))
    kept = [_copy(array) for array in _arrays(cache)]
    upstream = dout.copy()
    first = [_copy(gradient) for gradient in _tuple(backward(upstream, cache))]
    watched = [*zip(names, given, args, strict=True), ("dout", upstream, dout)]
    watched += [("the cache", new, old) for new, old in zip(_arrays(cache), kept, strict=True)]
    _expect_same("backward", iter(watched))
    for name, one, two in zip(names, first, _tuple(backward(upstream, cache)), strict=False):
        if one is not None and not np.array_equal(one, two, equal_nan=True):
            raise GradientError(f"backward gives another d{name} when it is called a second time")


def _expect_same(who: str, pairs: Iterator[tuple[str, Any, Any]]) -> None:
    for name, now, before in pairs:
        if before is not None and not np.array_equal(now, before, equal_nan=True):
            raise GradientError(f"{who} changes {name} in place: work on a copy")


def _arrays(cache: Any) -> list[Array]:
    """Every array in a cache of tuples, lists and dicts."""
    if isinstance(cache, np.ndarray):
        return [cache]
    if isinstance(cache, dict):
        cache = list(cache.values())
    if isinstance(cache, tuple | list):
        return [array for part in cache for array in _arrays(part)]
    return []


def _names(forward: Callable[..., Any], count: int) -> list[str]:
    """The names of the first arguments of a function, or numbers where it tells none."""
    try:
        kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        known = inspect.signature(forward).parameters.values()
        names = [parameter.name for parameter in known if parameter.kind in kinds]
    except (TypeError, ValueError):
        names = []
    return [*names, *(f"argument{i}" for i in range(len(names), count))][:count]


def _copy(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value


def _tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)
