"""How many submissions are run at a time, and by what."""

from __future__ import annotations

import os

SHARE = 4  # submissions for each worker that is started: for fewer, starting it takes longer
TOGETHER = 2  # jobs that are threads: boxes do the work, and processes for so few cost 3 s and 10 %
SPARE = 1  # thread of each job that reads the next submission and makes pages, while boxes work


def cores() -> int:
    """How many of the processor's cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def enough(submissions: int) -> int:
    """How many workers this machine can use for so many submissions."""
    return max(1, min(cores(), submissions // SHARE))
