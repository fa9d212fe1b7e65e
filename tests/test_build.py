"""Does the build give learners what nbgrader would, the same every time, and no answers?"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from lessons_fixture import ALL_POINTS, LESSON, STUB, cell, make_course

from autograde.build import build, read_lessons, release_text
from autograde.cells import LessonError
from autograde.cli import main
from autograde.course import Course, CourseError
from autograde.editing import edit
from autograde.notebook import dumps, loads, release_notebook, source_notebook
from autograde.rules import examine

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOK = "notebooks/07_count/count.ipynb"


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path)


def real_lessons():
    return Course(ROOT).lessons()


def generate_assignment(course: Course, *, with_config: bool) -> str:
    """What nbgrader's own command releases, run without an activated environment."""
    for lesson in course.lessons():
        edit(course, lesson)
    if with_config:
        shutil.copy(ROOT / "autograde" / "nbgrader_config.py", course.grading)
    environment = {**os.environ, "PATH": os.defpath, "HOME": str(course.root)}
    if not with_config:  # nbgrader itself, with its own settings, needs alembic on the PATH
        environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}"
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", "07_count"],
        cwd=course.grading,
        env=environment,
        check=True,
        capture_output=True,
        timeout=120,
    )
    return (course.grading / "release/07_count/count.ipynb").read_text(encoding="utf-8")


def test_two_builds_give_the_same_bytes(course, tmp_path):
    build(course)
    first = (course.root / NOTEBOOK).read_bytes()
    other = make_course(tmp_path / "elsewhere")
    build(other)
    assert (other.root / NOTEBOOK).read_bytes() == first
    assert build(course).unchanged == [NOTEBOOK, "notebooks/README.md"]


