"""Is what a submission can cost bounded: when it is read, and when its page is made?"""

import json
import time
import tracemalloc

import pytest
from attacks.outputs.markdown_bomb import BOMBS
from bs4 import BeautifulSoup
from lessons_fixture import cell, solved
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograde import intake, pages
from autograde.notebook import dumps, loads
from autograde.pages import FeedbackExporter, clean
from autograde.reading import Refused, pruned

RELEASE = loads(dumps(solved()))
LISTS = "x = [" + "[]," * 100_000 + "]"  # 60 MB as objects of any kind


def handed_in(*extra, bare: bool = False) -> dict:
    """The solved lesson with more cells; bare: without anything that tells its cells apart."""
    made = json.loads(dumps(solved()))
    if bare:
        for number, one in enumerate(made["cells"]):
            one["metadata"], one["id"] = {}, f"x{number}"
    made["cells"] += [json.loads(json.dumps(one)) for one in extra]
    return made


def as_bytes(made: dict) -> bytes:
    return json.dumps(made).encode()


def with_metadata() -> dict:
    made = handed_in(new_code_cell("1"))
    made["metadata"]["odd"] = made["cells"][-1]["metadata"]["odd"] = [{}] * 30_000
    return made


def with_outputs() -> dict:
    made = handed_in(new_code_cell("1"))
    made["cells"][-1]["outputs"] = [{"output_type": "odd", "data": [{}, [1.5]] * 20_000}]
    return made


@pytest.mark.parametrize(
    "made",
    [with_metadata(), with_outputs(), handed_in(new_code_cell(LISTS), bare=True)],
    ids=["metadata", "outputs", "source"],
)
def test_a_small_file_takes_little_memory_and_loses_nothing(made):
    content = as_bytes(made)
    tracemalloc.start()
    text, _ = intake.clean(content, RELEASE)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5e6
    for one in solved().cells:
        about = one.metadata.get("nbgrader", {})
        if about.get("solution") and one.cell_type == "code":
            assert cell(loads(text), about["grade_id"]).source == one.source


def test_all_but_outputs_and_long_metadata_is_read_as_it_is():
    odd = 'a "quote", \\ and \\" [{,}] \u00e9 \\\\'
    made = handed_in(new_code_cell(odd), new_markdown_cell('"outputs": [1, 2]'))
    made["metadata"] |= {"outputs": "text", "metadata": {"outputs": {"a": [odd, {odd: [1]}]}}}
    content = as_bytes(made)
    assert json.loads(pruned(content)) == made
    made["cells"][-2]["outputs"] = [json.loads(json.dumps(new_output("stream", text=odd)))]
    made["cells"][-2]["outputs"].append({"metadata": {"outputs": [[]]}, "data": {odd: [odd, []]}})
    for indent in (None, 1):
        assert json.loads(pruned(json.dumps(made, indent=indent).encode())) == json.loads(content)


def test_broken_json_is_found_in_the_line_where_it_is():
    made = handed_in(new_code_cell("1"), new_code_cell("2"))
    made["cells"][-2]["outputs"] = [{"text": ["a", "b", {"c": []}]}] * 9
    lines = json.dumps(made, indent=1).splitlines()
    place = max(number for number, line in enumerate(lines) if '"source": "2"' in line)
    lines[place] = lines[place].replace(":", "")
    with pytest.raises(Refused, match=rf"broken JSON in line {place + 1}:"):
        intake.clean("\n".join(lines).encode(), RELEASE)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ({**handed_in(), "odd": [{}] * 300_000}, "more than 400,000 lists, dictionaries"),
        ({**handed_in(), "odd": "x" * 51_000_000}, "51 MB without its outputs, more than 50 MB"),
        (
            handed_in(*[new_markdown_cell("", id=f"m{n}") for n in range(25_000)]),
            "25,0.. cells, more than 25,000",
        ),
        (
            handed_in(*[new_code_cell("x" * 900_000) for _ in range(3)]),
            "2,700,... char.*more than 2,000,000",
        ),
        (handed_in({**new_code_cell(""), "outputs": [[]] * 1_100_000}), "more than 2,000,000"),
    ],
    ids=["objects", "bytes", "cells", "sources", "outputs"],
)
def test_what_no_person_writes_is_refused_with_its_size_and_the_bound(made, reason):
    content, start = as_bytes(made), time.thread_time()
    with pytest.raises(Refused, match=reason):
        intake.clean(content, RELEASE)
    assert time.thread_time() - start < 15


