"""What one call of a learner's function gave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .guard import Call, call_guarded
from .task import Case, Exercise
from .values import Part, settle


@dataclass
class Outcome:
    """What one call gave: parts, or an error; and which inputs it changed."""

    call: Call
    parts: tuple[Part, ...] = ()
    compared: tuple[np.ndarray, ...] = ()
    error: BaseException | None = None
    changed: tuple[str, ...] = ()


def run(
    exercise: Exercise, function: Callable[..., Any], case: Case, seconds: float | None = None
) -> Outcome:
    """Call `function` on fresh copies of the case's inputs and read what it returns."""
    inputs, before = case.fresh(), case.fresh()

    def attempt() -> Any:
        raw = exercise.call(function, inputs)
        if raw is None or raw is Ellipsis:
            return raw
        if exercise.reads:
            raw = exercise.reads(raw, before)
        return settle(raw, exercise.returns)

    call = call_guarded(attempt, seconds)
    outcome = Outcome(call, error=call.error)
    outcome.changed = tuple(
        name
        for name, value in before.items()
        if (isinstance(value, list) and value != inputs[name])
        or (
            isinstance(value, np.ndarray)
            and not np.array_equal(value, inputs[name], equal_nan=True)
        )
    )
    if isinstance(call.result, tuple):
        outcome.parts = call.result
        outcome.compared = tuple(part.array for part in outcome.parts)
    return outcome


def observed(exercise: Exercise, outcome: Outcome) -> tuple[np.ndarray, ...]:
    """The arrays to compare: the results themselves, or what the exercise observes of them."""
    return (exercise.observe(outcome.compared),) if exercise.observe else outcome.compared


def digits_of(case: Case) -> type[np.floating[Any]]:
    """The precision of a case: float32 if any input is."""
    arrays = [v for v in case.inputs.values() if isinstance(v, np.ndarray)]
    coarse = any(a.dtype in (np.float32, np.uint8) for a in arrays)
    return np.float32 if coarse else np.float64
