"""Is an honest submission graded as by nbgrader itself? The same rows, notebooks and pages.

The same class is graded by `python -m autograde grade`, by nbgrader as it comes, and by nbgrader's
own command with the course's configuration, as Formgrader calls it. Everything that they leave
behind is compared field by field; what differs on purpose is listed in DELIBERATE, and no more.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest
from alike import (
    ABSENT,
    NAMES,
    Deliberate,
    Fields,
    differences,
    gist,
    read,
    table,
    unexplained,
)
from attacks.graders import STOCK
from lessons_fixture import TWO_EXERCISES, cell, make_course, solved
from nbformat import NotebookNode, from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_raw_cell
from nbgrader.api import Comment, Gradebook
from nbgrader.nbgraderformat import MetadataValidator
from sqlalchemy import text
from test_grading import Class

from autograde.cli import main
from autograde.course import Course
from autograde.editing import edit
from autograde.notebook import loads
from autograde.releasing import gradebook, opened_once, release

ROOT = Path(__file__).resolve().parent.parent
NAME, TOPIC, FILE = "07_same", "same", "same.ipynb"
DUE = "2026-01-02 00:00 UTC"
LESSON = f'''\
# %% [markdown]
# # Same: double, count and divide
#
# **What you will build.** Three functions. About 5 minutes.

# %% lock="setup"
from math import isclose

from course.checks import check

# %% solve="double"
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return x + x
    ### END SOLUTION


# %% test="double" points=2
assert double(2) == 4

{TWO_EXERCISES}### BEGIN HIDDEN TESTS
assert isclose(mean([4, 4, 10]), 6)
### END HIDDEN TESTS

# %%
import numpy as np

from course import functional

one = np.ones((1, 1))
print("by the reference:", functional.linear_forward(one, one, np.zeros(1))[0])

# %% [markdown] answer="why" points=2
# Because dividing by the count makes sums of different length comparable.

# %% [markdown] task="sketch" points=1
# Add a cell below and plot something.
#
# ### BEGIN MARK SCHEME
# One point for axis labels and a caption.
# ### END MARK SCHEME
'''
ANSWERS = ("double-solution", "conv_output_size-solution", "mean-solution")
NO_PLUS_ONE = """\
def conv_output_size(size, kernel_size, stride=1, padding=0):
    print("asked")
    return (size + 2 * padding - kernel_size) // stride"""
WARNED = """\
def mean(values):
    import sys
    print("a warning", file=sys.stderr)
    return sum(values) / len(values)"""
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)
FREE = {  # what learners write below an exercise, by the id of the cell
    "prints": "import sys\nprint('one')\nprint('two', file=sys.stderr)\nprint('three', end='')",
    "logs": "import logging, warnings\nwarnings.warn('careful')\nlogging.warning('logged')",
    "divides": "def inner(x):\n    y = x\n\n    return 1 / y\n\ninner(0)",
    "chains": "try:\n    {}['a']\nexcept KeyError as e:\n    raise ValueError('a\\nb') from e",
    "library": "import json\njson.loads('x')",
    "syntax": "def broken(:\n    pass",
    "unknown": "no_such_name",
    "text": "'text'",
    "arrays": "import numpy as np\nnp.arange(6).reshape(2, 3) / 4",
    "object": "object()",
    "rich": "class Rich:\n    __repr__ = lambda self: 'rich'\n"
    "    _repr_html_ = lambda self: '<b>rich</b>'\nRich()",
    "displays": "from IPython.display import HTML, Latex, Markdown, display\n"
    "display(HTML('<i>i</i>'), Markdown('*m*'), Latex('$x$'))\n1 + 1",
    "plots": "import matplotlib.pyplot as plt\nplt.plot([1, 2, 4]);",
    "two-plots": "plt.plot([1, 2]); plt.show(); print('between'); plt.plot([2, 1]); plt.show()",
    "closed-plot": "figure, _ = plt.subplots(figsize=(2, 2)); plt.close(figure)\nfigure",
    "shown-plot": "display(figure)",
    "empty-plot": "plt.figure()",
    "our-plot": "from course.plots import new_figure\nnew_figure(1, 1)[0]",
    "updates": "handle = display('first', display_id=True)\nfor n in range(3): handle.update(n)",
    "clears": "from IPython.display import clear_output\nfor n in range(3):\n"
    "    clear_output(wait=True)\n    print('step', n)",
    "clears-last": "for n in range(3):\n    print('step', n)\n    clear_output(wait=True)",
    "clears-all": "print('gone')\nclear_output()\nprint('stays')",
    "blank": " \n",
    "counts": "In[-1], _",
    "shell": "!echo from the shell",
    "magic": "%%capture kept\nprint('captured')",
    "captured": "kept.stdout, sys.stdout.encoding, sys.stdout.isatty()",
    "leaves": "print('before'); raise SystemExit",
    # what is different on purpose
    "asks": "input('name? ')",
    "help": "len?",
    "drawing": "from IPython.display import SVG\nSVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')",
    "sized": "import base64\nfrom IPython.display import Image\n"
    f"Image(base64.b64decode({PIXEL!r}), width=30)",
    "torch": "import torch\ntorch.ones(2).sum()",
}