def test_the_notebook_is_valid_and_portable(course):
    build(course)
    notebook = json.loads((course.root / NOTEBOOK).read_text(encoding="utf-8"))
    nbformat.validate(notebook)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    ids = [c["id"] for c in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    assert {"double-solution", "double", "mean", "why", "sketch", "setup"} <= set(ids)


def test_changing_one_cell_changes_no_other_cells_id(course):
    before = [c.id for c in source_notebook(examine(LESSON)[0]).cells]
    after = [c.id for c in source_notebook(examine(LESSON.replace("hello", "bye"))[0]).cells]
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


def test_equal_cells_get_different_ids():
    notebook = source_notebook(examine(LESSON + "\n# %%\nprint(1)\n\n# %%\nprint(1)\n")[0])
    assert notebook.cells[-1].id == notebook.cells[-2].id + "-2"


@pytest.mark.parametrize("with_config", [True, False], ids=["our configuration", "nbgrader alone"])
def test_the_build_equals_what_nbgrader_releases(course, with_config):
    if not with_config:  # nbgrader alone knows nothing of lecture cells
        text = LESSON.replace('only="lecture" ', "").replace('only="notebook"', "")
        make_course(course.root, text.replace("# %% \n", "# %%\n"))
    build(course)
    built = (course.root / NOTEBOOK).read_text(encoding="utf-8")
    assert generate_assignment(course, with_config=with_config) == built


def test_answers_are_cleared_and_the_rest_is_kept(course):
    build(course)
    notebook = loads((course.root / NOTEBOOK).read_text(encoding="utf-8"))
    assert cell(notebook, "double-solution").source == (
        f'def double(x):\n    """Twice x."""\n    {STUB}'
    )
    assert cell(notebook, "why").source == "YOUR ANSWER HERE"
    assert "MARK SCHEME" not in cell(notebook, "sketch").source
    assert cell(notebook, "double").source == "assert double(2) == 4"
    assert "HIDDEN" not in cell(notebook, "mean").source
    assert cell(notebook, "mean").metadata.editable is False
    assert cell(notebook, "mean").metadata.deletable is False
    assert not any("Ask the audience" in c.source for c in notebook.cells)
    assert any(c.source == 'print("hello")' for c in notebook.cells)


def secrets(text: str) -> list[str]:
    """Every line, longer than 20 signs, that stands in a block the learner must not see."""
    found, inside = [], False
    cells, _ = examine(text)
    public = [c.text for c in cells if c.marker.role not in ("solve", "test", "answer", "task")]
    for one in cells:
        answer = one.marker.role == "answer" and "BEGIN SOLUTION" not in one.text
        for line in one.text.split("\n"):
            if "### END" in line:
                inside = False
            if (inside or answer) and len(line.strip()) > 20:
                found.append(line.strip())
            inside = inside or "### BEGIN" in line
    return [line for line in found if not any(line in other for other in public)]


@pytest.mark.parametrize("name", ["fixture", *(x.assignment for x in real_lessons())])
def test_no_line_of_an_answer_is_in_what_learners_get(name):
    text = LESSON if name == "fixture" else Course(ROOT).find(name).path.read_text(encoding="utf-8")
    released = dumps(release_notebook(source_notebook(examine(text)[0])))
    hidden = secrets(text)
    assert hidden
    visible = {line.strip() for c in loads(released).cells for line in c.source.split("\n")}
    assert [line for line in hidden if line in visible] == []
    assert "BEGIN SOLUTION" not in released


def test_run_all_goes_on_after_an_unsolved_exercise(course):
    build(course)
    notebook = loads((course.root / NOTEBOOK).read_text(encoding="utf-8"))
    tagged = {c.id for c in notebook.cells if "raises-exception" in c.metadata.get("tags", [])}
    assert tagged == {"double-solution", "double", "mean-solution", "mean"}


def test_check_writes_nothing_and_names_what_is_out_of_date(course, capsys):
    command = ["--course", str(course.root), "build"]
    assert main([*command, "--check"]) == 1
    assert f"{NOTEBOOK}: out of date" in capsys.readouterr().err
    assert not course.notebooks.exists()
    assert main(command) == 0
    assert main([*command, "--check"]) == 0
    make_course(course.root, LESSON.replace("hello", "good morning"))
    capsys.readouterr()
    assert main([*command, "--check"]) == 1
    told = capsys.readouterr().err
    assert f"{NOTEBOOK}: out of date" in told
    assert "README" not in told


def test_the_notebook_of_a_lesson_that_is_gone_is_named_and_removed(course, capsys):
    build(course)
    (course.solutions / "07_count.py").rename(course.solutions / "08_count.py")
    own = course.notebooks / "07_count" / "my copy.ipynb"
    own.write_text("{}", encoding="utf-8")
    assert main(["--course", str(course.root), "build", "--check"]) == 1
    assert f"{NOTEBOOK}: no lesson makes this file" in capsys.readouterr().err
    assert build(course).removed == [NOTEBOOK]
    assert not (course.root / NOTEBOOK).exists()
    assert own.exists(), "a learner's own copy is nobody's to delete"


def test_a_broken_lesson_stops_the_build_and_every_file_is_named(course, capsys):
    make_course(course.root, LESSON.replace("sovle", "solve"), "08_good.py")
    make_course(course.root, LESSON.replace("points=2", "points=-2", 1))
    make_course(course.root, LESSON.replace('solve="mean"', 'sovle="mean"'), "09_bad.py")
    assert main(["--course", str(course.root), "build"]) == 1
    told = capsys.readouterr().err
    assert "solutions/07_count.py:24: points=-2" in told
    assert "solutions/09_bad.py:27: unknown marker key 'sovle'" in told
    assert "08_good" not in told
    assert not course.notebooks.exists()


def test_one_lesson_can_be_built_alone(course):
    make_course(course.root, LESSON, "08_other.py")
    assert build(course, ["count"]).written == [NOTEBOOK, "notebooks/README.md"]
    assert build(course, ["8"]).written == ["notebooks/08_other/other.ipynb"]


@pytest.mark.parametrize(
    ("name", "word"),
    [("Lesson.py", "is named like"), ("07_again.py", "same number"), ("7_a.py", "is named like")],
)
def test_a_misnamed_lesson_is_an_error(course, name, word):
    make_course(course.root, LESSON, name)
    with pytest.raises(CourseError, match=word):
        build(course)


def test_an_unknown_lesson_is_an_error_with_a_guess(course):
    with pytest.raises(CourseError, match="did you mean 07_count"):
        course.find("07_cuont")


def test_a_file_that_is_not_utf8_is_named(course):
    (course.solutions / "08_odd.py").write_bytes(b"# %% [markdown]\n# # \xff\n")
    with pytest.raises(LessonError, match=r"08_odd\.py:1: not UTF-8"):
        build(course)


def test_the_index_lists_every_lesson(course):
    build(course)
    page = (course.notebooks / "README.md").read_text(encoding="utf-8")
    lesson = "[07 Count: double and divide](07_count/count.ipynb)"
    assert f"| {lesson} | 5 | Two functions about numbers | {ALL_POINTS} |" in page


def test_the_committed_notebooks_are_up_to_date():
    built = build(Course(ROOT), check=True)
    assert (built.written, built.removed) == ([], [])


def test_the_points_of_the_lessons_are_those_of_the_checks():
    from course.checks import exercises

    known = exercises()
    cells = read_lessons(Course(ROOT), real_lessons())
    for lesson, content in cells.items():
        tests = {c.marker.id: c.marker.points for c in content if c.marker.role == "test"}
        assert tests == {name: known[name].points for name in tests}, lesson.assignment


def test_release_text_is_what_build_writes(course):
    build(course)
    cells = read_lessons(course, course.lessons())[course.find("7")]
    assert release_text(course, cells) == (course.root / NOTEBOOK).read_text(encoding="utf-8")
