"""nbgrader's configuration for a course: the course's own file, or the one beside this module."""

from __future__ import annotations

import os
import sys
import warnings
from pathlib import Path

from sqlalchemy.exc import SAWarning
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from .course import Course

NAME = "nbgrader_config.py"


def load_config(course: Course) -> Config:
    """Read the configuration; the course's folder is always the root."""
    own = course.grading / NAME
    path = own if own.is_file() else Path(__file__).with_name(NAME)
    config = PyFileConfigLoader(path.name, str(path.parent)).load_config()
    config.CourseDirectory.root = str(course.grading.resolve())
    config.Exporter.optimistic_validation = True  # once, after the last step of a conversion
    return config


def prepare() -> None:
    """Let nbgrader work without an activated .venv, and without warnings nobody can act on."""
    warnings.filterwarnings("ignore", category=SAWarning, module=r"nbgrader\.")
    # nbgrader calls `alembic` by its bare name
    here = str(Path(sys.executable).parent)
    paths = os.environ.get("PATH", "").split(os.pathsep)
    if here not in paths:
        os.environ["PATH"] = os.pathsep.join([here, *paths])