REFERENCE = solved(LESSON).cells[-3].id


Outputs = list[dict[str, Any]]
Holds = Callable[[Any, Any], bool]


def are(ours: Any, theirs: Any) -> Holds:
    return lambda mine, other: (mine, other) == (ours, theirs)


def say(ours: list[str], theirs: list[str]) -> Holds:
    """Of a cell's outputs: what they say, in short."""
    return lambda mine, other: (gist(mine), gist(other)) == (ours, theirs)


def only_theirs(mine: Any, other: Any) -> bool:
    return mine == ABSENT and other != ABSENT


def but_for(pattern: str) -> Holds:
    """The same, once what fits the pattern is left out."""
    return lambda mine, other: re.sub(pattern, "", repr(mine)) == re.sub(pattern, "", repr(other))


def short(mine: Outputs, other: Outputs) -> bool:
    """Of a traceback the check's own line and the error, all else being equal."""
    (one,), (full,) = mine, other
    line, source = re.search(r"^--> (\d+) (.*)$", full["traceback"], re.MULTILINE).groups()
    said = full["traceback"].splitlines()[-1].removesuffix(":")
    return one == {**full, "traceback": f"line {line}: {source}\n{said}"}


def kind_alone(mine: Outputs, other: Outputs) -> bool:
    """Of a failure its kind."""
    return [o["traceback"] for o in mine] == [f"{name}: a test failed" for name in gist(other)]


def three_more(mine: Any, other: Any) -> bool:
    """The same but for the points, of which three more."""
    parts = [re.split(r"(\d+\.\d+)", str(value)) for value in (mine, other)]
    changed = [(a, b) for a, b in zip(*parts, strict=True) if a != b]
    return all(float(a) - float(b) == 3 for a, b in changed)


def other_frame(mine: Outputs, other: Outputs) -> bool:
    """The second frame in place of the first."""
    frames = re.findall(r"Cell In.*\n.*\n", mine[0]["traceback"])
    told = mine[0]["traceback"].replace(*frames)
    return len(frames) == 2 and other == [{**mine[0], "traceback": told}]


