"""Is every cell marker read as the design says, and every slip refused with its line?"""

from pathlib import Path

import jupytext
import pytest
from lessons_fixture import LESSON

from autograde import markers
from autograde.cells import magics, split
from autograde.course import Course
from autograde.rules import examine

ROOT = Course(Path(__file__).resolve().parent.parent)
OPENING = "# %% [markdown]\n# # Title\n# 5 minutes\n\n"
EXERCISE = (
    '# %% solve="f"\ndef f():\n    ### BEGIN SOLUTION\n    return 1\n    ### END SOLUTION\n\n\n'
    '# %% test="f" points=1\nassert f() == 1\n'
)


def complaints(text: str) -> list[str]:
    """What examine says, as 'line: text'."""
    return [f"{p.line}: {p.text}" for p in examine(text)[1]]


def test_a_lesson_with_every_kind_of_cell_is_accepted():
    assert complaints(LESSON) == []
    assert complaints(OPENING + EXERCISE) == []


@pytest.mark.parametrize(
    ("line", "flags"),
    [
        ('# %% solve="f"', {"grade": False, "solution": True, "locked": False, "task": False}),
        (
            '# %% test="f" points=4',
            {"grade": True, "solution": False, "locked": True, "task": False},
        ),
        (
            '# %% [markdown] answer="why" points=2',
            {"grade": True, "solution": True, "locked": False, "task": False},
        ),
        (
            '# %% [markdown] task="sketch" points=3',
            {"grade": False, "solution": False, "locked": True, "task": True},
        ),
        ('# %% lock="setup"', {"grade": False, "solution": False, "locked": True, "task": False}),
    ],
)
def test_each_marker_becomes_the_metadata_nbgrader_expects(line, flags):
    marker = markers.parse(line)
    assert marker.problems == ()
    found = marker.metadata["nbgrader"]
    assert {key: found[key] for key in flags} == flags
    assert found["schema_version"] == 3
    assert str(marker) == line
    assert ("points" in found) == ("points=" in line)


def test_the_exercise_and_its_check_have_ids_that_belong_together():
    assert markers.parse('# %% solve="im2col"').grade_id == "im2col-solution"
    assert markers.parse('# %% test="im2col" points=4').grade_id == "im2col"


def test_slide_and_audience_can_be_added_to_an_ordinary_cell():
    marker = markers.parse('# %% [markdown] slide="fragment" only="lecture"')
    assert marker.problems == ()
    assert marker.metadata == {
        "slideshow": {"slide_type": "fragment"},
        "course": {"only": "lecture"},
    }


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ('# %% sovle="f"', "did you mean 'solve'"),
        ('# %% test="f" point=4', "did you mean 'points'"),
        ('# %% test="f"', "needs points"),
        ('# %% test="f" points=-1', "greater than 0"),
        ('# %% test="f" points=0', "greater than 0"),
        ('# %% test="f" points=nan', "greater than 0"),
        ('# %% test="f" points=inf', "greater than 0"),
        ('# %% test="f" points="4"', "plain number"),
        ('# %% test="f" points=four', "plain number"),
        ("# %% solve=f", "double quotes"),
        ("# %% solve='f'", "double quotes"),
        ('# %% solve="f', "cannot read"),
        ('# %% solve = "f"', "cannot read"),
        ('# %% solve="f"test="g"', "cannot read"),
        ('# %% solve="f" solve="g"', "twice"),
        ('# %% solve="f" test="f"', "not several"),
        ('# %% solve="f" points=3', "carries no points"),
        ('# %% lock="f" points=3', "carries no points"),
        ("# %% points=3", "points without"),
        ('# %% solve=""', "an id is"),
        ('# %% solve="2f"', "an id is"),
        ('# %% lock="set up"', "an id is"),
        ('# %% solve="not-a-name"', "Python function"),
        ('# %% [markdown] solve="f"', "belongs in a code cell"),
        ('# %% answer="why" points=1', "belongs in a markdown cell"),
        ('# %% task="why" points=1', "belongs in a markdown cell"),
        ('# %% [markdown] test="f" points=1', "belongs in a code cell"),
        ('# %% slide="slides"', "there are: slide"),
        ('# %% only="students"', "there are: lecture"),
        ('# %% test="f" points=1 only="lecture"', "cannot be said"),
        ("# %% a title", "cannot read"),
        ("# %% [raw]", "cannot read"),
        ("# %% [md]", "cannot read"),
        ("#%%", "not a cell marker"),
        ("# %%% deeper", "not a cell marker"),
        ("#  %% [markdown]", "not a cell marker"),
        ("# %%[markdown]", "not a cell marker"),
        ("# %%time", "not a cell marker"),
    ],
)
def test_a_slip_in_a_marker_is_an_error_with_its_line(line, word):
    found = complaints(OPENING + line + "\n")
    assert any(text.startswith("5: ") and word in text for text in found), found


