"""Where random numbers come from: the generator that is passed, else one that is seeded with 0."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np

Rng: TypeAlias = np.random.Generator | int | None

_course = np.random.default_rng(0)


def manual_seed(seed: int) -> None:
    """Restart the generator that stands in where no ``rng`` is passed."""
    _course.bit_generator.state = np.random.default_rng(seed).bit_generator.state


def generator(rng: Rng) -> np.random.Generator:
    """Return a generator as it is, a new one for a seed, the course's own for None."""
    return _course if rng is None else np.random.default_rng(rng)
