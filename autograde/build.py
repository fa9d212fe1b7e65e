"""Build notebooks/ from solutions/, or say what in it is out of date.

1. read every lesson asked for, collect everything that is wrong, print it at once;
2. refuse where the instructor's notebook holds edits that were not imported;
3. make the release and the index; 4. write what differs, remove what has no source.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from . import index
from .cells import Cell, LessonError
from .course import Course, CourseError, LessonName
from .editing import unimported
from .notebook import dumps, release_notebook, source_notebook
from .rules import read_lesson
from .settings import load_config


@dataclass(frozen=True)
class Built:
    """What a build did or, with --check, would do: paths relative to the course."""

    written: list[str]
    unchanged: list[str]
    removed: list[str]


def read_lessons(course: Course, lessons: list[LessonName]) -> dict[LessonName, list[Cell]]:
    """The cells of several lessons; the mistakes of all of them at once."""
    found, complaints = {}, []
    for lesson in lessons:
        try:
            found[lesson] = read_lesson(lesson.path, course.shown(lesson.path))
        except LessonError as error:
            complaints += error.complaints
    if complaints:
        raise LessonError(complaints)
    return found


def release_text(course: Course, cells: list[Cell]) -> str:
    """The learner's notebook as text."""
    return dumps(release_notebook(source_notebook(cells), load_config(course)))


def plan(course: Course, names: list[str]) -> dict[Path, str]:
    """Every file that the build makes, with its text. The index always lists all lessons."""
    chosen = course.choose(names)
    cells = read_lessons(course, course.lessons())
    files = {course.notebook(x): release_text(course, cells[x]) for x in cells if x in chosen}
    files[course.notebooks / "README.md"] = index.page(cells)
    return files


def orphans(course: Course) -> list[Path]:
    """Notebooks where a build would put them, of lessons that are gone. Other files are not ours:
    somebody may have saved a copy of a lesson beside it."""
    kept = {course.notebook(lesson) for lesson in course.lessons()}
    found = course.notebooks.glob("[0-9][0-9]_*/*.ipynb")
    return sorted(p for p in found if p not in kept and p.parent.name[3:] == p.stem)


def build(course: Course, names: list[str] | None = None, *, check: bool = False) -> Built:
    """Build the named lessons (all where none is named); with `check` nothing is written."""
    names = names or []
    files = plan(course, names)
    waiting = [unimported(course, x) for x in course.choose(names)]
    if any(waiting) and not check:
        raise CourseError("\n".join(text for text in waiting if text))
    stale = [] if names else orphans(course)
    built = Built([], [], [course.shown(path) for path in stale])
    for path, text in files.items():
        same = path.is_file() and path.read_text(encoding="utf-8") == text
        (built.unchanged if same else built.written).append(course.shown(path))
        if not (same or check):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    if not check:
        for path in stale:
            path.unlink()
            if not any(path.parent.iterdir()):
                path.parent.rmdir()
    return built
