"""Judge a learner's function: run it on the cases, and name the kind of mistake.

A wrong answer is diagnosed by running the misconceptions on the same inputs. A misconception is
named only if the learner's answers equal its answers on *every* case where it differs from the
reference.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from . import explain
from .failure import Verdict
from .guard import TimeIsUp
from .outcome import Outcome, digits_of, observed, run
from .task import Case, Exercise, Misconception
from .values import Part, Unusable, differs

FAULTS = (  # in the order in which they are reported
    "exception",
    "wrong-type",
    "wrong-shape",
    "wrong-dtype",
    "changed-input",
    "no-error",
    "not-finite",
    "wrong-value",
)


def fault_of(exercise: Exercise, case: Case, got: Outcome, expected: Outcome) -> str | None:
    """The kind of fault, or None where the answer is right."""
    if expected.error is not None:
        if got.error is None:
            return "no-error"
        return None if isinstance(got.error, type(expected.error)) else "exception"
    if isinstance(got.error, Unusable):
        return "wrong-type"
    if got.error is not None:
        return "exception"
    pairs = list(zip(got.parts, expected.parts, strict=True))
    for part, wanted in pairs:
        if _wrong_type(exercise, part, wanted):
            return "wrong-type"
    if any(part.array.shape != wanted.array.shape for part, wanted in pairs):
        return "wrong-shape"
    digits = digits_of(case)
    if any(_wrong_dtype(exercise, part.array, wanted.array) for part, wanted in pairs):
        return "wrong-dtype"
    if got.changed:
        return "changed-input"
    mine, theirs = observed(exercise, got), observed(exercise, expected)
    if any((~np.isfinite(a) & np.isfinite(b)).any() for a, b in zip(mine, theirs, strict=True)):
        return "not-finite"
    wrong = any(differs(a, b, digits).any() for a, b in zip(mine, theirs, strict=True))
    return "wrong-value" if wrong else None


def _wrong_type(exercise: Exercise, part: Part, wanted: Part) -> bool:
    if part.was == wanted.was or exercise.lists_ok:
        return False
    return {part.was, wanted.was} != {"number", "array"}  # a 0-d array is a number


def _wrong_dtype(exercise: Exercise, array: np.ndarray, wanted: np.ndarray) -> bool:
    """Whole numbers for fractions, fewer digits than the input had, or no real numbers at all."""
    kind, needed = array.dtype.kind, wanted.dtype.kind
    if exercise.observe:
        return kind not in "iuf"
    if needed in "iu":
        return kind not in "iu"
    return kind != "f" or array.dtype.itemsize < wanted.dtype.itemsize


def alike(exercise: Exercise, case: Case, one: Outcome, other: Outcome) -> bool:
    """Whether two outcomes are the same: the same numbers, or both an error."""
    if one.error is not None or other.error is not None:
        return (one.error is None) is (other.error is None)
    if len(one.parts) != len(other.parts):
        return False
    pairs = list(zip(_safely(exercise, one), _safely(exercise, other), strict=True))
    if any(a.shape != b.shape for a, b in pairs):
        return False
    return not any(differs(a, b, digits_of(case)).any() for a, b in pairs)


def _safely(exercise: Exercise, outcome: Outcome) -> tuple[np.ndarray, ...]:
    try:
        return observed(exercise, outcome)
    except (ValueError, IndexError):  # an answer of another shape cannot be observed
        return outcome.compared


@dataclass(frozen=True)
class Match:
    """A misconception whose answers are the learner's on all of `cases` (case numbers)."""

    misconception: Misconception
    cases: frozenset[int]


def matches(
    exercise: Exercise, cases: Sequence[Case], got: Sequence[Outcome], expected: Sequence[Outcome]
) -> list[Match]:
    """The misconceptions that explain the learner's answers, the most telling first."""
    found = []
    stopped = {
        i
        for i, (one, right) in enumerate(zip(got, expected, strict=True))
        if one.error is not None and right.error is None
    }
    for misconception in exercise.misconceptions:
        if misconception.sees is not None:
            arrays = got[0].compared
            if arrays and misconception.sees(arrays):
                found.append(Match(misconception, frozenset(range(len(cases)))))
            continue
        outcomes = [run(exercise, misconception.wrong, case) for case in cases]
        telling = frozenset(
            i for i, case in enumerate(cases) if not alike(exercise, case, outcomes[i], expected[i])
        )
        # Errors look all alike: where a misconception only ever stops, the learner's function
        # must stop there and nowhere else.
        only_stops = all(outcomes[i].error is not None for i in telling)
        if only_stops and not stopped <= telling:
            continue
        if telling and all(alike(exercise, cases[i], got[i], outcomes[i]) for i in telling):
            found.append(Match(misconception, telling))
    return sorted(found, key=lambda match: -len(match.cases))