def _wrong(old, new, line, word):
    return pytest.param(old, new, line, word, id=f"{word[:30]}-{line}")


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        _wrong(
            '# %% test="mean" points=3', '# %% test="double" points=3', 36, "was used in line 24"
        ),
        _wrong('# %% lock="setup"', '# %% lock="double"', 24, "was used in line 6"),
        _wrong('# %% test="double" points=2\nassert double(2) == 4\n', "", 15, "has no check"),
        _wrong('# %% solve="double"', "# %%", 24, "no exercise with that id"),
        _wrong('# %% solve="double"', "# %%", 18, "belongs in a solve or answer cell"),
        _wrong("    return twice_the_argument\n    ### END SOLUTION\n", "", 18, "never closed"),
        _wrong("### END HIDDEN TESTS\n", "", 38, "never closed"),
        _wrong("# ### END MARK SCHEME\n", "", 52, "never closed"),
        _wrong("    ### BEGIN SOLUTION\n    twice", "    twice", 20, "END SOLUTION without BEGIN"),
        _wrong("    twice_", "    ### BEGIN SOLUTION\n    twice_", 19, "inside the one of line 18"),
        _wrong(
            "    ### BEGIN SOLUTION\n    twice",
            "    # BEGIN SOLUTION\n    twice",
            18,
            "write this line as",
        ),
        _wrong("def double(x)", "def twice(x)", 15, "must define the function 'double'"),
        _wrong("assert double(2) == 4", "assert double(2)", 25, "calls itself true"),
        _wrong("assert double(2) == 4", "assert double(2) == 4\n2", 26, "taken for the score"),
        _wrong("assert double(2) == 4", "assert 4 == 4", 24, "never uses double"),
        _wrong("assert double(2) == 4", "assert double(2) = 4", 25, "not valid Python"),
        _wrong("from math import isclose", "%matplotlib inline", 7, "a notebook magic"),
        _wrong("from math import isclose", "# !pip install torch", 7, "a notebook magic"),
        _wrong("from math import isclose", "### AUTOTEST double(2)", 7, "AUTOTEST"),
        _wrong("# Ask the audience", "Ask the audience", 10, "begins with '# '"),
        _wrong("# # Count: double", "# Count: double", 1, "begins with '# ' and the title"),
        _wrong("About 5 minutes", "Soon done", 1, "how long it takes"),
        _wrong(
            "# %% [markdown] slide",
            "# ---\n# jupyter:\n# ---\n# %% [markdown] slide",
            1,
            "a header",
        ),
        _wrong(
            "# %% [markdown] slide", "import os\n# %% [markdown] slide", 1, "text before the first"
        ),
    ],
)
def test_a_slip_in_a_lesson_is_an_error_with_its_line(old, new, line, word):
    assert old in LESSON
    found = complaints(LESSON.replace(old, new, 1))
    assert any(text.startswith(f"{line}: ") and word in text for text in found), found


def test_a_check_above_its_exercise_is_an_error():
    parts = EXERCISE.split("# %% ")
    found = complaints(OPENING + f"# %% {parts[2]}\n# %% {parts[1]}")
    assert any("stands above its exercise" in text for text in found), found


def test_all_errors_are_told_at_once():
    text = LESSON.replace('solve="double"', 'sovle="double"').replace("points=3", "points=-3")
    found = complaints(text.replace("### END HIDDEN TESTS\n", ""))
    assert len(found) >= 4
    assert {"15", "36", "38"} <= {text.split(":")[0] for text in found}


def test_windows_line_ends_and_an_empty_file_are_named():
    assert any("Windows" in text for text in complaints(LESSON.replace("\n", "\r\n")))
    assert any("no cell found" in text for text in complaints(""))


def test_joining_the_raw_cells_gives_the_source_back():
    assert "".join(cell.raw for cell in split(LESSON)[0]) == LESSON


def texts() -> list[str]:
    """The fixture and every lesson of the course."""
    return [LESSON, *(lesson.path.read_text(encoding="utf-8") for lesson in ROOT.lessons())]


@pytest.mark.parametrize("text", texts(), ids=lambda text: text.splitlines()[1][:40])
def test_our_reader_and_jupytext_see_the_same_cells(text):
    ours = [(c.marker.type, c.text) for c in split(text)[0]]
    theirs = jupytext.reads(text, fmt="py:percent").cells
    assert ours == [(c.cell_type, c.source) for c in theirs]


def test_a_remainder_in_an_expression_is_not_taken_for_a_magic():
    cells, _ = split("# %%\nx = (7\n     % 4)\ny = 7 % 4  # %d of it\n")
    assert magics(cells[0]) == []