def test_objects_in_a_file_that_breaks_off_are_not_made():
    content = as_bytes(with_outputs())
    tracemalloc.start()
    with pytest.raises(Refused, match="broken JSON"):
        intake.clean(content[: len(content) - 1000], RELEASE)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5e6


def test_a_cell_that_is_too_long_is_left_out_and_the_others_count():
    made = handed_in(new_code_cell("x" * 1_000_001))
    text, notes = intake.clean(as_bytes(made), RELEASE)
    number = len(made["cells"])
    said = f"cell number {number} was left out: 1,000,001 characters, more than 1,000,000"
    assert said in notes
    assert len(text) < 100_000
    assert "x + x" in cell(loads(text), "double-solution").source


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "stream", "name": "stdout", "text": "[0.25, {1}]\n" * 2_500_000},
        {"output_type": "stream", "name": "stdout", "text": ["[0.25, {1}]\n"] * 2_000_000},
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": "iVBO" * 8_000_000}},
    ],
    ids=["text", "lines", "figure"],
)
def test_long_honest_outputs_are_taken(output):
    made = handed_in(new_code_cell("1"))
    made["cells"][-1]["outputs"] = [output]
    content = as_bytes(made)
    assert len(content) > 30_000_000
    text, _ = intake.clean(content, RELEASE)
    assert "x + x" in cell(loads(text), "double-solution").source


# Pages


@pytest.mark.parametrize("bomb", BOMBS, ids=[f"{b[:12]!r}" for b in BOMBS])
def test_a_text_that_takes_too_long_is_shown_as_it_was_written(bomb):
    start = time.thread_time()
    page, _ = FeedbackExporter().from_notebook_node(new_notebook(cells=[new_markdown_cell(bomb)]))
    assert time.thread_time() - start < 6
    text = BeautifulSoup(page, "html.parser").get_text()
    if not bomb.startswith("#"):  # many headings are only many
        assert "Shown as it was written: " in text
        assert bomb in text


@pytest.mark.parametrize("html", ["<div>" * 30_000, "".join(f"<p><b x={n}>" for n in range(900))])
def test_html_that_takes_too_long_is_shown_as_it_was_written(html):
    start = time.thread_time()
    shown = clean(html)
    assert time.thread_time() - start < 2
    assert "Shown as it was written: " in shown
    assert "<div" not in shown
    assert "<b" not in shown


@pytest.mark.parametrize("code", ["a." * 20_000, "[]," * 300_000, "a.a.a.a\n" * 20_000])
def test_code_that_takes_too_long_is_shown_without_colours(code):
    start = time.thread_time()
    page, _ = FeedbackExporter().from_notebook_node(new_notebook(cells=[new_code_cell(code)]))
    assert time.thread_time() - start < 6
    assert code.strip() in BeautifulSoup(page, "html.parser").get_text()


def test_a_page_whose_time_is_over_shows_texts_as_they_were_written(monkeypatch):
    exporter, notebook = FeedbackExporter(), new_notebook(cells=[new_markdown_cell("a *word*")])
    monkeypatch.setattr(pages, "SECONDS", -1.0)
    late, _ = exporter.from_notebook_node(notebook)
    monkeypatch.setattr(pages, "SECONDS", 10.0)
    in_time, _ = exporter.from_notebook_node(notebook)
    assert "the page takes too long" in late
    assert "<em>word</em>" in in_time


def test_long_honest_texts_are_rendered():
    table = f"<table>{'<tr><th>1</th><td>0.5</td></tr>' * 5000}</table>"
    assert clean(table).count("<tr>") == 5000
    picture = f"![a](data:image/png;base64,{'iVBO' * 20_000}) *b*"
    text = "A *word* about $a_{ij}$ and [a link](https://x.org).\n\n- one\n- two\n\n" * 250
    cells = [new_markdown_cell(source) for source in (picture, text, "> " * 20 + "quoted")]
    page, _ = FeedbackExporter().from_notebook_node(new_notebook(cells=cells))
    assert "Shown as it was written" not in page
    assert page.count("<em>word</em>") == 250
    assert "iVBO" * 20_000 in page
