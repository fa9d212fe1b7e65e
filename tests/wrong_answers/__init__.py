"""Wrong answers as learners write them, each with the mistake that a check must name."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

LESSONS = ("lesson_00", "lesson_01", "lesson_02", "lesson_03", "lesson_05", "lesson_06")


class Wrong(NamedTuple):
    exercise: str
    cause: str
    function: Callable[..., Any]


COLLECTED: list[Wrong] = []


def wrong(exercise: str, cause: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Collect the function below as a wrong answer whose cause is `cause`."""

    def keep(function: Callable[..., Any]) -> Callable[..., Any]:
        COLLECTED.append(Wrong(exercise, cause, function))
        return function

    return keep


def wrong_answers() -> list[Wrong]:
    """All of them, in the order of the lessons."""
    for lesson in LESSONS:
        import_module(f"{__name__}.{lesson}")
    return COLLECTED
