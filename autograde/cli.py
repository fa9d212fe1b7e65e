"""The commands of `python -m autograde`: thin over the modules that do the work."""

from __future__ import annotations

import argparse
import gc
import sys
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from .course import Course, CourseError, LessonName
from .settings import prepare


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

    one = commands.add_parser("lint", help="warn of check cells that a wrong answer can pass")
    one.add_argument("lessons", nargs="*", help=f"{lesson_help} (default: all)")
    one.set_defaults(run=run_lint)

    one = commands.add_parser("edit", help="make the notebook for the Create Assignment toolbar")
    one.add_argument("lesson", help=lesson_help)
    one.add_argument("--discard", action="store_true", help="drop edits that were not imported")
    one.set_defaults(run=run_edit)

    one = commands.add_parser("import", help="fold the edited notebook back into solutions/")
    one.add_argument("lesson", help=lesson_help)
    one.add_argument("--force", action="store_true", help="the notebook wins over a changed source")
    one.set_defaults(run=run_import)

    one = commands.add_parser("release", help="nbgrader's release folder and gradebook entry")
    one.add_argument("lesson", help=lesson_help)
    one.add_argument("--due", metavar="TIME", help="'2027-01-31 23:59 UTC', or none")
    one.set_defaults(run=run_release)

    one = commands.add_parser("grade", help="grade a folder of submissions, write marks.csv")
    one.add_argument("lesson", help=lesson_help)
    one.add_argument(
        "--submissions",
        type=Path,
        metavar="DIR",
        help="STUDENT/x.ipynb, STUDENT/LESSON/x.ipynb or STUDENT.ipynb (default: nbgrader's "
        "autograde/submitted)",
    )
    one.add_argument("--student", action="append", metavar="ID", help="only this one; repeatable")
    one.add_argument("--due", metavar="TIME", help="'2027-01-31 23:59 UTC', or none")
    one.add_argument("--late", choices=("none", "zero"), help="the penalty for late work")
    one.add_argument("--jobs", type=int, metavar="N", help="run N at a time (default: one a core)")
    one.add_argument(
        "--cluster", metavar="ADDRESS", help="on the workers of this Dask scheduler (deploy/)"
    )
    one.add_argument("--resume", action="store_true", help="leave out what an earlier run finished")
    one.add_argument(
        "--no-sandbox",
        action="store_true",
        help="run the code of strangers with your rights; every mark then says so",
    )
    one.set_defaults(run=run_grade)

    one = commands.add_parser("feedback", help="make the feedback pages again, after hand marks")
    one.add_argument("lesson", help=lesson_help)
    one.add_argument("--student", action="append", metavar="ID", help="only this one; repeatable")
    one.set_defaults(run=run_feedback)

    one = commands.add_parser("marks", help="write marks.csv from the gradebook")
    one.add_argument("lessons", nargs="*", help=f"{lesson_help} (default: all)")
    one.add_argument("--to", type=Path, metavar="FILE", help="default: below autograde/reports/")
    one.add_argument(
        "--for",
        dest="platform",
        choices=("canvas", "moodle"),
        help="the columns that Canvas or Moodle imports, of one lesson",
    )
    one.add_argument(
        "--ids",
        default="",
        metavar="KIND",
        help="what your students' ids are: login, sis or id (Canvas), username, idnumber or email "
        "(Moodle)",
    )
    one.add_argument(
        "--column", default="", metavar="NAME", help="the assignment there: 'Convolution (4711)'"
    )
    one.set_defaults(run=run_marks)

    one = commands.add_parser("report", help="one page about the class: scores, mistakes, time")
    one.add_argument("lesson", help=lesson_help)
    one.add_argument(
        "--to", type=Path, metavar="FILE", help="default: autograde/reports/LESSON/class.html"
    )
    one.set_defaults(run=run_report)
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


def run_lint(course: Course, args: argparse.Namespace) -> int:
    """`lint [lessons]`."""
    from .lint import lint

    lessons = course.choose(args.lessons)
    warnings = lint(course, lessons)
    for line in warnings:
        print(line)
    print(f"{len(warnings)} warnings in {len(lessons)} lessons", file=sys.stderr)
    return 1 if warnings else 0


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


def run_release(course: Course, args: argparse.Namespace) -> int:
    """`release LESSON [--due TIME]`."""
    from .releasing import release

    path = release(course, course.find(args.lesson), args.due)
    print(f"released {course.shown(path)}")
    return 0


def run_grade(course: Course, args: argparse.Namespace) -> int:
    """`grade LESSON [--submissions DIR] [--student ID] [--jobs N] [--resume] ...`."""
    _refuse_where_it_cannot_work(boxes_here=not (args.no_sandbox or args.cluster))
    from . import early

    lesson = course.find(args.lesson)
    with early.boxes(
        course,
        lesson,
        submissions=args.submissions,
        jobs=args.jobs,
        cluster=args.cluster,
        sandbox=not args.no_sandbox,
    ):
        return _grade(course, lesson, args)


