"""How long does each lesson take: until the first figure stands, and until the last cell is done?

Runs the solved notebooks in fresh kernels, as Run All does:  python -m benchmarks.lessons
"""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbformat import NotebookNode

from autograde.build import read_lessons
from autograde.course import Course
from autograde.notebook import source_notebook

ROOT = Path(__file__).resolve().parent.parent


def run(notebook: NotebookNode) -> tuple[float, float, str]:
    """Seconds to the first figure and to the end, kernel start included; and what was printed."""
    start = time.perf_counter()
    first: list[float] = []

    def look(cell: NotebookNode, **_: Any) -> None:
        if not first and any("image/png" in o.get("data", {}) for o in cell.get("outputs", [])):
            first.append(time.perf_counter() - start)

    NotebookClient(
        notebook, timeout=600, on_cell_executed=look, extra_arguments=["--log-level=ERROR"]
    ).execute()
    seconds = time.perf_counter() - start
    texts = [o.get("text", "") for cell in notebook.cells for o in cell.get("outputs", [])]
    return first[0], seconds, "".join(texts)


def main() -> None:
    """Print a row for each lesson, and what lesson 03 trained."""
    os.environ["COURSE_PROGRESS"] = "off"
    course = Course(ROOT)
    lessons = course.choose([])
    print("| lesson, solved | first figure | whole notebook |\n|---|---|---|")
    printed = ""
    for lesson, read in read_lessons(course, lessons).items():
        first, seconds, text = run(source_notebook(read))
        printed += text
        print(f"| {lesson.assignment} | {first:.1f} s | {seconds:.1f} s |", flush=True)
    trained = re.search(r"test accuracy ([\d.]+)%, (\d+) s of training", printed)
    if trained:
        print(f"\nLesson 03: {trained[1]} % of the test images, {trained[2]} s of training")


if __name__ == "__main__":
    main()
