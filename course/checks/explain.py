"""Say to a beginner what happened: every sentence of a failed check but the misconceptions'."""

from __future__ import annotations

import linecache
import sysconfig
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from .guard import Call, said
from .outcome import Outcome, digits_of, observed
from .task import Case, Exercise
from .values import differs

FULL = 48  # so many numbers are printed in full
OURS = str(Path(__file__).parents[1])  # the course: an error inside it came from a call to it
LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")})

REMEMBERS = (
    "The same input, given twice, got two different answers: something survives from one call to "
    "the next. Look for a variable defined outside the function, a default argument that is "
    "filled, np.empty (it holds leftovers), or random numbers."
)
REUSED = (
    "An answer changed after it was returned: a later call wrote into the same array. Make a new "
    "output array inside the function at each call."
)
INTERRUPTED = "The check was interrupted before the function came back. Nothing was recorded."

IN_WORDS: dict[str, str] = {
    "IndexError": "an index points outside an array: compare the last index of the loop with the "
    "array's shape",
    "KeyError": "a dictionary was asked for a name that it does not hold",
    "NameError": "a name is used that has not been defined: a spelling, or a cell not run yet?",
    "UnboundLocalError": "a variable is read before this function has given it a value",
    "ZeroDivisionError": "something was divided by zero",
    "AttributeError": "an object was asked for something that it does not have",
    "RecursionError": "the function calls itself without end",
    "MemoryError": "an array was asked for that does not fit into memory: look at its shape",
    "SystemExit": "exit() or quit() was called; a function ends with return",
    "ImportError": "an import failed",
    "ModuleNotFoundError": "a package that is imported is not installed",
    "AxisError": "an axis was named that the array does not have: print its shape",
    "AssertionError": "an assert of yours did not hold",
}


def not_written(exercise: Exercise, error: BaseException) -> str:
    """The function, or another one that it calls, still holds the stub."""
    inner = traceback.extract_tb(error.__traceback__)
    name = inner[-1].name if inner else exercise.id
    if name.isidentifier() and name != exercise.id and not inner[-1].filename.startswith(OURS):
        return f"{exercise.id} calls {name}, which is not written yet."
    return "Replace `raise NotImplementedError()` by your own lines."


def returned_nothing(call: Call) -> str:
    """None came back: unfinished, or `return` forgotten."""
    if call.printed:
        return (
            "The function prints its answer but returns nothing. print shows a value to you; "
            "return hands it to whoever called the function."
        )
    return "The function returned nothing: is the `return` line missing?"


def too_slow(exercise: Exercise, case: Case, error: BaseException, seconds: float) -> str:
    """The alarm rang."""
    where = place(error)
    return (
        f"Stopped after {seconds:g} seconds: a loop without end, or one far too slow?\n"
        + (f"It was at {where}\n" if where else "")
        + f"The call was {exercise.call_text(case)} ({case.label})."
    )


def place(error: BaseException) -> str:
    """The learner's own line where it happened: 'line 5: `out = x[9]`', or '' if unknown."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.startswith((OURS, *LIBRARIES)) or "site-packages" in frame.filename:
            continue
        line = frame.line or linecache.getline(frame.filename, frame.lineno or 0).strip()
        if line:
            cell = "ipykernel" in frame.filename or frame.filename.startswith("<")
            source = "the cell" if cell else Path(frame.filename).name
            return f"line {frame.lineno} of {source}, in {frame.name}:\n    {line}"
    return ""


def raised(exercise: Exercise, case: Case, error: BaseException) -> str:
    """An exception, in words, with the learner's line."""
    kind = type(error).__name__.lstrip("_")
    message = said(error).strip()
    known = (IN_WORDS[base.__name__] for base in type(error).__mro__ if base.__name__ in IN_WORDS)
    words = next(known, "")
    if "could not be broadcast" in message or "operands could not" in message:
        words = "two arrays whose shapes do not fit were combined: print both shapes"
    if "too many indices" in message:
        words = "more indices were given than the array has axes: print its shape"
    if "matmul" in message or "not aligned" in message:
        words = "a matrix product of shapes that do not fit: print both shapes"
    where = place(error)
    if kind == "TypeError" and not where:
        words = "the function cannot be called like this: keep the def line as it was"
    lines = [
        f"Your function stopped with {kind}" + (f" ({message})" if message else "") + ".",
        f"In words: {words}." if words else "",
        f"It happened at {where}" if where else "",
        f"The call was {exercise.call_text(case)} ({case.label}), with {shapes(case)}.",
    ]
    return "\n".join(line for line in lines if line)