def _refuse_where_it_cannot_work(*, boxes_here: bool) -> None:
    """Before anything is imported that only some systems have."""
    if sys.platform == "win32":
        raise CourseError(
            "Grading does not work on Windows itself, with or without a sandbox: install WSL 2 "
            "(wsl --install) and run the course in it"
        )
    if boxes_here and sys.platform != "linux":
        raise CourseError(
            "No sandbox works here, so submissions are not run: boxes need Linux, this is "
            f"{sys.platform}. Use a virtual machine or a container with Linux, or accept that the "
            "code of strangers runs with your rights: --no-sandbox. Every mark then says so"
        )


def _grade(course: Course, lesson: LessonName, args: argparse.Namespace) -> int:
    from . import classpage, grading, marks
    from .outcomes import GRADED

    gc.freeze()  # meanwhile, no collection looks at what is there: it stays
    try:
        outcomes = grading.grade(
            course,
            lesson,
            submissions=args.submissions,
            students=args.student,
            due=args.due,
            late=args.late,
            sandbox=not args.no_sandbox,
            jobs=args.jobs,
            cluster=args.cluster,
            resume=args.resume,
            tell=lambda line: print(line, flush=True),
        )
    finally:
        gc.unfreeze()
    path = course.reports / lesson.assignment / "marks.csv"
    table = marks.collect(course, [lesson.assignment])
    marks.write(path, table)
    page = classpage.write(course, lesson, marks=table)
    waiting = sum(mark.hand_marks_pending > 0 for mark in table)
    human = [outcome.student for outcome in outcomes if outcome.status != GRADED]
    print(f"{len(outcomes)} submissions; marks in {course.shown(path)}")
    print(f"feedback pages in {course.shown(course.grading / 'feedback')}/STUDENT/")
    print(f"the class at a glance: {course.shown(page)}")
    if waiting:
        print(f"{waiting} students wait for marks by hand: make teach, then Formgrader")
    if human:
        print(f"look at these yourself: {', '.join(human)}")
    return 0


def run_feedback(course: Course, args: argparse.Namespace) -> int:
    """`feedback LESSON [--student ID]`."""
    _refuse_where_it_cannot_work(boxes_here=False)
    from .grading import feedback

    lesson = course.find(args.lesson)
    names = feedback(course, lesson, args.student)
    print(f"{len(names)} feedback pages in {course.shown(course.grading / 'feedback')}/STUDENT/")
    return 0


def run_marks(course: Course, args: argparse.Namespace) -> int:
    """`marks [lessons] [--to FILE] [--for PLATFORM [--ids KIND] [--column NAME]]`."""
    from . import marks

    chosen = [lesson.assignment for lesson in course.choose(args.lessons)] if args.lessons else None
    if args.platform:
        return _marks_for(course, args)
    if args.ids or args.column:
        raise CourseError("--ids and --column belong to --for canvas or --for moodle")
    path = args.to or course.reports / "marks.csv"
    table = marks.collect(course, chosen)
    marks.write(path, table)
    print(f"{len(table)} marks in {course.shown(path)}")
    return 0


def _marks_for(course: Course, args: argparse.Namespace) -> int:
    """`marks LESSON --for PLATFORM`."""
    from . import marks, platforms

    if len(args.lessons) != 1:
        raise CourseError(f"--for {args.platform} wants one lesson: a file is one assignment there")
    lesson = course.find(args.lessons[0])
    path = args.to or course.reports / lesson.assignment / f"{args.platform}.csv"
    table = marks.collect(course, [lesson.assignment])
    parts = marks.parts(course, lesson)
    rows = platforms.rows_for(args.platform, table, parts, ids=args.ids, column=args.column)
    platforms.write(path, rows)
    marked = platforms.with_a_mark(table, parts)
    waiting = sum(mark.hand_marks_pending > 0 for mark in marked)
    left_out = [mark.student for mark in table if mark not in marked]
    print(f"{len(marked)} marks for {args.platform} in {course.shown(path)}")
    if left_out:
        print(f"left out, nothing of theirs was graded: {', '.join(left_out)}")
    if waiting:
        print(f"{waiting} students wait for marks by hand, which count 0 in this file")
    return 0


def run_report(course: Course, args: argparse.Namespace) -> int:
    """`report LESSON [--to FILE]`."""
    from .classpage import write

    path = write(course, course.find(args.lesson), args.to)
    print(f"the class in {course.shown(path)}; it names students, so keep it to instructors")
    return 0


def main(argv: list[str] | None = None, *, cluster: object = None) -> int:
    """Run one command; 0: done, 1: the reason is printed, 2: the command was not understood.

    cluster: for `grade`, a Dask cluster in place of an address (see deploy/slurm.py).
    """
    args = parser().parse_args(argv)
    if cluster is not None:
        args.cluster = cluster
    prepare()
    course = Course(args.course.resolve())
    try:
        code: int = args.run(course, args)
    except CourseError as error:
        print(error, file=sys.stderr)
        return int(getattr(error, "code", 1))
    except OSError as error:
        told = f"{error.filename or course.grading}: {error.strerror}" if error.strerror else error
        print(told, file=sys.stderr)
        print("Put that right, then the same command again (grade --resume)", file=sys.stderr)
        return 1
    except DatabaseError as error:
        print(f"{course.grading / 'gradebook.db'}: {error.orig}", file=sys.stderr)
        print("Is it in use or damaged? Then the same command again (--resume)", file=sys.stderr)
        return 1
    return code
