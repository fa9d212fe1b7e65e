"""The way round for instructors who prefer JupyterLab: source -> notebook -> source.

`edit` builds the notebook that the Create Assignment toolbar works on; `import_edits` folds it
back. Cells that did not change keep their source lines, so the round trip is byte-identical.
What was built is remembered beside the notebooks, to tell an edit from an old notebook.
"""

from __future__ import annotations

import ast
import hashlib
import json
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from .cells import Cell, Problem, read_text, split, write_cell
from .course import Course, CourseError, LessonName
from .markers import ROLES, SOLUTION, CellType, Marker
from .notebook import cell_ids, dumps, loads, source_notebook
from .parsing import parse
from .rules import examine, read_lesson
from .whole import write_whole

MEMORY = ".built.json"  # in source/: beside the assignments, so that nbgrader never copies it


def edit(course: Course, lesson: LessonName, *, discard: bool = False) -> Path:
    """Build the instructor's notebook; refuses to overwrite edits unless they are discarded."""
    waiting = "" if discard else unimported(course, lesson)
    if waiting:
        raise CourseError(waiting)
    cells = read_lesson(lesson.path, course.shown(lesson.path))
    path = course.source_notebook(lesson)
    notebook = source_notebook(cells)
    write_whole(path, dumps(notebook))
    _remember(course, lesson, notebook)
    return path


def import_edits(course: Course, lesson: LessonName, *, force: bool = False) -> bool:
    """Fold the instructor's notebook back into the source; says whether anything changed."""
    path = course.source_notebook(lesson)
    if not path.is_file():
        command = f"python -m autograde edit {lesson.number}"
        raise CourseError(f"{course.shown(path)}: no such notebook; make it with {command}")
    notebook = _read(course, path)
    old = read_text(lesson.path)
    if _moved_on(course, lesson) and not force and _edited(course, lesson, notebook):
        raise CourseError(
            f"{course.shown(lesson.path)} has changed since the notebook was built, and the "
            "notebook has too: importing would undo the change to the source. Compare the two, "
            "then say import --force (the notebook wins) or edit --discard (the source wins)."
        )
    if not _edited(course, lesson, notebook):
        return False
    new = fold(notebook, old)
    cells, problems = examine(new)
    if problems:
        raise CourseError(_in_notebook(course.shown(path), cells, problems))
    if new != old:
        write_whole(lesson.path, new)
    _remember(course, lesson, notebook)
    return new != old


def unimported(course: Course, lesson: LessonName) -> str:
    """A complaint if the instructor's notebook holds edits that the source does not."""
    path = course.source_notebook(lesson)
    if not path.is_file():
        return ""
    notebook = _read(course, path)
    if not _edited(course, lesson, notebook) or fold(notebook, read_text(lesson.path)) == read_text(
        lesson.path
    ):
        return ""
    return (
        f"{course.shown(path)} holds edits that are not in {course.shown(lesson.path)}: run python "
        f"-m autograde import {lesson.number}, or edit {lesson.number} --discard to drop them"
    )


def fold(notebook: NotebookNode, old: str) -> str:
    """The source that the notebook stands for, with the lines of `old` where nothing changed."""
    cells, _ = split(old)
    by_id = dict(zip(cell_ids(cells), cells, strict=True))
    by_text = {(str(cell.marker), cell.text): cell for cell in cells}
    found = _markers(notebook)
    parts = []
    for cell, marker in zip(notebook.cells, found, strict=True):
        text = cell.source.strip("\n")
        same = by_id.get(cell.get("id", ""))
        if same is None or (same.marker, same.text) != (marker, text):
            same = by_text.get((str(marker), text), same)
        if same is not None and (same.marker, same.text) == (marker, text):
            parts.append(same.raw)
        else:
            parts.append(_renewed(marker, text, same))
    joined = "".join(
        part if part.endswith("\n\n") else part.rstrip("\n") + "\n\n" for part in parts
    )
    return joined.rstrip("\n") + "\n" if joined.strip() else joined


def _renewed(marker: Marker, text: str, old: Cell | None) -> str:
    """A changed cell's lines: the blank lines after it, and an unchanged marker, stay as before."""
    new = write_cell(marker, text)
    if old is None:
        return new
    if old.marker == marker:
        new = old.raw.split("\n")[0] + "\n" + new.split("\n", 1)[1]
    blank = len(old.raw) - len(old.raw.rstrip("\n"))
    return new.rstrip("\n") + "\n" * max(blank, 1)


