"""Release a lesson for grading: nbgrader's source, its release folder and the gradebook."""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbgrader.api
import nbgrader.nbgraderformat.common
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps.api import NbGraderAPI
from nbgrader.utils import parse_utc
from sqlalchemy import Engine, inspect
from sqlalchemy.orm import scoped_session
from traitlets.config import Config

from .course import Course, CourseError, LessonName
from .editing import edit, is_stale, unimported
from .notebook import dumps, loads, release_notebook
from .settings import load_config

# nbgrader opens the gradebook a dozen times for a submission; with one engine for an address the
# statements it compiled serve the next time too. A gradebook that is closed keeps no connection.
nbgrader.api.create_engine = functools.cache(nbgrader.api.create_engine)
_create_all = nbgrader.api.Base.metadata.create_all
_jsonschema = nbgrader.nbgraderformat.common.jsonschema


def _create_missing(bind: Engine) -> None:
    """Make the tables that are not there; asked by one statement, not by one for each table."""
    if not nbgrader.api.Base.metadata.tables.keys() <= set(inspect(bind).get_table_names()):
        _create_all(bind=bind)


def _validate_metadata(metadata: dict[str, Any], schema: dict[str, Any]) -> None:
    """As `jsonschema.validate`, which would validate nbgrader's schema as well, for each cell."""
    error = _jsonschema.exceptions.best_match(_validator(json.dumps(schema)).iter_errors(metadata))
    if error is not None:
        raise error


@functools.cache
def _validator(schema: str) -> Any:
    found = json.loads(schema)
    make = _jsonschema.validators.validator_for(found)
    make.check_schema(found)
    return make(found)


nbgrader.api.Base.metadata.create_all = _create_missing
nbgrader.nbgraderformat.common.jsonschema = SimpleNamespace(validate=_validate_metadata)


@contextmanager
def opened_once() -> Iterator[None]:
    """Meanwhile nbgrader looks for a gradebook's tables and its course the first time only.

    It does so each time it opens one, which is a dozen times a submission.
    """
    first: dict[tuple[Any, ...], dict[str, Any]] = {}
    look = Gradebook.__init__

    def init(book: Gradebook, *named: Any) -> None:
        if named not in first:
            look(book, *named)
            first[named] = dict(vars(book))
        vars(book).update(first[named], db=scoped_session(first[named]["db"].session_factory))

    Gradebook.__init__ = init
    try:
        yield
    finally:
        Gradebook.__init__ = look


def interface(course: Course, extra: Config | None = None) -> NbGraderAPI:
    """nbgrader's own programming interface, for this course."""
    config = load_config(course)
    config.merge(extra or Config())
    config.NbGraderAPI.log_level = logging.ERROR
    logging.getLogger("traitlets").setLevel(logging.CRITICAL)  # the exchange may well be absent
    return NbGraderAPI(config=config)


def gradebook(course: Course) -> Gradebook:
    """The gradebook; use it in a `with`."""
    course.grading.mkdir(parents=True, exist_ok=True)
    api_config = load_config(course)
    url = api_config.CourseDirectory.get("db_url") or f"sqlite:///{course.grading / 'gradebook.db'}"
    return Gradebook(url, api_config.CourseDirectory.course_id)


def release(course: Course, lesson: LessonName, due: str | None = None) -> Path:
    """Run nbgrader's generate_assignment on the lesson; the released notebook's path."""
    deadline = parse_due(due)
    waiting = unimported(course, lesson)
    if waiting:
        raise CourseError(waiting)
    if is_stale(course, lesson):
        edit(course, lesson)
    path = course.released_notebook(lesson)
    if not _is_current(course, lesson, path):
        result = interface(course).generate_assignment(lesson.assignment, force=True)
        if not result["success"]:
            raise CourseError(f"{lesson.assignment}: not released: {reason(result)}")
    if due is not None:
        with gradebook(course) as book:
            book.update_or_create_assignment(lesson.assignment, duedate=deadline)
    return path


def parse_due(due: str | None) -> datetime | None:
    """A due date as nbgrader keeps it (UTC); "none" takes it away."""
    if due is None or due == "none":
        return None
    try:
        found: datetime = parse_utc(due)
    except (ValueError, OverflowError):
        raise CourseError(f"{due!r} is not a time; write '2027-01-31 23:59 UTC'") from None
    return found


def reason(result: dict[str, Any]) -> str:
    """The last line of what nbgrader's exception said, or of its log."""
    lines = [line for line in result.get("error", "").splitlines() if line.strip()]
    said = lines[-1] if lines else "unknown"
    if said.startswith("nbgrader.converters.base.NbGraderException"):
        log = [x for x in result.get("log", "").splitlines() if ("Error" in x or "[ERROR]" in x)]
        causes = [x for x in log if "Error:" in x or "Exception:" in x]
        said = (causes or log or [said])[-1]
    return said.removeprefix("[ERROR] ").strip()[:300]


def _is_current(course: Course, lesson: LessonName, path: Path) -> bool:
    """Whether the release and the gradebook already hold this source."""
    if not path.is_file():
        return False
    source = loads(course.source_notebook(lesson).read_text(encoding="utf-8"))
    wanted = dumps(release_notebook(source, load_config(course)))
    with gradebook(course) as book:
        try:
            book.find_notebook(lesson.topic, lesson.assignment)
        except MissingEntry:
            return False
    return path.read_text(encoding="utf-8") == wanted
