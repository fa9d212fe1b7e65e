"""Does every submission of a class get the mark it deserves, and none stop the others?"""

import codecs
import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from lessons_fixture import ALL_POINTS, AUTO_POINTS, cell, make_course, solved
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from autograde import intake, reading
from autograde.build import build
from autograde.cli import main
from autograde.course import Course, CourseError
from autograde.editing import edit
from autograde.execute import ExecuteForMarks
from autograde.grading import grade
from autograde.marks import Mark, write
from autograde.notebook import dumps, loads, release_notebook, source_notebook
from autograde.reading import Refused
from autograde.releasing import gradebook, release
from autograde.rules import read_lesson
from autograde.skeleton import rebuild

ROOT = Path(__file__).resolve().parent.parent
NAME = "07_count"
QUICK = """
load_subconfig("base_config.py")
c = get_config()
c.Execute.timeout = 8
c.ExecuteForMarks.notebook_seconds = 60
"""


def fresh_course(root: Path) -> Course:
    """The fixture course with short time limits."""
    course = make_course(root)
    course.grading.mkdir()
    shutil.copy(ROOT / "autograde" / "nbgrader_config.py", course.grading / "base_config.py")
    (course.grading / "nbgrader_config.py").write_text(QUICK, encoding="utf-8")
    build(course)
    return course


def released(course: Course):
    path = course.notebook(course.lessons()[0])
    return loads(path.read_text(encoding="utf-8"))


class Class:
    """The submissions of a class, and the marks they got."""

    def __init__(self, course: Course, folder: Path) -> None:
        self.course, self.folder = course, folder
        folder.mkdir()

    def hand_in(self, student: str, notebook, name: str = "count.ipynb", when: str = "") -> None:
        (self.folder / student).mkdir(exist_ok=True)
        text = notebook if isinstance(notebook, str) else dumps(notebook)
        (self.folder / student / name).write_text(text, encoding="utf-8")
        if when:
            (self.folder / student / "timestamp.txt").write_text(when, encoding="utf-8")

    def marks(self) -> dict[str, dict[str, str]]:
        path = self.course.reports / self.course.lessons()[0].assignment / "marks.csv"
        with path.open(encoding="utf-8", newline="") as file:
            return {row["student"]: row for row in csv.DictReader(file)}


def half_done(course: Course):
    notebook = released(course)
    cell(notebook, "double-solution").source = cell(solved(), "double-solution").source
    return notebook


def with_cell(notebook, source: str, index: int = 3):
    notebook.cells.insert(index, new_code_cell(source))
    return notebook


def fill(room: Class) -> None:
    """One student for each question."""
    course = room.course
    room.hand_in("solved", with_cell(solved(), "import os; print(os.environ)"))
    room.hand_in("untouched", released(course))
    room.hand_in("half", half_done(course))
    room.hand_in("late", solved(), when="2026-01-02 00:01:40 UTC")
    room.hand_in("in-time", released(course), when="2026-01-01 23:59:00 UTC")
    room.hand_in("odd-time", released(course), when="yesterday")
    room.hand_in("broken", dumps(solved())[:2000])
    (room.folder / "missing").mkdir()
    room.hand_in("renamed", half_done(course), name="count (1).ipynb")
    room.hand_in("several", released(course), name="a.ipynb")
    room.hand_in("several", half_done(course), name="b.ipynb")
    room.hand_in("several", "no notebook", name="c.ipynb")
    os.mkfifo(room.folder / "pipe.ipynb")
    secret = room.folder.parent / "secret.ipynb"
    secret.write_text(dumps(solved()), encoding="utf-8")
    (room.folder / "link").mkdir()
    (room.folder / "link" / "count.ipynb").symlink_to(secret)
    (room.folder / "folder" / "count.ipynb").mkdir(parents=True)
    (room.folder / "links").mkdir()
    room.hand_in("links", half_done(course))
    (room.folder / "links" / "key.txt").symlink_to(secret)
    room.hand_in("twice", released(course))
    (room.folder / "twice.ipynb").write_text(dumps(half_done(course)), encoding="utf-8")
    (room.folder / "linked-folder").symlink_to(room.folder / "solved")
    room.hand_in("killer", with_cell(solved(), "import os; os._exit(1)"))
    room.hand_in("leaver", with_cell(solved(), "exit()"))
    room.hand_in("endless", with_cell(solved(), "while True: pass"))
    room.hand_in("warned", with_cell(solved(), WARNING, len(solved().cells)))
    surgeon = solved()
    for name, spoil in SURGERY.items():
        spoil(surgeon, cell(surgeon, name))
    room.hand_in("surgeon", surgeon)
    cheat = half_done(course)
    cell(cheat, "mean-solution").source = "def mean(values):\n    return 2"
    cell(cheat, "why").source = "<script>alert(1)</script><b onclick='x()' style='color: red; "
    cell(cheat, "why").source += "background: url(http://x)'>bold</b> $a<b$"
    cheat.cells.append(new_markdown_cell("<img src=x onerror=alert(2)> [x](javascript:alert(3))"))
    room.hand_in("hidden", cheat)
    (room.folder / "flat.ipynb").write_text(dumps(half_done(course)), encoding="utf-8")
    (room.folder / "nested" / NAME).mkdir(parents=True)
    (room.folder / "nested" / NAME / "count.ipynb").write_text(dumps(half_done(course)))