def _markers(notebook: NotebookNode) -> list[Marker]:
    """A marker for each cell, read from the metadata that the toolbar writes."""
    found: list[Marker] = []
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type not in ("code", "markdown"):
            raise CourseError(f"cell {number} is a {cell.cell_type} cell; use code or markdown")
        kind: CellType = cell.cell_type
        role, name, points = _role(cell, found)
        slide = cell.metadata.get("slideshow", {}).get("slide_type", "")
        only = cell.metadata.get("course", {}).get("only", "")
        found.append(Marker(kind, role, name, points, slide, only))
    return found


def _role(cell: NotebookNode, before: list[Marker]) -> tuple[str, str, float | None]:
    """The role, id and points that nbgrader's metadata stand for."""
    flags: dict[str, Any] = cell.metadata.get("nbgrader", {})
    shape = {name: bool(flags.get(name)) for name in ("grade", "solution", "task")}
    locked = bool(flags.get("locked"))
    if not any(shape.values()) and not locked:
        return "", "", None
    role = next(
        name
        for name, meaning in ROLES.items()
        if shape == {"grade": meaning.grade, "solution": meaning.solution, "task": meaning.task}
    )
    name = str(flags.get("grade_id", ""))
    if role == "solve":
        name = _exercise_name(name, cell.source)
    elif role == "test":
        name = _check_name(name, before)
    points = float(flags.get("points", 0)) if ROLES[role].points else None
    return role, name, points


def _exercise_name(grade_id: str, text: str) -> str:
    """The toolbar proposes `cell-1a2b`; an exercise is called by the function it defines."""
    name = grade_id.removesuffix(SOLUTION)
    try:
        defined = [n.name for n in parse(text).body if isinstance(n, ast.FunctionDef)]
    except SyntaxError:
        return name
    return defined[0] if name not in defined and len(defined) == 1 else name


def _check_name(grade_id: str, before: list[Marker]) -> str:
    """A new check belongs to the exercise just above it that has none yet."""
    if any(marker.role == "solve" and marker.id == grade_id for marker in before):
        return grade_id
    graded = [marker for marker in before if marker.role in ("solve", "test")]
    return graded[-1].id if graded and graded[-1].role == "solve" else grade_id


def _read(course: Course, path: Path) -> NotebookNode:
    try:
        return loads(path.read_text(encoding="utf-8"))
    except Exception as error:
        raise CourseError(f"{course.shown(path)}: not a notebook ({error})") from None


def _in_notebook(shown: str, cells: list[Cell], problems: list[Problem]) -> str:
    """The problems of a folded source, named by the notebook's cells."""
    lines = [f"{shown}: not imported, nothing was changed"]
    for problem in sorted(problems, key=lambda p: p.line):
        number = sum(cell.line <= problem.line for cell in cells)
        lines.append(f"{shown}: cell {max(number, 1)}: {problem.text}")
    return "\n".join(lines)


def _meaning(notebook: NotebookNode) -> str:
    """A digest of what an import would read: outputs and view settings do not count."""
    keys = ("nbgrader", "slideshow", "course")
    cells = [
        [c.cell_type, c.source, {key: c.metadata[key] for key in keys if key in c.metadata}]
        for c in notebook.cells
    ]
    return _digest(json.dumps(cells, sort_keys=True))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _memory(course: Course) -> dict[str, Any]:
    try:
        found = json.loads((course.source / MEMORY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _remember(course: Course, lesson: LessonName, notebook: NotebookNode) -> None:
    entry = {"source": _digest(read_text(lesson.path)), "notebook": _meaning(notebook)}
    text = json.dumps({**_memory(course), lesson.assignment: entry}, indent=1)
    write_whole(course.source / MEMORY, text)


def _moved_on(course: Course, lesson: LessonName) -> bool:
    """Whether the source is another than the one the notebook was built from."""
    known = _memory(course).get(lesson.assignment, {}).get("source")
    return bool(known != _digest(read_text(lesson.path)))


def is_stale(course: Course, lesson: LessonName) -> bool:
    """Whether the instructor's notebook is missing or older than the source."""
    return not course.source_notebook(lesson).is_file() or _moved_on(course, lesson)


def _edited(course: Course, lesson: LessonName, notebook: NotebookNode) -> bool:
    """Whether the notebook says something else than when it was built."""
    known = _memory(course).get(lesson.assignment, {}).get("notebook")
    return bool(known != _meaning(notebook))
