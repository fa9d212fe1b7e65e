"""Does the page about a class say what the gradebook says, and run nothing?"""

from html.parser import HTMLParser

import pytest
from lessons_fixture import cell, solved
from test_grading import Class, fresh_course, half_done, released

from autograde.classpage import diagnosis, exercises, histogram, mistakes
from autograde.cli import main


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    root = tmp_path_factory.mktemp("class")
    course = fresh_course(root / "course")
    small = Class(course, root / "in")
    full = half_done(course)
    cell(full, "mean-solution").source = cell(solved(), "mean-solution").source
    small.hand_in("ann", full)
    small.hand_in("bob", half_done(course))
    small.hand_in("cal", released(course))
    small.hand_in("<b>dan<b>", "no notebook")
    small.hand_in("eve", "{}", name="<script>alert(1)<script>.ipynb")
    assert (
        main(["--course", str(course.root), "grade", "7", "--submissions", str(small.folder)]) == 0
    )
    return course


def test_each_exercise_is_counted(graded):
    (lesson,) = graded.lessons()
    found = {one.name: one for one in exercises(graded, lesson)}
    double, mean, why = found["double"], found["mean"], found["why"]
    assert (double.full, double.partial, double.none) == (2, 0, 3)
    assert (mean.full, mean.partial, mean.none) == (1, 0, 4)
    assert (double.mean, mean.mean) == (pytest.approx(0.8), pytest.approx(0.6))
    assert list(found)[:2] == ["double", "mean"]
    assert why.full + why.none + why.waiting == 5


def test_each_failed_check_is_counted_once_for_a_student(graded):
    (lesson,) = graded.lessons()
    counts = mistakes(graded, lesson)
    assert sum(n for (name, _), n in counts.items() if name == "double") == 1
    assert sum(n for (name, _), n in counts.items() if name == "mean") == 2


def test_the_histogram_holds_everyone_and_puts_full_marks_last():
    bars = histogram([0, 0.9, 1, 5, 9.99, 10], 10)
    assert [count for _, count in bars] == [2, 1, 0, 0, 0, 1, 0, 0, 0, 2]
    assert bars[0][0] == "0 to 1"
    assert sum(count for _, count in histogram([0, 0], 0)) == 2


def test_the_same_mistake_with_other_numbers_is_the_same():
    text = "\x1b[31m✗ f: not right yet (seed {})\nThe mean of {} is {}.\nStuck? hint"
    assert diagnosis(text.format(1, 7, -2.5)) == diagnosis(text.format(2, 31, 1e-9))
    assert diagnosis(text.format(1, 7, -2.5)).startswith("The mean of … is …")
    assert diagnosis("") == ""


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))


def test_the_page_names_the_refused_and_holds_nothing_active(graded):
    (lesson,) = graded.lessons()
    text = (graded.reports / lesson.assignment / "class.html").read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(text)
    assert not {"script", "b", "img", "link", "iframe"} & {tag for tag, _ in tags.seen}
    assert not [a for _, a in tags.seen for name in a if name in ("src", "href", "onerror")]
    assert "&lt;b&gt;dan&lt;b&gt;" in text
    assert "cannot be a student" in text
    assert "secret_list_of_values" not in text
    for student in ("ann", "bob"):
        assert f">{student}<" not in text


def test_a_lesson_that_nobody_handed_in_has_no_page(tmp_path, capsys):
    course = fresh_course(tmp_path)
    assert main(["--course", str(course.root), "release", "7"]) == 0
    assert main(["--course", str(course.root), "report", "7"]) == 1
    assert "nobody is graded yet" in capsys.readouterr().err