WARNING = "import sys\ndef double(x):\n    print('warning', file=sys.stderr)\n    return 2 * x"
SURGERY = {
    "double": lambda nb, one: nb.cells.remove(one),
    "mean": lambda nb, one: one.metadata.nbgrader.update(points=100),
    "mean-solution": lambda nb, one: nb.cells.append(one.copy()),
    "setup": lambda nb, one: one.metadata.nbgrader.update(schema_version=1),
}


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    """A class, handed in and graded once by the one command."""
    base = tmp_path_factory.mktemp("class")
    made = Class(fresh_course(base / "course"), base / "handed in")
    fill(made)
    made.before = snapshot(made.folder)
    command = ["--course", str(made.course.root), "grade", "7", "--submissions", str(made.folder)]
    assert main([*command, "--due", "2026-01-02 00:00 UTC"]) == 0
    return made


def snapshot(folder: Path) -> dict[str, bytes]:
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and not p.is_symlink()]
    return {str(p): p.read_bytes() for p in files}


@pytest.mark.parametrize(
    ("student", "score", "pending", "status", "note"),
    [
        ("solved", 5, 2, "graded", ""),
        ("untouched", 0, 1, "graded", ""),
        ("half", 2, 1, "graded", ""),
        ("flat", 2, 1, "graded", ""),
        ("nested", 2, 1, "graded", ""),
        ("late", 5, 2, "graded", ""),
        ("odd-time", 0, 1, "graded", "timestamp.txt is not a time"),
        ("renamed", 2, 1, "graded", "submitted as 'count (1).ipynb'"),
        ("broken", 0, 0, "refused", "broken JSON in line"),
        ("missing", 0, 0, "missing", "no notebook"),
        ("several", 2, 1, "graded", "several notebooks, 'b.ipynb' was graded"),
        ("folder", 0, 0, "refused", "count.ipynb: a folder, not a file"),
        ("links", 2, 1, "graded", "a symbolic link is not followed: key.txt"),
        ("twice", 2, 1, "graded", "'twice.ipynb' was graded; not graded: 'twice/count.ipynb'"),
        ("pipe", 0, 0, "refused", "a pipe"),
        ("link", 0, 0, "refused", "a symbolic link"),
        ("linked-folder", 0, 0, "refused", "a symbolic link"),
        ("killer", 5, 2, "needs a human", "the kernel died"),
        ("leaver", 5, 2, "graded", ""),
        ("endless", 5, 2, "needs a human", "time limit"),
        ("warned", 5, 2, "graded", ""),
        ("surgeon", 5, 2, "graded", "put back: double"),
        ("hidden", 2, 2, "graded", ""),
    ],
)
def test_each_submission_gets_its_mark(room, student, score, pending, status, note):
    row = room.marks()[student]
    assert (float(row["score"]), float(row["max_score"])) == (score, ALL_POINTS), row
    assert int(row["hand_marks_pending"]) == pending, row
    assert row["status"] == status, row
    assert note in row["note"], row
    assert bool(note) == bool(row["note"]), row


def test_the_table_has_the_columns_instructors_are_promised(room):
    row = room.marks()["solved"]
    assert list(row) == (
        [
            "student",
            "lesson",
            "score",
            "max_score",
            "hand_marks_pending",
            "late_seconds",
            "status",
            "note",
        ]
    )
    assert row["lesson"] == NAME


def test_late_work_is_shown_in_seconds(room):
    marks = room.marks()
    assert marks["late"]["late_seconds"] == "100"
    assert marks["in-time"]["late_seconds"] == "0"


def test_originals_are_never_written(room):
    assert snapshot(room.folder) == room.before