def shapes(case: Case) -> str:
    """The inputs in a line: arrays by shape, numbers by value."""
    return ", ".join(
        f"{name} {value.shape} {value.dtype}"
        if isinstance(value, np.ndarray)
        else f"{name} = {getattr(value, '__name__', None) or repr(value)}"
        for name, value in case.inputs.items()
    )


def fault(kind: str, exercise: Exercise, case: Case, got: Outcome, expected: Outcome) -> str:
    """What is wrong with one call, with the evidence."""
    if kind == "exception":
        assert got.error is not None
        text = raised(exercise, case, got.error)
        if expected.error is not None:
            text += (
                f"\nHere a {type(expected.error).__name__} should be raised: {said(expected.error)}"
            )
        return text
    if kind == "no-error":
        return (
            f"{exercise.call_text(case)} must raise a {type(expected.error).__name__} "
            f"({case.label}: {expected.error}), but it returned {_inline(exercise, got)}."
        )
    if kind == "wrong-type":
        return _type_text(got, expected, exercise.returns)
    if kind == "changed-input":
        names = " and ".join(got.changed)
        return (
            f"Your function changes its input {names} in place. Whoever called it still needs "
            f"{names}: work on a copy ({got.changed[0]}.copy()), or write into a new array."
        )
    if exercise.words and kind in ("wrong-shape", "wrong-value"):
        return _words_text(exercise, case, got, expected)
    named = list(zip(exercise.returns, got.parts, expected.parts, strict=True))
    if kind == "wrong-shape":
        return _shape_text(exercise, case, named)
    if kind == "wrong-dtype":
        return _dtype_text(named)
    return _value_text(kind, exercise, case, got, expected)


def _words_text(exercise: Exercise, case: Case, got: Outcome, expected: Outcome) -> str:
    assert exercise.words is not None
    right, mine = (exercise.words(outcome.parts[0].array) for outcome in (expected, got))
    return (
        f"On {exercise.call_text(case)} ({case.label}):\n{_listed(case)}"
        f"  expected:\n{right}\n  yours:\n{mine}"
    )


def _listed(case: Case) -> str:
    """The inputs that the call does not spell out."""
    hidden = {n: v for n, v in case.inputs.items() if not isinstance(v, (int, float, str))}
    return "".join(f"  {name} = {value!r}\n" for name, value in hidden.items())


def _inline(exercise: Exercise, got: Outcome) -> str:
    if exercise.words and got.parts:
        return exercise.words(got.parts[0].array).strip()
    return ", ".join(_show(part.array) for part in got.parts) or "something else"


def _type_text(got: Outcome, expected: Outcome, names: tuple[str, ...]) -> str:
    if got.error is not None:
        text = said(got.error)
        return f"{text[:1].upper()}{text[1:]}."
    for name, part, wanted in zip(names, got.parts, expected.parts, strict=True):
        if part.was != wanted.was:
            needs = "one number" if wanted.was == "number" else "a NumPy array"
            return f"{name} should be {needs}, but a {part.was} came back" + (
                f"; np.array({name}) makes an array of a list." if part.was == "list" else "."
            )
    return "Something of another type came back."