def examine(
    exercise: Exercise, function: Callable[..., Any], seed: int, seconds: float = 20.0
) -> Verdict:
    """Judge `function`; never raises, whatever the function does."""
    cases = exercise.cases(np.random.default_rng(seed))
    expected = [run(exercise, exercise.reference, case) for case in cases]
    got: list[Outcome] = []

    def verdict(cause: str, text: str) -> Verdict:
        notes = explain.notes([outcome.call for outcome in got])
        listed = [outcomes[0].parts[0].was for outcomes in (got, expected) if outcomes[0].parts]
        if not cause and not exercise.observe and listed == ["list", "array"]:
            notes += ("your function returned a list; a NumPy array is what later code expects",)
        return Verdict(exercise.id, cause, text, seed, len(cases), notes)

    # Two more calls: other numbers in the shape of the last case, then the first case again.
    # They show an output array that is used twice, and a memory that lasts from call to call.
    other = exercise.cases(np.random.default_rng(seed + 1))[-1]
    deadline = time.monotonic() + seconds
    for case in [*cases, other, cases[0]]:
        outcome = run(exercise, function, case, max(deadline - time.monotonic(), 1e-3))
        got.append(outcome)
        ended = _ended(exercise, case, outcome, seconds)
        if ended:
            return verdict(*ended)
    *got, _other, again = got
    faults = {
        i: fault
        for i, case in enumerate(cases)
        if (fault := fault_of(exercise, case, got[i], expected[i]))
    }
    kind = min(faults.values(), key=FAULTS.index) if faults else ""
    if kind != "changed-input":
        if not alike(exercise, cases[0], got[0], again):
            return verdict("remembers", explain.REMEMBERS)
        if faults and (found := matches(exercise, cases, got, expected)):
            return verdict(*_named(exercise, cases, got, expected, faults, found))
    if faults:
        i = min((i for i, f in faults.items() if f == kind), key=lambda i: cases[i].size)
        return verdict(kind, explain.fault(kind, exercise, cases[i], got[i], expected[i]))
    if any(_overwritten(outcome) for outcome in got):
        return verdict("reused-buffer", explain.REUSED)
    return verdict("", "")


def _ended(
    exercise: Exercise, case: Case, outcome: Outcome, seconds: float
) -> tuple[str, str] | None:
    """Cause and text where there is no sense in trying further cases."""
    error = outcome.error
    if isinstance(error, NotImplementedError):
        return "not-written", explain.not_written(exercise, error)
    if error is None and outcome.call.result in (None, Ellipsis):
        return "not-written", explain.returned_nothing(outcome.call)
    if isinstance(error, TimeIsUp):
        return "time-limit", explain.too_slow(exercise, case, error, seconds)
    if isinstance(error, KeyboardInterrupt):
        return "interrupted", explain.INTERRUPTED
    return None


def _named(
    exercise: Exercise,
    cases: Sequence[Case],
    got: Sequence[Outcome],
    expected: Sequence[Outcome],
    faults: dict[int, str],
    found: Sequence[Match],
) -> tuple[str, str]:
    """Name the most telling misconception, and the next where something is left unexplained."""
    first, left = found[0], set(faults) - found[0].cases
    sentences = [first.misconception.says]
    for match in found[1:]:
        if left & match.cases:
            sentences.append(match.misconception.says)
            left -= match.cases
    if left:
        sentences.append("That is not all: another mistake will show once this one is mended.")
    shown = [i for i in faults if i in first.cases] or list(faults)
    i = min(shown, key=lambda i: cases[i].size)
    evidence = explain.fault(faults[i], exercise, cases[i], got[i], expected[i])
    return first.misconception.name, "\n".join([*sentences, "", evidence])


def _overwritten(outcome: Outcome) -> bool:
    return any(
        part.source is not None
        and not np.array_equal(part.source, part.array, equal_nan=part.array.dtype.kind in "fc")
        for part in outcome.parts
    )