def test_progress_is_off_and_the_seed_of_the_checks_is_not_shown_to_the_learners_code(room):
    seed = (room.course.reports / NAME / "seed.txt").read_text(encoding="ascii").strip()
    path = room.course.grading / "autograded" / "solved" / NAME / "count.ipynb"
    text = path.read_text(encoding="utf-8")
    assert "'COURSE_PROGRESS': 'off'" in text
    assert seed not in text


def page(room, student: str) -> str:
    path = room.course.grading / "feedback" / student / NAME / "count.html"
    return path.read_text(encoding="utf-8")


def test_feedback_holds_the_marks_and_no_hidden_test(room):
    html = page(room, "hidden")
    assert "Score: 2.0 / 8.0" in html
    assert "AssertionError: a test failed" in html
    assert "secret_list_of_values" not in html
    assert "HIDDEN" not in html


def test_nothing_from_a_submission_runs_in_the_feedback_page(room):
    body = BeautifulSoup(page(room, "hidden"), "html.parser").body
    assert body.find("b", string="bold")
    assert not body.find(["script", "iframe", "object", "embed", "svg", "form", "style"])
    for tag in body.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")], tag
        assert not tag.get("href", "#").startswith("javascript"), tag
        assert "url" not in tag.get("style", ""), tag
        assert tag.get("src", "data:image/png").startswith("data:image/"), tag


def test_a_mark_by_hand_arrives_and_survives_grading_again(room):
    course = room.course
    with gradebook(course) as book:
        for name, points in (("why", 2), ("sketch", 1)):
            entry = book.find_grade(name, "count", NAME, "solved")
            entry.manual_score, entry.needs_manual_grade = points, False
        book.db.commit()
    base = ["--course", str(course.root)]
    assert main([*base, "marks", "7", "--to", str(course.reports / NAME / "marks.csv")]) == 0
    assert float(room.marks()["solved"]["score"]) == ALL_POINTS
    assert room.marks()["solved"]["hand_marks_pending"] == "0"
    assert main([*base, "feedback", "7", "--student", "solved"]) == 0
    assert "Score: 8.0 / 8.0" in page(room, "solved")
    grade(course, course.find("7"), submissions=room.folder, students=["solved"], tell=str)
    with gradebook(course) as book:
        assert book.find_grade("why", "count", NAME, "solved").manual_score == 2
        assert book.find_submission(NAME, "solved").score == ALL_POINTS


def test_a_later_broken_submission_takes_the_points_away_and_says_so(room):
    course = room.course
    room.hand_in("flaky", half_done(course))
    grade(course, course.find("7"), submissions=room.folder, students=["flaky"], tell=str)
    room.hand_in("flaky", "")
    told: list[str] = []
    grade(course, course.find("7"), submissions=room.folder, students=["flaky"], tell=told.append)
    assert told == ["flaky: refused; the file is empty"]
    with gradebook(course) as book:
        assert book.find_submission(NAME, "flaky").score == 0
    assert not (course.grading / "feedback" / "flaky" / NAME).exists()


def test_late_work_can_be_given_no_points(room):
    course = room.course
    told: list[str] = []
    grade(
        course,
        course.find("7"),
        submissions=room.folder,
        students=["late"],
        late="zero",
        tell=told.append,
    )
    assert told == ["late: graded"]
    with gradebook(course) as book:
        assert book.find_submission(NAME, "late").late_submission_penalty == AUTO_POINTS


def test_a_cell_that_ends_the_kernel_after_its_reply_is_found():
    executor = ExecuteForMarks()
    notebook = with_cell(solved(), "print(1)\nexit()")
    executor.done, executor.now = [2, 3], 4
    assert executor._culprit(notebook) == 3
    executor.done = [2]
    assert executor._culprit(notebook) == 4


def test_formgrader_sees_the_class(room):
    from autograde.releasing import interface

    api = interface(room.course)
    found = {s["student"]: s for s in api.get_submissions(NAME)}
    assert found["half"]["autograded"]
    assert found["half"]["needs_manual_grade"]
    assert found["half"]["max_score"] == ALL_POINTS


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\xff\xfe\x00", "broken JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[]", "not a notebook"),
        (b"3", "not a notebook"),
        (b'{"nbformat": 4}', "not a notebook"),
        (b'{"nbformat": 99, "cells": []}', "not a notebook"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [1]}', "not a notebook"),
        (b"PK\x03\x04", "broken JSON"),
    ],
)
def test_bytes_that_are_no_notebook_are_refused_with_a_reason(content, word):
    with pytest.raises(Refused, match=word):
        reading.parse(reading.decode(content)[0])


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", ""),
        ("utf-8-sig", "UTF-8 with a byte order mark"),
        ("utf-16", "UTF-16"),
        ("latin-1", "Latin-1"),
    ],
)
def test_other_encodings_are_read_and_named(encoding, said):
    assert reading.decode("größer".encode(encoding)) == ("größer", said)