def _shape_text(exercise: Exercise, case: Case, named: Sequence[tuple[str, Any, Any]]) -> str:
    lines = []
    for name, part, wanted in named:
        mine, right = part.array.shape, wanted.array.shape
        if mine == right:
            continue
        lines.append(f"{name} has shape {mine}; it should be {right}.")
        if sorted(mine) == sorted(right):
            lines.append("The same lengths in another order: two axes are swapped.")
        elif tuple(n for n in mine if n != 1) == tuple(n for n in right if n != 1):
            lines.append("An axis of length 1 is missing or too many.")
    lines.append(f"The call was {exercise.call_text(case)} ({case.label}), with {shapes(case)}.")
    return "\n".join(lines)


def _dtype_text(named: Sequence[tuple[str, Any, Any]]) -> str:
    for name, part, wanted in named:
        mine, right = part.array.dtype, wanted.array.dtype
        if mine.kind == right.kind and mine.itemsize >= right.itemsize:
            continue
        if mine.kind == "b":
            why = "True and False should be numbers here (1.0 and 0.0)."
        elif mine.kind in "iu":
            why = "whole numbers cannot hold fractions: what is behind the decimal point is lost."
        elif right.kind in "iu":
            why = "a count is a whole number: // divides whole numbers and stays whole."
        elif mine.kind == "f":
            why = f"digits are lost: {right} came in. Take the dtype from the input."
        else:
            why = "real numbers are needed."
        if wanted.was == "number":
            return f"{name} is of type {mine}, but a whole number (int) is expected: {why}"
        return f"{name} has dtype {mine}; {right} is expected: {why}"
    return "The numbers that came back are of another dtype."


def _value_text(kind: str, exercise: Exercise, case: Case, got: Outcome, expected: Outcome) -> str:

    names = ("fires",) if exercise.observe else exercise.returns
    lines = [f"On {exercise.call_text(case)} ({case.label}):"]
    pairs = zip(names, observed(exercise, got), observed(exercise, expected), strict=True)
    for name, mine, right in pairs:
        wrong = differs(mine, right, digits_of(case))
        if kind == "not-finite":
            wrong = wrong & ~np.isfinite(mine)
        if not wrong.any():
            continue
        index = tuple(int(i) for i in np.argwhere(wrong)[0]) if mine.ndim else ()
        at = f"{name}[{', '.join(map(str, index))}]" if index else name
        lines.append(
            f"  {at} should be {right[index]:.6g}, yours is {mine[index]:.6g}"
            + (f" ({int(wrong.sum())} of {wrong.size} differ)" if wrong.size > 1 else "")
        )
        if case.size <= FULL and right.size <= FULL // 2 and right.ndim:
            lines.append(f"  {name} expected:\n{_show(right)}\n  {name} of yours:\n{_show(mine)}")
    if exercise.show:
        lines = [lines[0], exercise.show(got.compared)]
    if case.inputs:
        lines.append(_inputs_in_full(case))
    return "\n".join(lines)


def _inputs_in_full(case: Case) -> str:
    if case.size > FULL:
        return f"  with {shapes(case)}"
    return "\n".join(
        f"  {name} =\n{_show(value)}"
        if isinstance(value, np.ndarray)
        else f"  {name} = {getattr(value, '__name__', None) or repr(value)}"
        for name, value in case.inputs.items()
    )


def _show(array: np.ndarray) -> str:
    text = np.array2string(
        array, precision=5, separator=", ", threshold=2 * FULL, edgeitems=2, suppress_small=True
    )
    return text if array.ndim == 0 else "\n".join("    " + line for line in text.splitlines())


def notes(calls: Sequence[Call]) -> tuple[str, ...]:
    """What the function printed or warned, once."""
    found = []
    printed = next((call.printed for call in calls if call.printed.strip()), "")
    if printed:
        short = printed.strip()[:200]
        found.append(f"your function printed: {short}" + (" ..." if len(printed) > 200 else ""))
    warned = dict.fromkeys(text for call in calls for text in call.warned)
    found.extend(f"a warning on the way: {text}" for text in list(warned)[:2])
    return tuple(found)
