"""Can an instructor edit a lesson in JupyterLab and lose nothing on the way there and back?"""

from pathlib import Path

import pytest
from lessons_fixture import LESSON, cell, make_course
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from autograde.build import build
from autograde.cli import main
from autograde.course import Course, CourseError
from autograde.editing import edit, fold, import_edits, unimported
from autograde.notebook import dumps, loads, source_notebook
from autograde.releasing import release
from autograde.rules import examine

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def course(tmp_path):
    made = make_course(tmp_path)
    edit(made, made.find("7"))
    return made


def opened(course: Course) -> NotebookNode:
    return loads(course.source_notebook(course.find("7")).read_text(encoding="utf-8"))


def save(course: Course, notebook: NotebookNode) -> None:
    course.source_notebook(course.find("7")).write_text(dumps(notebook), encoding="utf-8")


def source(course: Course) -> str:
    return course.find("7").path.read_text(encoding="utf-8")


def toolbar(cell_: NotebookNode, grade_id: str, **flags: object) -> NotebookNode:
    """Mark a cell as the Create Assignment toolbar does."""
    base = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False}
    cell_.metadata["nbgrader"] = NotebookNode({**base, "grade_id": grade_id, **flags})
    return cell_


def test_the_way_there_and_back_is_byte_identical(course):
    lesson = course.find("7")
    before = source(course)
    assert import_edits(course, lesson) is False
    assert fold(opened(course), before) == before
    assert source(course) == before


@pytest.mark.parametrize(
    "lesson", Course(__import__("pathlib").Path(__file__).parents[1]).lessons()
)
def test_every_lesson_survives_the_way_there_and_back(lesson):
    text = lesson.path.read_text(encoding="utf-8")
    assert fold(source_notebook(examine(text)[0]), text) == text


def test_a_notebook_only_run_and_saved_is_no_edit(course):
    notebook = opened(course)
    notebook.metadata.language_info.version = "3.12.1"
    for one in notebook.cells:
        if one.cell_type == "code":
            one.execution_count = 3
            one.outputs = [new_output("stream", name="stdout", text="hello\n")]
        one.metadata["jupyter"] = {"source_hidden": True}
    save(course, notebook)
    assert unimported(course, course.find("7")) == ""
    assert import_edits(course, course.find("7")) is False
    assert source(course) == LESSON


def test_edited_text_and_points_come_through_and_nothing_else_changes(course):
    notebook = opened(course)
    cell(notebook, "mean").metadata.nbgrader.points = 4
    cell(notebook, "setup").source += "\nfrom math import sqrt"
    save(course, notebook)
    assert import_edits(course, course.find("7")) is True
    expected = LESSON.replace('test="mean" points=3', 'test="mean" points=4').replace(
        "import isclose\n", "import isclose\nfrom math import sqrt\n"
    )
    assert source(course) == expected
    build(course)
    assert import_edits(course, course.find("7")) is False


def test_a_new_exercise_made_with_the_toolbar_comes_through(course):
    notebook = opened(course)
    text = "def half(x):\n    ### BEGIN SOLUTION\n    return x / 2\n    ### END SOLUTION"
    notebook.cells[-2:-2] = [
        new_markdown_cell("Halve.  \nCarefully.\n\n- once"),
        toolbar(new_code_cell(text), "cell-1a2b3c", solution=True),
        toolbar(
            new_code_cell("assert half(4) == 2"), "cell-4d5e", grade=True, locked=True, points=2
        ),
    ]
    save(course, notebook)
    assert import_edits(course, course.find("7")) is True
    new = (
        "# %% [markdown]\n# Halve.  \n# Carefully.\n#\n# - once\n\n"
        f'# %% solve="half"\n{text}\n\n# %% test="half" points=2\nassert half(4) == 2\n\n'
    )
    where = LESSON.index("# %% [markdown] answer")
    assert source(course) == LESSON[:where] + new + LESSON[where:]


