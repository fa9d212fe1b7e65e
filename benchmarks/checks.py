"""How many wrong answers do the checks reject, and how many right ones do they accept?

    python -m benchmarks.checks [SEEDS]

prints a table in Markdown: the answers of tests/wrong_answers and tests/right_answers, each tried
on SEEDS (default 20) different seeds.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from course import checks

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))


@dataclass(frozen=True)
class Counts:
    """Answers to one task: tried, and found as they should be on every seed."""

    wrong: int = 0
    rejected: int = 0
    named: int = 0
    right: int = 0
    accepted: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(a + b for a, b in zip(self.row, other.row, strict=True)))

    @property
    def row(self) -> tuple[int, ...]:
        return self.wrong, self.rejected, self.named, self.right, self.accepted


def count(seeds: int = 20) -> dict[str, Counts]:
    """Try every answer on every seed: task id -> Counts."""
    from right_answers import right_answers
    from wrong_answers import wrong_answers

    counts: dict[str, Counter[str]] = {name: Counter() for name in checks.exercises()}
    for answer in wrong_answers():
        causes = [
            checks.judge(answer.exercise, answer.function, seed=seed).cause for seed in range(seeds)
        ]
        counts[answer.exercise].update(
            wrong=1, rejected=all(causes), named=all(cause == answer.cause for cause in causes)
        )
    for answer in right_answers():
        passed = all(
            checks.judge(answer.exercise, answer.function, seed=seed).passed
            for seed in range(seeds)
        )
        counts[answer.exercise].update(right=1, accepted=passed)
    return {name: Counts(**counter) for name, counter in counts.items()}


def main() -> None:
    """Print the table."""
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    start = time.perf_counter()
    counts = count(seeds)
    seconds = time.perf_counter() - start
    exercises = {n: t for n, t in checks.exercises().items() if isinstance(t, checks.Exercise)}
    print("| exercise | misconceptions | wrong tried | rejected | cause named | right | accepted |")
    print("|---|---|---|---|---|---|---|")
    for name, task in exercises.items():
        cells = (f"`{name}`", len(task.misconceptions), *counts[name].row)
        print("| " + " | ".join(map(str, cells)) + " |")
    questions = sum((c for n, c in counts.items() if n not in exercises), Counts())
    named = sum(len(task.misconceptions) for task in exercises.values())
    total = sum(counts.values(), Counts())
    print("| " + " | ".join(map(str, ("questions", "", *questions.row))) + " |")
    print("| " + " | ".join(map(str, ("**all**", named, *total.row))) + " |")
    print(
        f"\n{seeds} seeds each, {seconds:.0f} s on {os.cpu_count()} cores, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"NumPy {np.__version__}. An answer counts as rejected, named or accepted only if it was "
        "so on every seed."
    )


if __name__ == "__main__":
    main()
