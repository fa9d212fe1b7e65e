"""Turn whatever a learner returns into plain arrays, and compare plain arrays.

Nothing of the learner's is trusted: types are read with `type`, never asked of the object, and
every array is copied into a base `numpy.ndarray` before anything is compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

LARGEST = 64_000_000  # elements; a bigger answer is refused rather than copied


class Unusable(Exception):
    """The returned object cannot be read as numbers; the text says why, to a learner."""


@dataclass(frozen=True)
class Part:
    """One returned value as a plain array, and what it was: "array", "list" or "number"."""

    array: np.ndarray
    was: str
    source: np.ndarray | None = None  # the learner's own array, to see whether it changes later


def settle(value: Any, names: tuple[str, ...]) -> tuple[Part, ...]:
    """The returned value as one Part a name. Raises Unusable."""
    if len(names) == 1:
        return (_part(value, names[0]),)
    kind = type(value)
    if issubclass(kind, np.ndarray) or not issubclass(kind, (tuple, list)):
        raise Unusable(
            f"The function should return {len(names)} things, ({', '.join(names)}), "
            f"but it returned {_a(value)}. End it with: return {', '.join(names)}"
        )
    elements = list((tuple if issubclass(kind, tuple) else list).__iter__(value))
    if len(elements) != len(names):
        raise Unusable(
            f"The function should return {len(names)} things, ({', '.join(names)}), "
            f"but it returned {len(elements)}"
        )
    return tuple(_part(element, name) for element, name in zip(elements, names, strict=True))


def _part(value: Any, name: str) -> Part:
    kind = type(value)
    if issubclass(kind, (np.matrix, np.ma.MaskedArray)):
        raise Unusable(f"{name} is {_a(value)}; a plain NumPy array is needed: np.asarray({name})")
    if issubclass(kind, np.ndarray):
        return Part(_copied(np.asarray(value), name), "array", np.asarray(value))
    if issubclass(kind, np.generic):
        return Part(_copied(np.asarray(value), name), "number")
    if issubclass(kind, (bool, int, float, complex)):
        try:
            return Part(_copied(np.asarray(value), name), "number")
        except OverflowError:
            raise Unusable(f"{name} is a number too large to compare") from None
    if issubclass(kind, (list, tuple)):
        try:
            array = np.asarray(value)
        except ValueError:
            raise Unusable(f"{name} is a list whose rows have different lengths") from None
        return Part(_copied(array, name), "list")
    raise Unusable(f"{name} is {_a(value)}; {_advice(value, name)}")


def _copied(array: np.ndarray, name: str) -> np.ndarray:
    if array.dtype.kind not in "biufc":
        raise Unusable(
            f"{name} is an array of dtype {array.dtype}, which holds Python objects or text, not "
            f"numbers. Often a None or a list slipped in; look at what you put into {name}"
        )
    if array.size > LARGEST:
        raise Unusable(f"{name} has shape {array.shape}: far more numbers than were asked for")
    return np.array(array, order="C", subok=False)


def _advice(value: Any, name: str) -> str:
    module = type(value).__module__.partition(".")[0]
    if module == "torch":
        return f"this lesson wants NumPy: {name}.detach().numpy()"
    if module == "pandas":
        return f"a NumPy array is needed: {name}.to_numpy()"
    if type(value).__name__ in ("generator", "map", "filter", "zip"):
        return "it makes values one by one; a NumPy array of all of them is needed"
    if callable(value):
        return "did you forget the brackets that call it?"
    return "a NumPy array is needed"


def _a(value: Any) -> str:
    """What kind of thing this is, in words."""
    kind = type(value)
    for known, words in (
        (np.matrix, "an np.matrix"),
        (np.ma.MaskedArray, "a masked array"),
        (np.ndarray, "one array"),
        (str, "text"),
        (dict, "a dict"),
        (list, "a list"),
        (tuple, "a tuple"),
        (bool, "True or False"),
        ((int, float, complex, np.generic), "one number"),
    ):
        if issubclass(kind, known):
            return words
    if kind.__module__.partition(".")[0] == "torch":
        return "a PyTorch tensor"
    return f"an object of type {kind.__name__}"


def tolerance(expected: np.ndarray, digits: type[np.floating[Any]]) -> np.ndarray:
    """How far each element may be off: float32 or float64 rounding, with room for re-ordering."""
    relative, absolute = (1e-4, 1e-5) if digits is np.float32 else (1e-7, 1e-9)
    finite = np.abs(expected[np.isfinite(expected)])
    scale = float(finite.max()) if finite.size else 1.0
    return np.asarray(relative * np.abs(expected) + absolute * scale)


def differs(got: np.ndarray, expected: np.ndarray, digits: type[np.floating[Any]]) -> np.ndarray:
    """Where two arrays of one shape differ by more than rounding: a mask."""
    if expected.dtype.kind in "iub" and got.dtype.kind in "iub":
        return np.asarray(got.astype(object) != expected.astype(object), dtype=bool)
    with np.errstate(all="ignore"):
        near = np.abs(got - expected) <= tolerance(expected, digits)
        near &= np.isfinite(got) & np.isfinite(expected)  # infinity is near to nothing
    both_nan = np.isnan(got) & np.isnan(expected)
    return np.asarray(~(near | (got == expected) | both_nan))
