"""Where a course keeps its files, and how a lesson is named."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path

LESSON_FILE = re.compile(r"(?P<number>\d\d)_(?P<topic>[a-z][a-z0-9_]*)\.py")


class CourseError(Exception):
    """Something the author or instructor can put right; the text says what and where."""


@dataclass(frozen=True)
class Course:
    """The folders of one course: `root` holds solutions/, notebooks/ and autograde/."""

    root: Path

    @property
    def solutions(self) -> Path:
        """The lessons' sources."""
        return self.root / "solutions"

    @property
    def notebooks(self) -> Path:
        """What learners open: generated, committed."""
        return self.root / "notebooks"

    @property
    def grading(self) -> Path:
        """Where nbgrader works: source, release, submitted, autograded, feedback, gradebook."""
        return self.root / "autograde"

    @property
    def source(self) -> Path:
        """The notebooks with answers that nbgrader releases from; git-ignored."""
        return self.grading / "source"

    @property
    def reports(self) -> Path:
        """Marks and what happened to each submission; git-ignored."""
        return self.grading / "reports"

    def lessons(self) -> list[LessonName]:
        """Every lesson of the course in order."""
        if not self.solutions.is_dir():
            raise CourseError(f"{self.solutions}: no such folder; lessons are kept there")
        found, odd = [], []
        for path in sorted(self.solutions.glob("*.py")):
            match = LESSON_FILE.fullmatch(path.name)
            if match:
                found.append(LessonName(match["number"], match["topic"], path))
            elif not path.name.startswith("_"):
                odd.append(path)
        numbers = [lesson.number for lesson in found]
        twice = [lesson.path for lesson in found if numbers.count(lesson.number) > 1]
        complaints = [f"{p}: a lesson's file is named like 03_convolution.py" for p in odd]
        complaints += [f"{p}: another lesson has the same number" for p in twice]
        if complaints:
            raise CourseError("\n".join(complaints))
        return found

    def find(self, name: str) -> LessonName:
        """The lesson called `name`: its number, its topic, or both (03, convolution)."""
        lessons = self.lessons()
        wanted = Path(name).name.removesuffix(".py").removesuffix(".ipynb")
        number = wanted.zfill(2) if wanted.isdecimal() else wanted
        for lesson in lessons:
            if wanted in (lesson.assignment, lesson.topic) or number == lesson.number:
                return lesson
        known = [lesson.assignment for lesson in lessons]
        near = difflib.get_close_matches(wanted, known, 1)
        hint = (
            f"; did you mean {near[0]}?" if near else f"; there are: {', '.join(known) or 'none'}"
        )
        raise CourseError(f"no lesson is called {name!r}{hint}")

    def choose(self, names: list[str]) -> list[LessonName]:
        """The named lessons, or all of them where none is named."""
        return [self.find(name) for name in names] if names else self.lessons()

    def notebook(self, lesson: LessonName) -> Path:
        """Where the learner's notebook of a lesson lies."""
        return self.notebooks / lesson.assignment / f"{lesson.topic}.ipynb"

    def source_notebook(self, lesson: LessonName) -> Path:
        """Where the instructor's notebook of a lesson lies."""
        return self.source / lesson.assignment / f"{lesson.topic}.ipynb"

    def released_notebook(self, lesson: LessonName) -> Path:
        """Where nbgrader puts the notebook that is handed out and graded."""
        return self.grading / "release" / lesson.assignment / f"{lesson.topic}.ipynb"

    def shown(self, path: Path) -> str:
        """A path as it is printed: relative to the course where it lies inside."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)


@dataclass(frozen=True)
class LessonName:
    """`03_convolution.py`: number 03, topic convolution, nbgrader's assignment 03_convolution."""

    number: str
    topic: str
    path: Path

    @property
    def assignment(self) -> str:
        """What nbgrader and the folders call the lesson."""
        return f"{self.number}_{self.topic}"
