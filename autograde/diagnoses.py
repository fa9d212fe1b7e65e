"""What a failed check said: the mistake's name and the sentence for it, for counting.

A check writes its diagnosis into its cell's output and nowhere else; the sentences that it is made
of are the exercises' own, so each is found again by its beginning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nbformat import NotebookNode

from course import checks
from course.checks.explain import INTERRUPTED, REMEMBERS, REUSED

NOT_WRITTEN = "not-written"
LONGEST = 240  # characters of a sentence

# What `course.checks` says where no misconception fits: the cause, and words to count by. Any other
# text is about a result of the wrong type, in words of its own.
FAULTS: tuple[tuple[str, str, str], ...] = (
    (r"Your function stopped with (\w+)", "exception", "The function stops with {0}."),
    (r"Stopped after [\d.]+ seconds", "time-limit", "The function takes too long, or never ends."),
    (r"Your function changes its input", "changed-input", "An input is changed in place."),
    (r"(\w+) has shape", "wrong-shape", "{0} has the wrong shape."),
    (r"(\w+) (?:has dtype|is of type)", "wrong-dtype", "{0} has the wrong dtype."),
    (r".* must raise an? (\w+)", "no-error", "No {0} is raised where one should be."),
    (r"Not this number", "wrong-value", "Another wrong number."),
    (r"On .*:$", "wrong-value", "Wrong values; no known mistake fits."),
)


@dataclass(frozen=True)
class Diagnosis:
    """A kind of mistake: its name in the check, or how the cell failed, and a sentence for it."""

    cause: str
    says: str


def diagnosis(task_id: str, cell: NotebookNode) -> Diagnosis | None:
    """What the check cell of a task says is wrong, or None where it failed in nothing."""
    errors = [output for output in cell.outputs if output.output_type == "error"]
    if not errors:
        return None
    name = str(errors[0].ename)
    if name == "NotImplementedError":  # the stub, met by a check that is a plain assert
        return Diagnosis(NOT_WRITTEN, "Not written yet.")
    if name != "CheckFailed":
        return Diagnosis(name, _short(f"The check cell stops with {name}."))
    head, _, body = str(errors[0].evalue).partition("\n")
    if head.endswith("not written yet"):
        return Diagnosis(NOT_WRITTEN, "Not written yet.")
    return _known(task_id, body) or _fault(body) or Diagnosis("wrong-type", _short(body))


def _known(task_id: str, body: str) -> Diagnosis | None:
    """A misconception of the task, or a sentence that every task shares."""
    known = {"remembers": REMEMBERS, "reused-buffer": REUSED, "interrupted": INTERRUPTED}
    task = checks.exercises().get(task_id)
    if isinstance(task, checks.Question):
        known |= {f"answer-{given}": says for given, says in task.wrong.items()}
    elif task:
        known |= {wrong.name: wrong.says for wrong in task.misconceptions}
    fitting = [cause for cause, says in known.items() if body.startswith(says)]
    return max((Diagnosis(c, known[c]) for c in fitting), key=lambda d: len(d.says), default=None)


def _fault(body: str) -> Diagnosis | None:
    first = body.partition("\n")[0]
    for pattern, cause, says in FAULTS:
        match = re.match(pattern, first)
        if match:
            return Diagnosis(cause, _short(says.format(*match.groups())))
    return None


def _short(text: str) -> str:
    line = " ".join(text.partition("\n")[0].split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
