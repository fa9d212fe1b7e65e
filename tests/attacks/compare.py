"""Set every attack on a grader and print what it did, by group.

python -m tests.attacks.compare --grader stock --grader own [--only WORD] [--jobs N] [--json FILE]
python -m tests.attacks.compare --from FILE [FILE ...]    # print what earlier runs kept
python -m tests.attacks.compare --list
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

Row = dict[str, Any]
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


def plain(result: Result) -> Row:
    """A result as JSON keeps it."""
    found = asdict(result)
    found["attack"] = result.attack.id
    found["fair"] = result.attack.fair
    found["faults"] = result.faults()
    found["harmed"] = result.harmed
    return found


def table(rows: Sequence[Row]) -> str:
    """One line a group: how many of its attacks did what, and how many points moved."""
    by_group: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda row: str(row["attack"])):
        by_group.setdefault(row["attack"].split("/")[0], []).append(row)
    honest = by_group.pop("honest", [])
    lines = [_counted(group, found) for group, found in by_group.items()]
    lines.append(_counted("**attacks**", [r for found in by_group.values() for r in found]))
    lines.append(_counted("**honest work**", honest))
    head = ["| " + " | ".join(COLUMNS) + " |", "|---" + "|---:" * (len(COLUMNS) - 1) + "|"]
    return "\n".join([*head, *("| " + " | ".join(line) + " |" for line in lines)])


def _counted(name: str, rows: Sequence[Row]) -> list[str]:
    above = [max(0.0, (r["score"] or 0.0) - r["fair"]) for r in rows]
    below = [max(0.0, r["fair"] - (r["score"] or 0.0)) for r in rows]
    parts = ("read", "changed", "harmed", "left", "hung", "code", "faults")
    counts = [str(sum(1 for r in rows if r[part])) for part in parts]
    return [name, str(len(rows)), _points(above), _points(below), *counts]


def _points(moved: Sequence[float]) -> str:
    some = [points for points in moved if points]
    return f"{len(some)} ({sum(some):g})" if some else "0"


def faults(rows: Sequence[Row]) -> str:
    """One line for each attack that did something."""
    lines = [f"- `{r['attack']}`: {'; '.join(r['faults'])}" for r in rows if r["faults"]]
    return "\n".join(sorted(lines)) or "None did anything."


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--grader", action="append", choices=list(graders()))
    parser.add_argument("--only", default="", metavar="WORD", help="attacks whose name holds it")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="how many at a time")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep results; go on from them")
    parser.add_argument("--from", type=Path, nargs="+", metavar="FILE", dest="kept")
    parser.add_argument("--list", action="store_true", help="list the attacks, run none")
    wish = parser.parse_args(arguments)
    chosen = attacks(wish.only)
    if wish.list:
        for attack in chosen:
            print(f"{attack.id} (fair: {attack.fair:g}): {attack.says}")
        return 0
    earlier = [wish.json] if wish.json and wish.json.is_file() else []
    found = _read(wish.kept or earlier)
    for name in [] if wish.kept else wish.grader or ["own"]:
        done = {row["attack"] for row in found.setdefault(name, [])}
        rest = [attack for attack in chosen if attack.id not in done]
        for result in _results(rest, graders()[name], wish.jobs):
            row = plain(result)
            found[name].append(row)
            said = "; ".join(row["faults"]) or "nothing"
            count = f"{name} {len(found[name])}/{len(chosen)}"
            print(f"{count} {row['attack']} ({result.seconds:.0f} s): {said}", file=sys.stderr)
            if wish.json:
                wish.json.write_text(json.dumps(found, indent=1), encoding="utf-8")
    for name, rows in found.items():
        print(f"\n## {name}\n\n{table(rows)}\n\n{faults(rows)}")
    ours = [row for name, rows in found.items() if name != "stock" for row in rows]
    return 1 if any(row["faults"] for row in ours) else 0


def _read(paths: Sequence[Path]) -> dict[str, list[Row]]:
    """What earlier runs kept; a later file's result of an attack replaces an earlier one's."""
    found: dict[str, dict[str, Row]] = {}
    for path in paths:
        for name, rows in json.loads(path.read_text(encoding="utf-8")).items():
            found.setdefault(name, {}).update({row["attack"]: row for row in rows})
    return {name: list(rows.values()) for name, rows in found.items()}


def _results(chosen: Sequence[Attack], grader: Grader, jobs: int) -> Iterator[Result]:
    """The results in the order of the attacks; each worker sweeps up after its own."""
    place = prepared(grader)
    with ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(partial(tried, grader=grader, place=place), chosen)


if __name__ == "__main__":
    sys.exit(main())