def test_too_large_a_file_is_refused_unread(tmp_path):
    path = tmp_path / "big.ipynb"
    with path.open("wb") as file:
        file.truncate(intake.LARGEST + 1)
    with pytest.raises(Refused, match="more than 150 MB"):
        intake.read_bytes(path, intake.LARGEST)


def test_a_device_is_refused_without_being_read():
    with pytest.raises(Refused, match="a device"):
        intake.read_bytes(Path("/dev/zero"), 10)


def test_an_old_notebook_with_a_byte_order_mark_is_read():
    notebook = json.loads(dumps(solved()))
    for one in notebook["cells"]:
        del one["id"]
    notebook["nbformat_minor"] = 2
    assert reading.parse(b"\xef\xbb\xbf" + json.dumps(notebook).encode()).cells


def stripped(notebook):
    """What some services leave of a notebook: no metadata, other ids."""
    for number, one in enumerate(notebook.cells):
        one.metadata.clear()
        one.id = f"x{number}"
    return notebook


def renamed(notebook):
    """The answers with another nbgrader id and another id."""
    for name in ("double-solution", "why"):
        one = cell(notebook, name)
        one.id = one.metadata.nbgrader.grade_id = f"my-{name}"
    return notebook


def written(double: str = "def double(x):\n    return x + x"):
    """The release with an answer that calculates and one in words."""
    notebook = release_notebook(solved())
    cell(notebook, "double-solution").source = double
    cell(notebook, "why").source = "Because."
    return notebook


@pytest.mark.parametrize("lose", [stripped, renamed])
@pytest.mark.parametrize(
    "double",
    [
        "def double(x):\n    return x + x",
        "def double(x):\n    return helper(x)\n\ndef helper(x):\n    return x + x",
        "%%time\ndef double(x):\n    return x + x",
        "double = lambda x: x + x",
        "from functools import partial\ndouble = partial(pow, 2)",
        "files = !ls\nif files:\n    %matplotlib inline\n    class double:\n        pass",
        "exec('def double(x): return x + x')",
        "def double(x)\n    return x + x",
    ],
)
def test_answers_are_found_again_when_ids_are_lost(lose, double):
    given = release_notebook(solved())
    clean, notes = rebuild(given, lose(written(double)))
    assert cell(clean, "double-solution").source == double
    assert cell(clean, "why").source == "Because."
    assert [c.source for c in clean.cells] == [c.source for c in written(double).cells]
    assert len(notes) == 1
    assert "ids were lost or changed" in notes[0]


def test_a_draft_stays_above_the_answer_when_ids_are_lost():
    handed_in = with_cell(written(), "def double(x):\n    return 0")
    clean, _ = rebuild(release_notebook(solved()), stripped(handed_in))
    assert "x + x" in cell(clean, "double-solution").source
    above = [c.source for c in clean.cells[: clean.cells.index(cell(clean, "double-solution"))]]
    assert "def double(x):\n    return 0" in above


def test_an_answer_in_a_cell_of_another_exercise_is_not_bound_again_by_the_stub():
    handed_in = written()
    cell(handed_in, "double-solution").source += "\n\ndef mean(values):\n    return 2"
    handed_in.cells.remove(cell(handed_in, "mean-solution"))
    clean, _ = rebuild(release_notebook(solved()), handed_in)
    assert "def mean" not in cell(clean, "mean-solution").source


@pytest.mark.parametrize("text", ["", "YOUR ANSWER HERE"])
def test_a_cell_without_an_answer_is_not_taken_for_one(text):
    handed_in = written()
    cell(handed_in, "why").source = text
    clean, _ = rebuild(release_notebook(solved()), stripped(handed_in))
    assert cell(clean, "why").source == "YOUR ANSWER HERE"


def test_an_answer_in_words_that_may_be_either_of_two_waits_for_a_hand(tmp_path):
    room = Class(fresh_course(tmp_path / "course"), tmp_path / "in")
    handed_in = half_done(room.course)
    cell(handed_in, "why").source = "Because."
    place = handed_in.cells.index(cell(handed_in, "why"))
    handed_in.cells.insert(place, new_markdown_cell("What I thought of first."))
    room.hand_in("ann", stripped(handed_in))
    command = ["--course", str(room.course.root), "grade", "7"]
    assert main([*command, "--submissions", str(room.folder)]) == 0
    row = room.marks()["ann"]
    assert (row["score"], row["hand_marks_pending"], row["status"]) == ("2", "2", "graded")
    assert "answers marked by hand were not found, look for them in other cells: why" in row["note"]


