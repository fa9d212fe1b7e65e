"""How a check ends: a verdict, and the exception that shows it without a traceback."""

from __future__ import annotations

from dataclasses import dataclass


class CheckFailed(AssertionError):
    """The answer is not right yet. In a notebook only the text is shown, never a traceback."""

    def __init__(self, text: str, cause: str = "wrong-value") -> None:
        """Keep the text to show, and the name of the mistake."""
        super().__init__(text)
        self.text = text
        self.cause = cause

    def __str__(self) -> str:
        """The text to show."""
        return self.text

    def _render_traceback_(self) -> list[str]:
        """What IPython prints in place of the traceback."""
        return self.text.splitlines()


@dataclass(frozen=True)
class Verdict:
    """What was found: `cause` is empty for a right answer, else the mistake's name."""

    id: str
    cause: str
    text: str
    seed: int
    cases: int
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the answer is right."""
        return not self.cause
