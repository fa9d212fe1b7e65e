"""Boxes that start while the grader imports what it needs itself: both take seconds."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from .boxes.frameworks import guess
from .boxes.pool import POOL, forbidden
from .course import Course, LessonName
from .jobs import TOGETHER, cores


def boxes(
    course: Course,
    lesson: LessonName,
    *,
    submissions: Path | None,
    jobs: int | None,
    cluster: object,
    sandbox: bool,
) -> AbstractContextManager[None]:
    """Meanwhile the boxes of one job start, if this process will run any; else nothing does."""
    release = course.released_notebook(lesson)
    if cluster or (jobs or cores()) > TOGETHER or not release.is_file():
        return nullcontext()
    torch = guess(release, course.source_notebook(lesson))
    unseen = tuple(forbidden(course.grading, submissions))
    return POOL.early(unseen, without=not sandbox, torch=torch)
