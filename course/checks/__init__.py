"""Check cells: is this answer right, and if not, what kind of mistake is it?

from course.checks import check
check("im2col", im2col)          # one quiet line, or CheckFailed with the diagnosis
check.hint("im2col")             # three steps, one further at each call
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .diagnose import examine
from .failure import CheckFailed, Verdict
from .question import examine_question
from .record import Progress, mark_done
from .registry import exercises, find
from .task import Case, Exercise, Misconception, Question

if TYPE_CHECKING:
    from .machine import Preflight

__all__ = [
    "Case",
    "CheckFailed",
    "Exercise",
    "Misconception",
    "Question",
    "Verdict",
    "check",
    "exercises",
    "hint",
    "judge",
    "own_or_reference",
    "preflight",
    "progress",
]

TIME_LIMIT = 20.0  # seconds for all cases of one check
_hints_given: dict[str, int] = {}


def judge(
    task_id: str,
    function: Callable[..., Any],
    *,
    seed: int | None = None,
    seconds: float = TIME_LIMIT,
) -> Verdict:
    """Judge an answer and return the verdict: what `check` says, for programs."""
    task = find(task_id)
    if seed is None:
        wish = os.environ.get("COURSE_CHECK_SEED", "")
        seed = int(wish) if wish.isdecimal() else secrets.randbelow(2**32)
    if not callable(function):
        text = f"check wants the function itself, by its name: check({task_id!r}, {task_id})"
        return Verdict(task_id, "not-callable", text, seed, 0)
    if isinstance(task, Question):
        return examine_question(task, function, seed)
    return examine(task, function, seed, seconds)


class _Check:
    """`check(id, function)`; also carries `check.hint(id)` and `check.progress()`."""

    def __call__(
        self,
        task_id: str,
        function: Callable[..., Any],
        *,
        seed: int | None = None,
        seconds: float = TIME_LIMIT,
    ) -> None:
        """Print one quiet line if the answer is right; else raise CheckFailed, which says why."""
        verdict = judge(task_id, function, seed=seed, seconds=seconds)
        if not verdict.passed:
            raise CheckFailed(_failure(verdict), verdict.cause) from None
        mark_done(task_id)
        print(_success(verdict))

    def hint(self, task_id: str) -> None:
        """Print the next of the three hints: the idea, where to look, the first line of code."""
        hint(task_id)

    def progress(self) -> Progress:
        """The table of what is done."""
        return progress()


check = _Check()


def _notes(verdict: Verdict) -> str:
    return "".join(f"\n  ({note})" for note in verdict.notes)


def _success(verdict: Verdict) -> str:
    if isinstance(find(verdict.id), Question):
        return f"✓ {verdict.id}: right{_notes(verdict)}"
    count = "1 case" if verdict.cases == 1 else f"{verdict.cases} cases"
    return f"✓ {verdict.id}: all cases right ({count}, seed {verdict.seed}){_notes(verdict)}"


def _failure(verdict: Verdict) -> str:
    state, ask = f"not right yet (seed {verdict.seed})", "Stuck?"
    if verdict.cause == "not-written":
        state, ask = "not written yet", "Where to begin?"
    foot = f"{ask} check.hint({verdict.id!r}) goes one step further at each call."
    return f"✗ {verdict.id}: {state}\n{verdict.text}{_notes(verdict)}\n{foot}"


def hint(task_id: str) -> None:
    """Print the next of the three hints: the idea, where to look, the first line of code."""
    task = find(task_id)
    step = min(_hints_given.get(task_id, 0) + 1, len(task.hints))
    _hints_given[task_id] = step
    print(f"Hint {step} of {len(task.hints)}: {task.hints[step - 1]}")


def progress() -> Progress:
    """The table of lessons and exercises with what is done; the notebook shows it."""
    return Progress()


def own_or_reference(
    task_id: str,
    function: Callable[..., Any],
    *,
    trial: tuple[Any, ...] = (),
    within: float = 0.1,
) -> Callable[..., Any]:
    """The learner's function if it passes its check, else the reference; says which.

    trial: arguments of one call as the experiment will make it. A right answer that takes longer
    than `within` seconds for it would keep the learner waiting: then the reference is lent.
    """
    task = find(task_id)
    verdict = judge(task_id, function)
    if not verdict.passed:
        written = "is not written yet" if verdict.cause == "not-written" else "is not right yet"
        print(f"{task_id}: yours {written}, so the course's reference is used here.")
        return task.reference
    seconds = _seconds(function, trial) if trial else 0.0
    if seconds > within:
        print(
            f"{task_id}: yours is right, but takes {seconds:.1f} s a call and many are needed, so "
            "the course's reference is used here."
        )
        return task.reference
    print(f"{task_id}: your own function is used here.")
    return function


def _seconds(function: Callable[..., Any], trial: tuple[Any, ...]) -> float:
    """Time of the faster of two calls: the first may still be warming up."""
    taken = []
    for _ in range(2):
        start = time.perf_counter()
        function(*trial)
        taken.append(time.perf_counter() - start)
    return min(taken)


def preflight() -> Preflight:
    """What this computer brings along: Python, packages, GPU, data; the notebook shows it."""
    from .machine import look_around  # only lesson 00 asks, and it looks at torch

    return look_around()
