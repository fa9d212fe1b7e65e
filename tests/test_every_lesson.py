"""Does every lesson hold what a lesson must hold, and run, solved and untouched?"""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
from itertools import pairwise

import pytest
from lesson import LESSONS, Run, cells, run

from course import checks


@pytest.fixture(autouse=True)
def no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COURSE_PROGRESS", "off")


@functools.cache
def solved_run(name: str) -> Run:
    return run(name)


# The whole lesson


@pytest.mark.parametrize("name", LESSONS)
def test_lesson_runs_as_a_script_silently_on_stderr_and_keeps_its_figures(name, tmp_path):
    environment = os.environ | {
        "COURSE_FIGURES": str(tmp_path),
        "COURSE_PROGRESS": "off",
        "MPLBACKEND": "Agg",
        "OMP_NUM_THREADS": "1",
        "PYTHONWARNINGS": "error::DeprecationWarning:__main__",
    }
    ended = subprocess.run(
        [sys.executable, LESSONS[name]], env=environment, capture_output=True, timeout=240
    )
    assert ended.returncode == 0, ended.stderr.decode()
    assert (
        re.sub(rb"\r[^\r\n]*\|[^\r\n]*step[^\r\n]*|\n", b"", ended.stderr) == b""
    )  # progress bars alone
    shown = LESSONS[name].read_text(encoding="utf-8").count("plots.show(")
    assert len(list(tmp_path.glob("*.png"))) == shown >= 3


@pytest.mark.parametrize("name", LESSONS)
def test_solved_lesson_passes_every_check(name):
    solved = solved_run(name)
    assert solved.errors == []
    tasks = [cell.id_of("test") for cell in cells(name) if cell.id_of("test")]
    for task in tasks:
        assert f"✓ {task}: " in solved.printed


@pytest.mark.parametrize("name", LESSONS)
def test_untouched_lesson_runs_to_its_end_and_only_checks_complain(name):
    blank = run(name, untouched=True)
    for cell, error in blank.errors:
        assert cell.id_of("test"), f"{cell.text}\n{error!r}"
        assert isinstance(error, checks.CheckFailed)
        assert "not written yet" in str(error)
    assert len(blank.errors) == sum(bool(cell.id_of("test")) for cell in cells(name))
    assert "the course's reference is used here" in blank.printed


@pytest.mark.parametrize("name", LESSONS)
def test_lesson_computes_no_longer_than_it_says(name):
    """The opening promises seconds or minutes; the processor time of one run keeps to it?"""
    promise = re.search(r"less than\s+(\w+)\s+(seconds|minutes)", cells(name)[0].prose)
    number = {"two": 2, "three": 3, "four": 4, "five": 5}
    amount = number.get(promise[1]) or int(promise[1])
    assert solved_run(name).seconds < amount * {"seconds": 1, "minutes": 60}[promise[2]]


# What every lesson must hold


@pytest.mark.parametrize("name", LESSONS)
def test_sections_come_in_the_order_of_a_lesson(name):
    headings = re.findall(r"^## (.*)", "\n".join(cell.prose for cell in cells(name)), flags=re.M)
    order = ["See it", "Understand it", "Build it", "Use it", "Meet", "Explain it", "Sum up"]
    places = [next(n for n, text in enumerate(headings) if text.startswith(o)) for o in order]
    assert places == sorted(places)
    opening = cells(name)[0].prose
    assert re.findall(r"\*\*(What you will build|What you need|How long)\.\*\*", opening) == [
        "What you will build",
        "What you need",
        "How long",
    ]


@pytest.mark.parametrize("name", LESSONS)
def test_each_check_stands_directly_under_its_exercise_with_the_points_of_the_object(name):
    tasks = {i: t for i, t in checks.exercises().items() if t.lesson == name[:2]}
    solved = {}
    for cell, after in pairwise(cells(name)):
        if cell.id_of("solve"):
            assert after.id_of("test") == cell.id_of("solve")
            solved[cell.id_of("solve")] = float(re.search(r"points=(\S+)", after.marker)[1])
    assert solved == {task_id: task.points for task_id, task in tasks.items()}


@pytest.mark.parametrize("name", LESSONS)
def test_questions_are_printed_as_their_objects_say(name):
    prose = re.sub(r"\s+", " ", "\n".join(cell.prose for cell in cells(name)))
    questions = [
        task
        for task in checks.exercises().values()
        if task.lesson == name[:2] and isinstance(task, checks.Question)
    ]
    assert questions
    for question in questions:
        options = [f"- **{letter})** {text}" for letter, text in question.options.items()]
        printed = " ".join([question.text, *options])
        assert re.sub(r"\s+", " ", printed) in prose


@pytest.mark.parametrize("name", LESSONS)
def test_each_myth_box_is_a_claim_then_a_live_cell_then_a_verdict_with_a_source(name):
    lesson = cells(name)
    boxes = [n for n, cell in enumerate(lesson) if "Myth or fact?" in cell.prose]
    assert boxes
    for n in boxes:
        claim_and_verdict = lesson[n].prose.count("> **Myth.**")
        if claim_and_verdict:  # the cells above the box were the refutation
            assert not lesson[n - 1].prose
            verdict = lesson[n].prose
        else:
            verdict = next(c.prose for c in lesson[n + 1 :] if "> **Myth.**" in c.prose)
            assert not lesson[n + 1].prose
        assert re.search(r"\d{4}|NumPy user guide", verdict)


@pytest.mark.parametrize("name", LESSONS)
def test_paragraphs_and_code_cells_are_short(name):
    for cell in cells(name):
        if cell.id_of("answer"):
            continue
        for paragraph in re.split(r"\n\s*(?:\n|- |\d\. )", cell.prose):
            if not paragraph.lstrip().startswith("|"):
                assert len(paragraph.split()) <= 90, paragraph
        if not cell.prose and "BEGIN SOLUTION" not in cell.text:
            code = re.sub(r"plots\.show\((.|\n)*?^\)\n", "", cell.text, flags=re.M)
            assert len([line for line in code.split("\n") if line.strip()]) <= 14, code


@pytest.mark.parametrize("name", LESSONS)
def test_every_source_named_in_the_text_is_in_the_list_of_sources(name):
    text = "\n".join(cell.prose for cell in cells(name))
    prose, _, sources = text.partition("### Sources")
    for author, year in re.findall(r"([A-Z]\w+)(?: and \w+)?,? \(?(\d{4})\b", prose):
        if author not in ("In", "CIFAR"):
            pattern = rf"{author}\b[^\n]*(\n {{2}}[^\n]*)*?\b{year}\b"
            assert re.search(pattern, sources), (author, year)
