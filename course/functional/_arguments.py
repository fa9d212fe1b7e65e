"""What every layer asks of its arguments, and errors that say what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
Cache: TypeAlias = tuple[Any, ...]
Size: TypeAlias = int | Sequence[int]


def expect_shape(x: Array, name: str, axes: str) -> None:
    """Raise unless ``x`` is an array with one axis for each letter of ``axes``, as in "N C H W"."""
    wanted = axes.split()
    if not isinstance(x, np.ndarray):
        raise TypeError(
            f"{name} is a {type(x).__name__}, not a NumPy array: use np.asarray({name})"
        )
    if x.ndim != len(wanted):
        shape = ", ".join(wanted)
        raise ValueError(
            f"{name} has shape {x.shape}, {x.ndim} axes, but ({shape}) is needed, "
            f"{len(wanted)} axes: reshape it, or add an axis with {name}[None]"
        )


def pair(value: Size, name: str, minimum: int) -> tuple[int, int]:
    """One number for both directions, or (vertical, horizontal), each at least ``minimum``."""
    both = tuple(value) if isinstance(value, Sequence) else (value, value)
    if len(both) != 2 or not all(isinstance(one, int | np.integer) for one in both):
        raise ValueError(f"{name} is {value!r}: give one whole number or a pair of them")
    if min(both) < minimum:
        raise ValueError(f"{name} is {value!r}: it must be at least {minimum}")
    return int(both[0]), int(both[1])


def output_size(
    size: tuple[int, int],
    kernel: tuple[int, int],
    stride: tuple[int, int],
    padding: tuple[int, int],
    dilation: tuple[int, int] = (1, 1),
) -> tuple[int, int]:
    """Count the places where a window fits, in each direction.

    OH = floor((H + 2 padding - reach) / stride) + 1, with reach = dilation (R - 1) + 1

    Raises ValueError where the window is larger than the padded image.
    """
    places = []
    for axis, n, r, s, p, d in zip(
        ("height", "width"), size, kernel, stride, padding, dilation, strict=True
    ):
        reach = d * (r - 1) + 1
        if reach > n + 2 * p:
            spread = f", which spans {reach} with dilation {d}," if d > 1 else ""
            raise ValueError(
                f"kernel {axis} {r}{spread} is larger than the padded image's {axis}, "
                f"{n} + 2*{p} = {n + 2 * p}: use a smaller kernel or padding of at least "
                f"{-(-(reach - n) // 2)}"
            )
        places.append((n + 2 * p - reach) // s + 1)
    return places[0], places[1]
