"""In place of `course.checks` where submissions run: nothing is judged here, nothing is known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

AWAY = "(Checks run elsewhere while a submission is graded.)"


class CheckFailed(AssertionError):
    """As in the course's checks; never raised here."""


class _Check:
    def __call__(self, _task_id: str, _function: Any = None, **_options: Any) -> None:
        print(AWAY)

    def hint(self, _task_id: str) -> None:
        """No hints here."""
        print(AWAY)

    def progress(self) -> None:
        """No progress here."""
        print(AWAY)


check = _Check()
hint, progress = check.hint, check.progress


def preflight() -> None:
    """Nothing to look at."""
    print(AWAY)


def own_or_reference(
    task_id: str, function: Callable[..., Any], **_options: Any
) -> Callable[..., Any]:
    """The learner's own function: there is no reference here."""
    print(f"{task_id}: your own function is used here.")
    return function