TIMES = "when a kernel sent what; no kernel, no messages"
LANGUAGE = "the release's description of the language; no kernel was asked for its own"
OWN = "of a learner's cell only the text and pasted pictures are taken over"
SEED = "a check's cases are drawn once for all; by stock nbgrader anew for each submission"
SHORT = "the test box knows the check's own line and the error, and none of the learner's frames"
PRINTED = "what a function prints while it is checked could be a hidden case"
WARNING = "a warning on the standard error is not a wrong answer"
KINDS = "a box hands out texts and pictures, nothing that could run"
SIZES = "a box hands out no sizes: a picture is shown as large as it is"
AWAY = "the reference and PyTorch are away while exercises are graded"
NOBODY = "nobody is there to answer; a kernel has an exception of its own for that"
PAGER = "help goes to a pager, of which a kernel's notebook keeps nothing"
FRAME = "IPython's quick way of writing, for a file that is not there, mistakes the line"
HIDDEN = "a page shows no hidden test, and of its failure only the kind"
FILES = "only the notebook and what nbgrader's exchange adds are taken over"

SEEDS = but_for(r"seed \d+")
PRINTS = but_for(r"seed \d+|  \(your function printed: asked\)(?:\\n)?")
HIDDEN_TEST = but_for(r"(?s)\\n### BEGIN HIDDEN TESTS.*### END HIDDEN TESTS")
OBJECT = "<IPython.core.display.{} object>"
DELIBERATE = [
    Deliberate("autograded/*/metadata/execution/*", TIMES, only_theirs),
    Deliberate("autograded/*/notebook/metadata/language_info/*", LANGUAGE, only_theirs),
    Deliberate("autograded/shows/prints/metadata/tags", OWN, are(ABSENT, ["mine"])),
    Deliberate("*/half/files", FILES, but_for(r"\('notes.txt', '\w+'\), ")),
    Deliberate("*/half/notes.txt", FILES, are(ABSENT, "mine")),
    Deliberate("*/conv_output_size/outputs", SEED, SEEDS),
    Deliberate("*/written/conv_output_size/outputs", PRINTED, PRINTS),
    Deliberate("autograded/*/double/outputs", SHORT, short),
    Deliberate("autograded/*/mean/outputs", SHORT, short),
    Deliberate("feedback/*/double/outputs", SHORT, short),
    Deliberate("feedback/*/mean/outputs", HIDDEN, kind_alone),
    Deliberate("feedback/*/mean/source", HIDDEN, HIDDEN_TEST),
    Deliberate("gradebook/grade/*written* mean GradeCell/auto_score", WARNING, are(3.0, 0.0)),
    Deliberate("*/written/mean/outputs", WARNING, say([], ["stderr: a warning\na warning"])),
    Deliberate("feedback/written/title", WARNING, three_more),
    Deliberate("feedback/written/contents", WARNING, three_more),
    Deliberate("feedback/written/mean/heading", WARNING, three_more),
    Deliberate(
        f"*/{REFERENCE}/outputs",
        AWAY,
        lambda mine, other: (
            gist(mine)[0].startswith("stdout: (This cell of the lesson was not run")
            and gist(other) == ["stdout: by the reference: [[1.]]"]
        ),
    ),
    Deliberate("*/shows/torch/outputs", AWAY, say(["RuleError"], ["tensor(2.)"])),
    Deliberate("*/shows/chains/outputs", FRAME, other_frame),
    Deliberate(
        "*/shows/asks/outputs",
        NOBODY,
        say(["stdout: name?", "EOFError"], ["StdinNotImplementedError"]),
    ),
    Deliberate(
        "*/shows/help/outputs",
        PAGER,
        lambda mine, other: other == [] and "number of items" in gist(mine)[0],
    ),
    Deliberate("autograded/shows/drawing/outputs", KINDS, but_for(r"'image/svg\+xml': '[^']*', ")),
    Deliberate("feedback/shows/drawing/outputs", KINDS, say([OBJECT.format("SVG")], [""])),
    Deliberate("autograded/shows/sized/outputs", SIZES, but_for(r"'image/png': \{'width': 30\}")),
    Deliberate("feedback/shows/sized/outputs", SIZES, but_for(r"'30'|None")),
]