def as_format_3(notebook) -> bytes:
    return nbformat.v3.writes_json(nbformat.convert(notebook, 3)).encode()


def changed(change) -> Callable:
    """A notebook's bytes after a change."""

    def make(notebook) -> bytes:
        change(notebook)
        return dumps(notebook).encode()

    return make


def nbgraders(name: str, **about) -> Callable:
    return changed(lambda nb: cell(nb, name).metadata.nbgrader.update(about))


def copied(name: str) -> Callable:
    return changed(lambda nb: nb.cells.append(NotebookNode(cell(nb, name).copy(), id="another")))


def with_outputs(notebook) -> bytes:
    output = new_output("stream", name="stdout", text="x" * (reading.LARGE_OUTPUTS + 1000))
    cell(notebook, "setup").outputs = [output]
    return dumps(notebook).encode()


@pytest.mark.parametrize(
    ("make", "note"),
    [
        (as_format_3, "saved in format 3 of notebooks"),
        (lambda nb: codecs.BOM_UTF8 + dumps(nb).encode(), "UTF-8 with a byte order mark"),
        (lambda nb: dumps(nb).encode("utf-16"), "the file is UTF-16"),
        (lambda nb: dumps(nb).replace("numbers", "Zähler").encode("latin-1"), "is Latin-1"),
        (lambda nb: dumps(nb).replace("\n", "\r\n").encode(), "lines end as on Windows"),
        (lambda nb: dumps(nb).replace(r"\n", r"\r\n").encode(), "lines end as on Windows"),
        (
            changed(lambda nb: nb.metadata.kernelspec.update(name="torch")),
            "made for the kernel 'torch', graded with 'python3'",
        ),
        (nbgraders("mean", points=100), "points were changed, ours count: mean"),
        (nbgraders("mean", locked=False), "settings were changed, ours count: mean"),
        (nbgraders("setup", schema_version=1), "another version, ours are taken: setup"),
        (nbgraders("mean-solution", grade_id="mine"), "lost or changed, found again"),
        (nbgraders("mean", grade_id="mine"), "found again by text, name or place: mean"),
        (lambda nb: dumps(stripped(nb)).encode(), "ids were lost or changed"),
        (copied("mean"), "several copies of a cell that is ours, taken once: mean"),
        (copied("setup"), "several copies of a cell that is ours, taken once: setup"),
        (copied("sketch"), "several copies of a cell that is ours, taken once: sketch"),
        (copied("mean-solution"), "several copies of an answer, the last one counts"),
        (changed(lambda nb: nb.cells.remove(cell(nb, "mean"))), "missing and put back: mean"),
        (with_outputs, "stored outputs of 20 MB are left out"),
    ],
)
def test_whatever_was_put_right_is_noted_and_costs_nothing(make, note):
    given = release_notebook(solved())
    text, notes = intake.clean(make(written()), given)
    assert any(note in said for said in notes), notes
    assert len("; ".join(notes)) < 250
    clean = loads(text)
    assert cell(clean, "why").source == "Because."
    assert "x + x" in cell(clean, "double-solution").source
    assert cell(clean, "mean").metadata == cell(given, "mean").metadata
    assert "\r" not in text.encode("unicode_escape").decode().replace(r"\n", "")


def as_jupyterlab_saves(notebook) -> None:
    """What a usual JupyterLab adds: another title of the same kernel, counts, outputs, editors."""
    notebook.metadata.kernelspec.display_name = "Python 3 (ipykernel)"
    notebook.metadata.language_info.version = "3.12.1"
    for number, one in enumerate(notebook.cells):
        one.metadata.update(editable=number % 2 == 0, trusted=True)
        if one.cell_type == "code":
            one.execution_count = number
            one.outputs = [new_output("stream", name="stdout", text="progress\rprogress\n")]


def as_before_cell_ids(notebook) -> None:
    notebook.nbformat_minor = 4
    for one in notebook.cells:
        del one["id"]


@pytest.mark.parametrize("change", [lambda nb: None, as_jupyterlab_saves, as_before_cell_ids])
@pytest.mark.parametrize("make", [written, lambda: release_notebook(solved()), solved])
def test_a_usual_submission_needs_no_note(make, change):
    assert intake.clean(changed(change)(make()), release_notebook(solved()))[1] == []


def chosen(folder: Path, given) -> str:
    """What is noted of the only student's notebooks."""
    (submission,) = intake.find(folder, NAME)
    received, packet = intake.receive(submission, "count")
    _, notes = intake.clean(packet.content, given)
    return "; ".join([*received.notes, *notes])


