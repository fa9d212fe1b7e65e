"""Print each of the course's requirements at the oldest version that pyproject.toml allows.

    python tools/oldest.py > oldest.txt && pip install --requirement oldest.txt

and the tests after that find a bound that is set too low.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from packaging.requirements import Requirement


def oldest(line: str) -> str:
    """Pin a requirement to its lower bound: `numpy>=2.0,<3` -> `numpy==2.0`."""
    requirement = Requirement(line)
    lower = [bound.version for bound in requirement.specifier if bound.operator == ">="]
    if len(lower) != 1:
        raise ValueError(f"{line!r} needs exactly one lower bound, written >=")
    return f"{requirement.name}=={lower[0]}"


if __name__ == "__main__":
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
    print(*map(oldest, project["dependencies"]), sep="\n")
