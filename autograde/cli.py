"""The commands of `python -m autograde`: thin over the modules that do the work."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .course import Course, CourseError
from .settings import find_tools


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(
        prog="python -m autograde", description="Build, release and grade the lessons."
    )
    top.add_argument(
        "--course",
        type=Path,
        default=Path(__file__).resolve().parent.parent,
        metavar="DIR",
        help="the folder that holds solutions/ and notebooks/ (default: this repository)",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    lesson_help = "a lesson: 03, convolution or 03_convolution"

    one = commands.add_parser("build", help="write notebooks/ from solutions/")
    one.add_argument("lessons", nargs="*", help=f"{lesson_help} (default: all)")
    one.add_argument("--check", action="store_true", help="write nothing; fail if out of date")
    one.set_defaults(run=run_build)

    one = commands.add_parser("edit", help="make the notebook for the Create Assignment toolbar")
    one.add_argument("lesson", help=lesson_help)
    one.add_argument("--discard", action="store_true", help="drop edits that were not imported")
    one.set_defaults(run=run_edit)

    one = commands.add_parser("import", help="fold the edited notebook back into solutions/")
    one.add_argument("lesson", help=lesson_help)
    one.add_argument("--force", action="store_true", help="the notebook wins over a changed source")
    one.set_defaults(run=run_import)
    return top


def run_build(course: Course, args: argparse.Namespace) -> int:
    """`build [lessons] [--check]`."""
    from .build import build

    built = build(course, args.lessons, check=args.check)
    changed = [*built.written, *built.removed]
    if args.check:
        for path in built.written:
            print(f"{path}: out of date", file=sys.stderr)
        for path in built.removed:
            print(f"{path}: no lesson makes this file", file=sys.stderr)
        if changed:
            print("run python -m autograde build, and commit notebooks/", file=sys.stderr)
        return 1 if changed else 0
    for path in built.written:
        print(f"wrote {path}")
    for path in built.removed:
        print(f"removed {path}")
    print(f"{len(built.written)} written, {len(built.unchanged)} unchanged")
    return 0


def run_edit(course: Course, args: argparse.Namespace) -> int:
    """`edit LESSON [--discard]`."""
    from .editing import edit

    lesson = course.find(args.lesson)
    path = edit(course, lesson, discard=args.discard)
    print(f"wrote {course.shown(path)}")
    print("Open it in JupyterLab (make teach), edit it with the Create Assignment toolbar, then")
    print(f"run python -m autograde import {lesson.number}")
    return 0


def run_import(course: Course, args: argparse.Namespace) -> int:
    """`import LESSON [--force]`."""
    from .editing import import_edits

    lesson = course.find(args.lesson)
    changed = import_edits(course, lesson, force=args.force)
    print(f"{'wrote' if changed else 'nothing to import into'} {course.shown(lesson.path)}")
    if changed:
        print(f"Now run python -m autograde build {lesson.number}")
    return 0


def main(argv: list[str] | None = None) -> int:
    """Run one command; 0: done, 1: the reason is printed, 2: the command was not understood."""
    args = parser().parse_args(argv)
    find_tools()
    try:
        code: int = args.run(Course(args.course.resolve()), args)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    return code