def test_of_several_notebooks_the_one_with_most_answers_is_graded(tmp_path):
    given = release_notebook(solved())
    room = Class(Course(tmp_path), tmp_path / "in")
    works = {"a10.ipynb": written(), "a9.ipynb": written(), "z.ipynb": given}
    for name, notebook in works.items():
        room.hand_in("ann", notebook, name)
        os.utime(room.folder / "ann" / name, (10**9, 10**9))
    several = "several notebooks, {} was graded; not graded: "
    assert several.format("'a10.ipynb'") in chosen(room.folder, given)
    os.utime(room.folder / "ann" / "a9.ipynb", (2 * 10**9, 2 * 10**9))
    assert several.format("'a9.ipynb'") in chosen(room.folder, given)
    room.hand_in("ann", given)  # the right name, and nothing in it
    assert several.format("'a9.ipynb'") in chosen(room.folder, given)
    room.hand_in("ann", written("double = abs"))
    assert several.format("'count.ipynb'") in chosen(room.folder, given)
    room.hand_in("ann", "no notebook")
    assert several.format("'a9.ipynb'") in chosen(room.folder, given)
    assert "'count.ipynb' (broken JSON in line 1" in chosen(room.folder, given)


def test_a_file_that_looks_like_several_is_one(tmp_path):
    room = Class(Course(tmp_path), tmp_path / "in")
    room.hand_in("ann", 'several notebooks\n[["a", true, 2]]\n{}')
    (submission,) = intake.find(room.folder, NAME)
    _, packet = intake.receive(submission, "count")
    with pytest.raises(Refused, match="broken JSON in line 1"):
        intake.clean(packet.content, release_notebook(solved()))


def test_a_student_with_a_folder_and_a_file_is_graded_once_and_resumed_once(tmp_path):
    room = Class(fresh_course(tmp_path / "course"), tmp_path / "in")
    course = room.course
    room.hand_in("ann", half_done(course))
    (room.folder / "ann.ipynb").write_text(dumps(released(course)), encoding="utf-8")
    options = {"submissions": room.folder, "resume": True, "tell": str}
    for _ in range(2):
        (outcome,) = grade(course, course.lessons()[0], **options)
        note = "several notebooks, 'ann/count.ipynb' was graded; not graded: 'ann.ipynb'"
        assert (outcome.status, outcome.notes) == ("graded", [note])
    told: list[str] = []
    grade(course, course.lessons()[0], **{**options, "tell": told.append})
    assert told == ["1 were graded before, 0 are left"]
    (room.folder / "ann.ipynb").write_text(dumps(solved()), encoding="utf-8")
    (outcome,) = grade(course, course.lessons()[0], **options)
    assert "'ann.ipynb' was graded" in outcome.notes[0]
    with gradebook(course) as book:
        assert book.find_submission(NAME, "ann").score == AUTO_POINTS


def test_only_pictures_are_taken_over_with_a_text(tmp_path):
    course = fresh_course(tmp_path)
    handed_in = solved()
    bundle = {"image/png": "AAAA", "image/gif": 'A" onerror="x()', "text/html": "AAAA"}
    attached = {"a.png": bundle, "b": {"image/png": ["AAAA"]}, "c": {}, "d": 1}
    cell(handed_in, "why").attachments = attached
    cell(handed_in, "sketch").attachments = attached  # not an answer: the instructor's own
    handed_in.cells.append(new_markdown_cell("![a](attachment:a.png)"))
    handed_in.cells[-1].attachments = attached
    clean, _ = rebuild(released(course), handed_in)
    kept = {"a.png": {"image/png": "AAAA"}}
    assert [c.get("attachments") for c in clean.cells[-3:]] == [kept, None, kept]
    assert loads(dumps(clean)) == clean


def test_a_learners_cell_keeps_its_id_unless_it_cannot_be_one_or_is_anothers(tmp_path):
    course = fresh_course(tmp_path)
    handed_in = released(course)
    before = len(handed_in.cells)
    for name in ("mine", "mine", "free-1", "a b", 3, "x" * 65, "double"):
        handed_in.cells.append(new_code_cell("1"))
        handed_in.cells[-1].id = name
    del handed_in.cells[-2]["id"]
    clean, _ = rebuild(released(course), handed_in)
    found = [c.id for c in clean.cells]
    assert found[before:] == ["mine", "free-1", *(f"free-{n}" for n in range(2, 7))]
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("name", ["a*", "a[b]", "-rf", "x" * 200, "a\nb"])
def test_a_folder_that_cannot_be_a_students_id_is_refused(tmp_path, name):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).mkdir()
    found = intake.find(tmp_path / "in", NAME)
    received, _ = intake.receive(found[0], "count")
    assert received.status == "refused"
    assert "cannot be a student's id" in received.notes[0]