def test_written_answers_tasks_and_locks_of_the_toolbar_come_through(course):
    notebook = opened(course)
    notebook.cells += [
        toolbar(new_markdown_cell("Model."), "say", grade=True, solution=True, points=1.5),
        toolbar(new_markdown_cell("Draw."), "draw", task=True, locked=True, points=1),
        toolbar(new_code_cell("x = 1"), "fixed", locked=True),
    ]
    save(course, notebook)
    import_edits(course, course.find("7"))
    assert source(course) == LESSON + (
        '\n# %% [markdown] answer="say" points=1.5\n# Model.\n'
        '\n# %% [markdown] task="draw" points=1\n# Draw.\n'
        '\n# %% lock="fixed"\nx = 1\n'
    )


def test_moved_and_deleted_cells_come_through(course):
    notebook = opened(course)
    hello = next(c for c in notebook.cells if "hello" in c.source)
    notebook.cells.remove(hello)
    notebook.cells.append(hello)
    save(course, notebook)
    import_edits(course, course.find("7"))
    text = '# %% only="notebook"\nprint("hello")\n'
    assert source(course) == LESSON.replace(text + "\n", "") + "\n" + text


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda nb: nb.cells.remove(cell(nb, "mean")), "cell 7: exercise 'mean' has no check"),
        (lambda nb: cell(nb, "mean").metadata.nbgrader.update(points=0), "greater than 0"),
        (
            lambda nb: cell(nb, "double-solution").update(source="def double(x): pass"),
            "cell 5: a solve",
        ),
        (
            lambda nb: cell(nb, "setup").update(source="%matplotlib inline"),
            "cell 2: a notebook magic",
        ),
        (lambda nb: cell(nb, "why").metadata.nbgrader.update(grade_id="mean"), "was used in"),
        (lambda nb: cell(nb, "setup").update(source="# %% [markdown]\nx = 1"), "begins with"),
        (lambda nb: nb.cells.append(new_raw_cell("raw")), "is a raw cell"),
    ],
)
def test_an_edit_that_breaks_a_rule_is_named_and_changes_nothing(course, spoil, words):
    notebook = opened(course)
    spoil(notebook)
    save(course, notebook)
    with pytest.raises(CourseError) as caught:
        import_edits(course, course.find("7"))
    assert words in str(caught.value)
    assert source(course) == LESSON


@pytest.mark.parametrize(
    "command", [build, lambda c: edit(c, c.find("7")), lambda c: release(c, c.find("7"))]
)
def test_nothing_overwrites_edits_that_were_not_imported(course, command):
    notebook = opened(course)
    cell(notebook, "double").metadata.nbgrader.points = 7
    save(course, notebook)
    with pytest.raises(CourseError, match=r"count\.ipynb holds edits .*import 07"):
        command(course)
    assert cell(opened(course), "double").metadata.nbgrader.points == 7
    import_edits(course, course.find("7"))
    command(course)


def test_edits_can_be_dropped_on_purpose(course, capsys):
    notebook = opened(course)
    cell(notebook, "double").metadata.nbgrader.points = 7
    save(course, notebook)
    assert main(["--course", str(course.root), "edit", "7"]) == 1
    assert "--discard" in capsys.readouterr().err
    assert main(["--course", str(course.root), "edit", "7", "--discard"]) == 0
    assert cell(opened(course), "double").metadata.nbgrader.points == 2


def test_when_source_and_notebook_both_changed_neither_is_lost(course):
    notebook = opened(course)
    cell(notebook, "double").metadata.nbgrader.points = 7
    save(course, notebook)
    make_course(course.root, LESSON.replace("hello", "good morning"))
    with pytest.raises(CourseError, match="has changed since the notebook was built"):
        import_edits(course, course.find("7"))
    assert "good morning" in source(course)


def test_an_untouched_notebook_follows_the_source(course):
    make_course(course.root, LESSON.replace("hello", "good morning"))
    build(course)
    edit(course, course.find("7"))
    assert any("good morning" in c.source for c in opened(course).cells)


def test_a_missing_or_damaged_notebook_is_named(course):
    lesson = course.find("7")
    course.source_notebook(lesson).write_text("{", encoding="utf-8")
    with pytest.raises(CourseError, match="not a notebook"):
        import_edits(course, lesson)
    course.source_notebook(lesson).unlink()
    with pytest.raises(CourseError, match="no such notebook"):
        import_edits(course, lesson)