def course_at(root: Path, config: str) -> Course:
    """A course with the lesson, released with a due date."""
    course = make_course(root, LESSON, f"{NAME}.py")
    course.grading.mkdir()
    (course.grading / "nbgrader_config.py").write_text(config, encoding="utf-8")
    edit(course, course.find("7"))
    release(course, course.find("7"), DUE)
    return course


def own_config() -> str:
    text = (ROOT / "autograde" / "nbgrader_config.py").read_text(encoding="utf-8")
    return f"{text}\nc.Execute.timeout = 20\n"


def fill(room: Class) -> None:
    """The class: honest work of every kind."""
    path = room.course.grading / "release" / NAME / FILE
    blank = path.read_text(encoding="utf-8")

    def with_answers(*names: str) -> NotebookNode:
        notebook = loads(blank)
        for name in names:
            cell(notebook, name).source = cell(solved(LESSON), name).source
        return notebook

    def hand_in(student: str, notebook: NotebookNode, when: str = "") -> None:
        room.hand_in(student, notebook, FILE, when)

    full = with_answers(*ANSWERS)
    cell(full, "why").source = "As drawn: ![sums](attachment:sums.png)"
    cell(full, "why").attachments = from_dict({"sums.png": {"image/png": PIXEL}})
    for name in ("plots", "two-plots", "blank"):
        full.cells.append(new_code_cell(FREE[name], id=name))
    hand_in("solved", full)
    hand_in("half", with_answers("double-solution"))
    (room.folder / "half" / "notes.txt").write_text("mine", encoding="ascii")
    hand_in("untouched", with_answers())
    late = with_answers(*ANSWERS)
    cell(late, "mean-solution").source = "def mean(values):\n    return 2"
    hand_in("late", late, "2026-01-02 00:01:40 UTC")
    shows = with_answers("double-solution")
    cells = [new_code_cell(source, id=name) for name, source in FREE.items()]
    cells[0].metadata.tags = ["mine"]
    shows.cells[3:3] = cells
    hand_in("shows", shows)
    written = with_answers("double-solution")
    cell(written, "conv_output_size-solution").source = NO_PLUS_ONE
    cell(written, "mean-solution").source = WARNED
    cell(written, "why").source = "Because $a + b$ **grows**."
    written.cells.insert(2, new_raw_cell("raw <b>text</b>", id="raw"))
    written.cells.append(new_markdown_cell("A *caption*, and nothing drawn.", id="caption"))
    hand_in("written", written, "2026-01-01 10:00:00 UTC")