def test_spreadsheet_formulas_in_marks_are_quoted(tmp_path):
    write(tmp_path / "m.csv", [Mark("=cmd()", NAME, 1.5, 2.0, 0, 0, "graded", "+1")])
    assert "'=cmd(),07_count,1.5,2,0,0,graded,'+1" in (tmp_path / "m.csv").read_text()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["grade", "8"], "no lesson is called '8'"),
        (["grade", "7", "--submissions", "nowhere"], "no such folder"),
        (["grade", "7", "--due", "soon"], "'soon' is not a time"),
        (["feedback", "7"], "nobody is graded yet"),
        (["import", "7"], "no such notebook"),
    ],
)
def test_a_wrong_command_is_answered_in_one_line(tmp_path, capsys, arguments, word):
    course = make_course(tmp_path)
    assert main(["--course", str(course.root), *arguments]) == 1
    told = capsys.readouterr().err
    assert word in told
    assert "Traceback" not in told


def test_help_lists_every_command(capsys):
    with pytest.raises(SystemExit) as end:
        main(["--help"])
    assert end.value.code == 0
    told = capsys.readouterr().out
    for command in ["build", "edit", "import", "release", "grade", "feedback", "marks"]:
        assert f"    {command} " in told


def test_a_release_with_submissions_refuses_new_cells_with_a_reason(room):
    course = room.course
    lesson = course.find("7")
    text = lesson.path.read_text(encoding="utf-8")
    more = '\n# %% [markdown] answer="more" points=1\n# Model.\n'
    lesson.path.write_text(text + more, encoding="utf-8")
    try:
        with pytest.raises(CourseError, match="Cannot add or remove cells"):
            release(course, lesson)
    finally:
        lesson.path.write_text(text, encoding="utf-8")
        edit(course, lesson, discard=True)
        release(course, lesson)


def nbgrader(course: Course, *arguments: str) -> str:
    """Run nbgrader's own command in the course's folder, without an activated environment."""
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course.grading,
        env={**os.environ, "PATH": os.defpath},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_nbgraders_own_commands_work_on_the_course(tmp_path):
    course = fresh_course(tmp_path)
    lesson = course.find("7")
    edit(course, lesson)
    nbgrader(course, "generate_assignment", NAME)
    archive = course.grading / "downloaded" / NAME / "archive"
    archive.mkdir(parents=True)
    for student, notebook in (("ann", solved()), ("bob", released(course))):
        name = f"{student}_{NAME}_attempt_2026-01-01-12-00-00_count.ipynb"
        (archive / name).write_text(dumps(notebook), encoding="utf-8")
    named = rf".*/(?P<student_id>\w+)_{NAME}_attempt_(?P<timestamp>[0-9-]+)_(?P<file_id>\w+)"
    nbgrader(course, "zip_collect", NAME, f"--FileNameCollectorPlugin.named_regexp={named}")
    assert (course.grading / "submitted" / "ann" / NAME / "count.ipynb").is_file()
    nbgrader(course, "autograde", NAME)
    nbgrader(course, "generate_feedback", NAME)
    nbgrader(course, "export", "--to=grades.csv")
    with (course.grading / "grades.csv").open(encoding="utf-8") as file:
        scores = {row["student_id"]: float(row["raw_score"]) for row in csv.DictReader(file)}
    assert scores == {"ann": AUTO_POINTS, "bob": 0}
    valid = course.grading / "submitted" / "ann" / NAME / "count.ipynb"
    assert "Success" in nbgrader(course, "validate", str(valid))
    empty = course.grading / "submitted" / "bob" / NAME / "count.ipynb"
    assert "VALIDATION FAILED ON 3 CELL(S)" in nbgrader(course, "validate", str(empty))
    told = grade(course, lesson, tell=str)
    assert [(o.student, o.status) for o in told] == [("ann", "graded"), ("bob", "graded")]


