"""What an exercise and a question are: one object that lessons, grader and tests share."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

Inputs = dict[str, Any]


def _laid_out(array: np.ndarray, layout: str) -> np.ndarray:
    """A fresh array equal to `array`, its memory laid out as `layout` says."""
    if layout == "strided" and array.ndim:
        room = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), dtype=array.dtype)
        view = room[..., ::2]
        view[...] = array
        return view
    return np.array(array, order="F" if layout == "fortran" else "C")


@dataclass(frozen=True)
class Case:
    """One call: the inputs by name, in the order of the signature, and what is special here.

    An optional argument that is left out of `inputs` is left out of the call, so the defaults
    are tried too. `layout` is "plain", "strided" (a view with gaps) or "fortran".
    """

    inputs: Inputs
    label: str
    layout: str = "plain"

    def fresh(self) -> Inputs:
        """A copy of the inputs that nobody else holds."""
        return {
            name: _laid_out(value, self.layout)
            if isinstance(value, np.ndarray)
            else copy.deepcopy(value)  # a generator moves on with every draw
            if isinstance(value, list | np.random.Generator)
            else value
            for name, value in self.inputs.items()
        }

    @property
    def size(self) -> int:
        """How many numbers go in: the smallest failing case is the one to show."""
        return sum(v.size if isinstance(v, np.ndarray) else 1 for v in self.inputs.values())


@dataclass(frozen=True)
class Misconception:
    """A plausible wrong implementation, with the sentence a good teacher would say.

    `wrong` is run on the same inputs as the learner's function. Where any right answer is
    welcome (weights chosen by hand), `sees` looks at the learner's own numbers instead.
    """

    name: str
    wrong: Callable[..., Any]
    says: str
    sees: Callable[[tuple[np.ndarray, ...]], bool] | None = None


@dataclass(frozen=True)
class Task:
    """What exercises and questions share."""

    id: str
    title: str
    lesson: str
    points: int
    hints: tuple[str, str, str]


@dataclass(frozen=True)
class Exercise(Task):
    """A function the learner writes: its reference, its cases, and its misconceptions.

    `returns` names the results. `observe` maps them to what is compared (default: themselves),
    and `show` tells a learner how that came about. `lists_ok` accepts a list for an array.
    Where the result is no array (words, a network), `reads` makes one of it, given the result and
    the inputs, and `words` says such an array in words.
    """

    reference: Callable[..., Any] = field(kw_only=True)
    cases: Callable[[np.random.Generator], list[Case]] = field(kw_only=True)
    misconceptions: tuple[Misconception, ...] = field(kw_only=True)
    returns: tuple[str, ...] = field(kw_only=True, default=("out",))
    observe: Callable[[tuple[np.ndarray, ...]], np.ndarray] | None = field(
        kw_only=True, default=None
    )
    show: Callable[[tuple[np.ndarray, ...]], str] | None = field(kw_only=True, default=None)
    lists_ok: bool = field(kw_only=True, default=False)
    reads: Callable[[Any, Mapping[str, Any]], Any] | None = field(kw_only=True, default=None)
    words: Callable[[np.ndarray], str] | None = field(kw_only=True, default=None)

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The names of the arguments that have no default: passed by position."""
        parameters = inspect.signature(self.reference).parameters.values()
        return tuple(p.name for p in parameters if p.default is p.empty)

    def call(self, function: Callable[..., Any], inputs: Mapping[str, Any]) -> Any:
        """Call `function`: required arguments by position, the others by keyword."""
        options = {name: value for name, value in inputs.items() if name not in self.required}
        return function(*(inputs[name] for name in self.required), **options)

    def call_text(self, case: Case) -> str:
        """The call as the learner would type it, for messages."""
        shown = [
            name
            if name in self.required and not isinstance(value, (int, float, str))
            else repr(value)
            if name in self.required
            else f"{name}={value!r}"
            for name, value in case.inputs.items()
        ]
        return f"{self.id}({', '.join(shown)})"


@dataclass(frozen=True)
class Question(Task):
    """A question with one right answer: a letter (`options`) or a number (no options).

    `wrong` holds, for each wrong answer worth a word, the sentence that answers it.
    """

    text: str = field(kw_only=True)
    answer: str | int = field(kw_only=True)
    wrong: Mapping[str | int, str] = field(kw_only=True)
    options: Mapping[str, str] = field(kw_only=True, default_factory=dict)

    def reference(self) -> str | int:
        """The right answer, as a learner's function would return it."""
        return self.answer
