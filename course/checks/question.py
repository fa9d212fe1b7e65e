"""Judge the answer to a question: a letter or a number, with a sentence for each wrong one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import explain
from .failure import Verdict
from .guard import call_guarded, said
from .task import Question


def examine_question(question: Question, function: Callable[..., Any], seed: int) -> Verdict:
    """Judge the value that `function()` returns; never raises."""
    call = call_guarded(function, 20.0)

    def verdict(cause: str, text: str) -> Verdict:
        return Verdict(question.id, cause, text, seed, 1, explain.notes([call]))

    wanted = f"return one of the letters {', '.join(question.options)}, in quotes"
    if not question.options:
        wanted = "return one whole number"
    if isinstance(call.error, NotImplementedError) or (
        call.error is None and call.result in (None, Ellipsis)
    ):
        return verdict("not-written", f"This question waits for your answer: {wanted}.")
    if call.error is not None:
        where = explain.place(call.error)
        text = f"Your function stopped with {type(call.error).__name__}: {said(call.error)}."
        return verdict("exception", f"{text}\n{where}\nIt has only to {wanted}.")
    given = _letter(call.result) if question.options else _number(call.result)
    if given is None or (question.options and given not in question.options):
        return verdict("wrong-type", f"That is no answer to this question: {wanted}.")
    if given == question.answer:
        return verdict("", "")
    if given in question.wrong:
        return verdict(f"answer-{given}", question.wrong[given])
    return verdict("wrong-value", "Not this number. Write down what is counted, factor by factor.")


def _letter(value: Any) -> str | None:
    if not issubclass(type(value), str):
        return None
    return str.strip(value).strip("().").lower()


def _number(value: Any) -> int | None:
    if issubclass(type(value), (np.generic, np.ndarray)) and np.asarray(value).size == 1:
        value = np.asarray(value).item()
    if type(value) is float and value.is_integer():
        return int(value)
    return int(value) if type(value) is int else None