@pytest.mark.slow
def test_a_submission_comes_in_through_nbgraders_exchange(tmp_path):
    course = fresh_course(tmp_path / "course")
    learner = Course(tmp_path / "learner")
    learner.grading.mkdir(parents=True)
    shared = tmp_path / "exchange"
    shared.mkdir()
    shared.chmod(0o777)
    exchange = [f"--Exchange.root={shared}", "--course=convnet-course"]
    release(course, course.find("7"), "2000-01-01 00:00 UTC")
    nbgrader(course, "release_assignment", NAME, *exchange)
    nbgrader(learner, "fetch_assignment", NAME, *exchange)
    (learner.grading / NAME / "count.ipynb").write_text(dumps(half_done(course)), encoding="utf-8")
    nbgrader(learner, "submit", NAME, *exchange)
    nbgrader(course, "collect", NAME, *exchange)
    assert main(["--course", str(course.root), "grade", "7"]) == 0
    (row,) = Class(course, tmp_path / "unused").marks().values()
    assert (row["score"], row["status"], row["note"]) == ("2", "graded", "")
    assert int(row["late_seconds"]) > 0
    nbgrader(course, "release_feedback", NAME, *exchange)
    nbgrader(learner, "fetch_feedback", NAME, *exchange)
    assert list((learner.grading / NAME / "feedback").rglob("count.html"))


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(x.assignment, marks=[pytest.mark.slow] if x.number > "00" else [])
        for x in Course(ROOT).lessons()
    ],
)
@pytest.mark.timeout(900)
def test_the_real_lessons_give_full_marks_no_marks_and_some(tmp_path, name):
    lesson = Course(ROOT).find(name)
    text = lesson.path.read_text(encoding="utf-8")
    room = Class(make_course(tmp_path / "course", text, lesson.path.name), tmp_path / "in")
    build(room.course)
    answers = source_notebook(read_lesson(lesson.path))
    half = released(room.course)
    first = next(c for c in answers.cells if c.id.endswith("-solution"))
    cell(half, first.id).source = first.source
    points = cell(half, first.id.removesuffix("-solution")).metadata.nbgrader.points
    flags = [c.metadata.get("nbgrader", {}) for c in answers.cells]
    automatic = sum(f["points"] for f in flags if f.get("grade") and not f["solution"])
    by_hand = sum(f.get("points", 0) for f in flags) - automatic
    file = f"{lesson.topic}.ipynb"
    room.hand_in("solved", answers, file)
    room.hand_in("untouched", released(room.course), file)
    room.hand_in("half and late", half, file, when="2026-01-02 00:01:40 UTC")
    room.hand_in("broken", dumps(answers)[:-100], file)
    command = ["--course", str(room.course.root), "grade", lesson.number]
    command += ["--due", "2026-01-02 00:00 UTC"]
    assert main([*command, "--submissions", str(room.folder)]) == 0
    marks = room.marks()
    assert {s: float(row["score"]) for s, row in marks.items()} == {
        "solved": automatic,
        "untouched": 0,
        "half and late": points,
        "broken": 0,
    }
    assert {s: row["status"] for s, row in marks.items() if row["status"] != "graded"} == {
        "broken": "refused"
    }
    assert marks["half and late"]["late_seconds"] == "100"
    assert float(marks["solved"]["max_score"]) == automatic + by_hand
    assert (int(marks["solved"]["hand_marks_pending"]) > 0) == (by_hand > 0)


def test_several_at_a_time_get_the_same_marks_and_resume_leaves_out_what_is_graded(tmp_path):
    room = Class(fresh_course(tmp_path / "course"), tmp_path / "handed in")
    course = room.course
    room.hand_in("half", half_done(course))
    room.hand_in("solved", solved())
    told: list[str] = []
    options = {"submissions": room.folder, "jobs": 2, "tell": told.append}
    grade(course, course.find("7"), **options)
    with gradebook(course) as book:
        assert [book.find_submission(NAME, s).score for s in ("half", "solved")] == [2, 5]
    room.hand_in("half", solved())
    told.clear()
    outcomes = grade(course, course.find("7"), resume=True, **options)
    assert told == ["1 were graded before, 1 are left", "half: graded"]
    assert sorted(o.student for o in outcomes) == ["half", "solved"]
    with gradebook(course) as book:
        assert book.find_submission(NAME, "half").score == 5


def test_good_work_after_a_refused_file_gets_what_it_would_have_got_at_once(tmp_path):
    def rows(course: Course, student: str) -> list[tuple]:
        with gradebook(course) as book:
            grades = book.find_submission_notebook("count", NAME, student).grades
            return sorted((g.name, g.auto_score, bool(g.needs_manual_grade)) for g in grades)

    course = fresh_course(tmp_path / "course")
    room = Class(course, tmp_path / "in")
    room.hand_in("ann", "no notebook")
    grade(course, course.lessons()[0], submissions=room.folder)
    room.hand_in("ann", half_done(course))
    room.hand_in("bob", half_done(course))
    grade(course, course.lessons()[0], submissions=room.folder)
    assert rows(course, "ann") == rows(course, "bob")
