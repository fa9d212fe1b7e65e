"""Set every attack on a grader and print what it did, by group.

python -m tests.attacks.compare --grader stock --grader kernel --grader own
    [--only WORD] [--jobs N] [--json FILE] [--list]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from .graders import Grader, graders
from .harness import Attack, Result, attacks, prepared, tried

COLUMNS = (
    "group",
    "tried",
    "undeserved points",
    "points lost",
    "secrets read",
    "files changed",
    "classmates harmed",
    "left running",
    "hangs",
    "error exits",
    "with any fault",
)


def table(results: Sequence[Result]) -> str:
    """One row a group: how many of its attacks did what, and how many points moved."""
    groups = list(dict.fromkeys(r.attack.group for r in results))
    rows = [_row(g, [r for r in results if r.attack.group == g]) for g in groups]
    rows.append(_row("all", results))
    lines = ["| " + " | ".join(COLUMNS) + " |", "|---" + "|---:" * (len(COLUMNS) - 1) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def _row(name: str, results: Sequence[Result]) -> list[str]:
    def points(values: list[float]) -> str:
        some = [v for v in values if v]
        return f"{len(some)} ({sum(some):g})" if some else "0"

    counts = [
        sum(1 for r in results if bool(x(r)))
        for x in (
            lambda r: r.read,
            lambda r: r.changed,
            lambda r: r.harmed,
            lambda r: r.left,
            lambda r: r.hung,
            lambda r: r.code,
            Result.faults,
        )
    ]
    moved = [points([r.undeserved for r in results]), points([r.lost for r in results])]
    return [name, str(len(results)), *moved, *map(str, counts)]


def faults(results: Sequence[Result]) -> str:
    """One line for each attack that did something."""
    lines = [f"- `{r.attack.id}`: {'; '.join(found)}" for r in results if (found := r.faults())]
    return "\n".join(lines) or "None did anything."


def _plain(result: Result) -> dict[str, Any]:
    found = asdict(result)
    found["attack"] = result.attack.id
    found["fair"] = result.attack.fair
    found["faults"] = result.faults()
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--grader", action="append", choices=list(graders()))
    parser.add_argument("--only", default="", metavar="WORD", help="attacks whose name holds it")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="how many at a time")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep every result in a file")
    parser.add_argument("--list", action="store_true", help="list the attacks, run none")
    wish = parser.parse_args(arguments)
    chosen = attacks(wish.only)
    if wish.list:
        for attack in chosen:
            print(f"{attack.id} (fair: {attack.fair:g}): {attack.says.splitlines()[0]}")
        return 0
    kept: dict[str, list[dict[str, Any]]] = {}
    bad = 0
    for name in wish.grader or ["own"]:
        results = []
        for result in _results(chosen, graders()[name], wish.jobs):
            results.append(result)
            said = "; ".join(result.faults()) or "nothing"
            count = f"{name} {len(results)}/{len(chosen)}"
            note = f"{count} {result.attack.id} ({result.seconds:.0f} s): {said}"
            print(note, file=sys.stderr, flush=True)
            kept.setdefault(name, []).append(_plain(result))
            if wish.json:
                wish.json.write_text(json.dumps(kept, indent=1), encoding="utf-8")
        print(f"\n## {name}\n\n{table(results)}\n\n{faults(results)}")
        bad += sum(1 for r in results if r.faults())
    return 1 if bad else 0


def _results(chosen: Sequence[Attack], grader: Grader, jobs: int) -> Iterator[Result]:
    """The results in the order of the attacks; each worker sweeps up after its own."""
    place = prepared(grader)
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(partial(tried, grader=grader, place=place), chosen)


if __name__ == "__main__":
    sys.exit(main())
