"""Take submissions in and run them ahead of nbgrader, several at a time.

Only running is shared out: the gradebook has one writer, the thread that asks for the results.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from nbformat import NotebookNode

from . import intake
from .boxes.executor import ExecuteInBoxes, Grading
from .course import Course, LessonName
from .execute import check_seed
from .intake import Received, Submission
from .notebook import loads
from .releasing import gradebook
from .settings import load_config

CLEAN = "reports/intake"  # where the clean copies lie, below autograde/


@dataclass
class Ready:
    """A submission that was taken in, what its bytes and its checks are, and its run."""

    received: Received
    digest: str
    run: Future[None] | None = None


class Ahead:
    """The submissions of a class, in order, each run by the time it is asked for."""

    def __init__(self, course: Course, lesson: LessonName, boxes: Grading, jobs: int) -> None:
        """Read the release and the checks once."""
        self.course, self.lesson, self.boxes, self.jobs = course, lesson, boxes, max(1, jobs)
        release = course.grading / "release" / lesson.assignment / f"{lesson.topic}.ipynb"
        self.release = release
        self.text = release.read_text(encoding="utf-8")
        self.skeleton = loads(self.text)
        self.seed = check_seed(course.grading, lesson.assignment)
        self.executor = ExecuteInBoxes(config=load_config(course))
        with gradebook(course) as book:
            notebook = book.find_notebook(lesson.topic, lesson.assignment)
            self.sources = {
                c.name: (c.source, bool(c.locked)) for c in notebook.source_cells if c.locked
            }

    def each(self, submissions: list[Submission]) -> Iterator[Ready]:
        """Take them in and run them, at most a few further than asked for."""
        waiting: deque[Ready] = deque()
        with ThreadPoolExecutor(self.jobs) as pool:
            try:
                for submission in submissions:
                    waiting.append(self._begin(submission, pool))
                    if len(waiting) > 2 * self.jobs:
                        yield waiting.popleft()
                while waiting:
                    yield waiting.popleft()
            finally:
                for ready in waiting:
                    if ready.run:
                        ready.run.cancel()

    def clean(self, submission: Submission) -> Received:
        """The clean copy of a submission."""
        folder = self.course.grading / CLEAN / submission.student / self.lesson.assignment
        return intake.take_in(submission, self.skeleton, self.lesson.topic, folder)

    def digest(self, student: str) -> str:
        """The same for the same answers, the same checks and the same seed."""
        folder = self.course.grading / CLEAN / student / self.lesson.assignment
        content = b"".join(p.read_bytes() for p in sorted(folder.glob("*")) if p.is_file())
        checks = repr((self.text, sorted(self.sources.items()), self.seed)).encode()
        return hashlib.sha256(content + checks).hexdigest()

    def _begin(self, submission: Submission, pool: ThreadPoolExecutor) -> Ready:
        received = self.clean(submission)
        if received.status != "ready":
            return Ready(received, "")
        ready = Ready(received, self.digest(submission.student))
        if self.jobs > 1:
            folder = self.course.grading / CLEAN / submission.student / self.lesson.assignment
            text = (folder / f"{self.lesson.topic}.ipynb").read_text(encoding="utf-8")
            work = self.executor.work(self._as_graded(loads(text)), self.release, self.seed)
            ready.run = pool.submit(self.boxes.prepare, work)
        return ready

    def _as_graded(self, notebook: NotebookNode) -> NotebookNode:
        """The notebook with the instructor's locked cells, as nbgrader will hand it over."""
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            if name in self.sources:
                cell.source = self.sources[name][0]
        return notebook