def nbgrader(course: Course, *arguments: str) -> None:
    """Run nbgrader's own command in the course's folder."""
    paths = os.pathsep.join([str(Path(sys.executable).parent), os.defpath])
    others = {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"}  # kernels heed it
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course.grading,
        env={**others, "PATH": paths, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=250,
    )
    assert done.returncode == 0, done.stderr


def lay_out(room: Class, course: Course, *students: str) -> None:
    """The submissions where nbgrader looks for them."""
    for folder in room.folder.iterdir():
        if not students or folder.name in students:
            shutil.copytree(folder, course.grading / "submitted" / folder.name / NAME)


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    base = tmp_path_factory.mktemp("class")
    made = Class(course_at(base / "ours", own_config()), base / "handed in")
    fill(made)
    return made


@pytest.fixture(scope="module")
def graded(room) -> SimpleNamespace:
    """What both graders left, after grading everybody and after grading two of them again."""
    ours, stock = room.course, course_at(room.folder.parent / "stock", STOCK.format(seconds=20))
    lay_out(room, stock)
    found = SimpleNamespace(ours=ours, stock=stock)
    grade_ours(room)
    nbgrader(stock, "autograde", NAME)
    nbgrader(stock, "generate_feedback", NAME)
    found.first = read(ours.grading), read(stock.grading)
    found.tables = exported(ours), exported(stock)
    for course in (ours, stock):
        mark_by_hand(course)
    grade_ours(room, "--student=late", "--student=written", "--late=zero")
    again = (NAME, "--student=[lw]*", "--force")  # late and written
    nbgrader(stock, "autograde", *again, "--LateSubmissionPlugin.penalty_method=zero")
    nbgrader(stock, "generate_feedback", *again)
    found.second = read(ours.grading), read(stock.grading)
    return found


def grade_ours(room: Class, *options: str) -> None:
    command = ["--course", str(room.course.root), "grade", "7", "--jobs", "1"]
    assert main([*command, "--submissions", str(room.folder), *options]) == 0


def exported(course: Course) -> Fields:
    nbgrader(course, "export", "--to=grades.csv")
    return table(course.grading / "grades.csv")


def mark_by_hand(course: Course) -> None:
    """What an instructor enters in Formgrader: marks, extra credit, comments."""
    with gradebook(course) as book:
        for student, name, points, extra in (
            ("late", "mean", 1.5, None),  # in place of the 0 that the check gave
            ("written", "why", 1, 0.5),
            ("written", "sketch", 0, None),
        ):
            entry = book.find_grade(name, TOPIC, NAME, student)
            entry.manual_score, entry.extra_credit = points, extra
            entry.needs_manual_grade = False
        for student, name in (("late", "mean-solution"), ("written", "why"), ("written", "sketch")):
            comment = book.find_comment(name, TOPIC, NAME, student)
            comment.manual_comment = f"*Look* at {name} again."
        book.db.commit()


def explained(ours: Fields, theirs: Fields, deliberate: list[Deliberate]) -> str:
    """The differences that nobody meant, and those meant that are not there; nothing, if none."""
    left, unused = unexplained(ours, theirs, deliberate)
    lines = [f"{key}:\n  ours   {a!r:.1500}\n  theirs {b!r:.1500}" for key, (a, b) in left.items()]
    lines += [f"not there any more: {d.where} ({d.reason})" for d in unused]
    return "\n".join(lines)


def test_every_field_is_the_one_that_nbgrader_writes_unless_it_is_listed(graded):
    complaint = explained(*graded.first, DELIBERATE)
    assert not complaint, complaint


def test_everything_was_there_to_be_compared(graded):
    ours, _ = graded.first
    assert {key.split("/")[1] for key in ours if key.startswith("gradebook/")} == set(NAMES)
    students = {"solved", "half", "untouched", "late", "shows", "written"}
    for step in ("autograded", "feedback"):
        assert {key.split("/")[1] for key in ours if key.startswith(f"{step}/")} == students
    assert ours["feedback/solved/title"] == "same (Score: 7.0 / 10.0)"
    assert ours["feedback/late/contents"][2] == ("Test cell (Score: 0.0 / 3.0)", "#mean")
    assert len(ours["gradebook/grade/rows"]) == 5 * len(students)
    assert set(FREE) < set(ours["autograded/shows/cells"])
    shown = {name: gist(ours[f"autograded/shows/{name}/outputs"]) for name in FREE}
    figure = "<Figure size 640x480 with 1 Axes>"
    assert shown["two-plots"] == [figure, "stdout: between", figure]
    assert "image/png" in ours["autograded/shows/closed-plot/outputs"][0]["data"]
    assert shown["updates"] == ["2"]
    assert shown["clears-last"] == ["stdout: step 2"]
    assert gist(ours["feedback/shows/displays/outputs"]) == ["i", "m", "$x$", "2"]
    assert ours["feedback/solved/why/pictures"] == [f"data:image/png;base64,{PIXEL}"]


def test_the_exported_table_is_the_same_but_for_the_points_of_a_warning(graded):
    ours, stock = graded.tables
    assert differences(ours, stock) == {
        "export/written/raw_score": ("5.0", "2.0"),
        "export/written/score": ("5.0", "2.0"),
    }
    assert ours["export/late/timestamp"] == "2026-01-02 00:01:40"


def test_marks_and_comments_given_by_hand_survive_a_second_grading_in_both(graded):
    complaint = explained(*graded.second, DELIBERATE)
    assert not complaint, complaint
    first, second = graded.first[0], graded.second[0]
    changed = {
        key.removeprefix("gradebook/").replace(f"{NAME} ", "").replace(f"{TOPIC} ", ""): pair
        for key, pair in differences(first, second).items()
        if key.startswith("gradebook/")
    }
    assert changed == {
        "submitted_notebook/late same/late_submission_penalty": (None, 5.5),
        "grade/late mean GradeCell/manual_score": (None, 1.5),
        "grade/late mean GradeCell/needs_manual_grade": (0, 1),
        "grade/written why GradeCell/manual_score": (None, 1.0),
        "grade/written why GradeCell/extra_credit": (None, 0.5),
        "grade/written sketch TaskCell/manual_score": (None, 0.0),
        "grade/written sketch TaskCell/needs_manual_grade": (1, 0),
        "comment/late mean-solution SolutionCell/manual_comment": (
            None,
            "*Look* at mean-solution again.",
        ),
        "comment/written why SolutionCell/manual_comment": (None, "*Look* at why again."),
        "comment/written sketch TaskCell/manual_comment": (None, "*Look* at sketch again."),
    }
    assert second["feedback/written/title"] == "same (Score: 6.5 / 10.0)"
    assert second["feedback/written/why/comment"] == "Comments: Look at why again."
    penalty = ("Late submission penalty (Score: -5.5)", None)
    assert second["feedback/late/contents"][-1] == penalty


def test_formgraders_way_to_grade_writes_the_same_as_our_command(room, graded):
    course = course_at(room.folder.parent / "seam", own_config())
    students = ("late", "shows")
    lay_out(room, course, *students)
    seed = Path("reports", NAME, "seed.txt")
    (course.grading / seed).parent.mkdir(parents=True)
    shutil.copy(graded.ours.grading / seed, course.grading / seed)
    nbgrader(course, "autograde", NAME)
    nbgrader(course, "generate_feedback", NAME)
    about = re.compile(rf"\b({'|'.join(students)})\b(?!.*rows$)")
    ours, seam = (
        {key: value for key, value in fields.items() if about.search(key)}
        for fields in (graded.first[0], read(course.grading))
    )
    assert len(ours) > 500
    complaint = explained(
        ours,
        seam,
        [Deliberate("autograded/shows/prints/metadata/tags", OWN, are(ABSENT, ["mine"]))],
    )
    assert not complaint, complaint


def in_book(statement: str) -> Callable[[Path], None]:
    def change(grading: Path) -> None:
        with closing(sqlite3.connect(grading / "gradebook.db")) as book:
            assert book.execute(statement).rowcount == 1
            book.commit()

    return change


def in_file(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(grading: Path) -> None:
        path = grading / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.chmod(0o644)
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        path.chmod(0o444 if path.suffix == ".ipynb" else 0o644)

    return change


def without_file(name: str) -> Callable[[Path], None]:
    return lambda grading: (grading / name).unlink()


ONE_GRADE = "where id = (select id from grade where auto_score = 2 limit 1)"
SHOWS = f"autograded/shows/{NAME}/{FILE}"
PAGE, COMMENTED = (f"feedback/{student}/{NAME}/{TOPIC}.html" for student in ("half", "written"))


CHANGES = {
    "a score": in_book(f"update grade set auto_score = 1 {ONE_GRADE}"),
    "a flag": in_book(f"update grade set needs_manual_grade = 1 {ONE_GRADE}"),
    "a row less": in_book(f"delete from grade {ONE_GRADE}"),
    "a row more": in_book("insert into student (id) values ('somebody')"),
    "nbgrader's comment": in_book(
        "update comment set auto_comment = 'x' where id = (select id from comment limit 1)"
    ),
    "a time": in_book("update submitted_assignment set timestamp = 0 where student_id = 'late'"),
    "a checksum": in_book("update source_cell set checksum = 'x' where name = 'mean'"),
    "a cell's points": in_book("update grade_cells set max_score = 9 where max_score = 3"),
    "a source": in_file(SHOWS, "captured", "caught"),
    "what was printed": in_file(SHOWS, '"one\\n"', '"two\\n"'),
    "an error's text": in_file(SHOWS, "division by zero", "division by one"),
    "an error's kind": in_file(SHOWS, '"ename": "JSONDecodeError"', '"ename": "OtherError"'),
    "a line of a traceback": in_file(SHOWS, ", line 6", ", line 5"),
    "a count": in_file(SHOWS, '"execution_count": 3,', '"execution_count": 4,'),
    "nbgrader's metadata": in_file(SHOWS, '"grade_id": "setup"', '"grade_id": "set-up"'),
    "an id": in_file(SHOWS, '"id": "clears"', '"id": "clear"'),
    "a picture": in_file(SHOWS, "iVBORw0KGgo", "iVBORw0KGgp"),
    "a small file": in_file(f"autograded/late/{NAME}/timestamp.txt", "01:40", "01:41"),
    "a small file less": without_file(f"autograded/late/{NAME}/timestamp.txt"),
    "a page less": without_file(PAGE),
    "a score on a page": in_file(PAGE, "Score: 2.0 / 2.0", "Score: 1.0 / 2.0"),
    "a source on a page": in_file(PAGE, "Twice x.", "Thrice x."),
    "a mistake on a page": in_file(PAGE, "not written yet", "not right yet"),
    "a comment on a page": in_file(COMMENTED, "at why again", "at that again"),
}


def test_one_changed_field_does_not_go_unnoticed(graded, tmp_path):
    unnoticed = []
    for name, change in CHANGES.items():
        copy = tmp_path / name
        shutil.copytree(graded.ours.grading, copy)
        change(copy)
        if not unexplained(read(copy), graded.second[1], DELIBERATE)[0]:
            unnoticed.append(name)
    assert not unnoticed


def test_a_table_that_a_gradebook_lacks_is_made(tmp_path):
    course = make_course(tmp_path)
    with gradebook(course) as book:
        book.db.execute(text("drop table comment"))
        book.db.commit()
    with gradebook(course) as book:
        assert book.db.query(Comment).all() == []


def test_within_a_run_a_gradebook_is_looked_at_once(tmp_path, monkeypatch):
    course, looked, look = make_course(tmp_path), [], Gradebook.check_course

    def count(book, **named):
        looked.append(named)
        return look(book, **named)

    monkeypatch.setattr(Gradebook, "check_course", count)
    with opened_once():
        for name in ("ann", "bob"):
            with gradebook(course) as book, gradebook(course) as other:
                book.update_or_create_student(name)
                assert {s.id for s in other.students} == {"ann", name}
                assert book.course_id == "convnet-course"
    assert len(looked) == 1
    with gradebook(course):
        assert len(looked) == 2


@pytest.mark.parametrize(
    "changed",
    [{}, {"points": "many"}, {"points": -1}, {"grade_id": "a b"}, {"grade": None}, {"locked": 1}],
)
def test_cell_metadata_is_refused_for_the_reason_that_jsonschema_gives(changed):
    right = {"grade": True, "solution": False, "locked": True, "task": False, "grade_id": "a"}
    told = {**right, "points": 1, "schema_version": 3, "cell_type": "code", **changed}
    expected = None
    try:
        jsonschema.validate(told, MetadataValidator().schema)
    except jsonschema.ValidationError as error:
        expected = error.message
    assert (expected is None) == (not changed)
    cell = new_code_cell(metadata=NotebookNode(nbgrader=NotebookNode(told)))
    if expected is None:
        MetadataValidator().validate_cell(cell)
    else:
        with pytest.raises(jsonschema.ValidationError, match=re.escape(expected)):
            MetadataValidator().validate_cell(cell)
