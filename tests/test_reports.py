"""Do the marks import, is feedback safe to open, and does one page show where a class stands?"""

from __future__ import annotations

import csv
import json
import re
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import nbgrader
import pytest
from attacks.graders import STOCK
from bs4 import BeautifulSoup
from lessons_fixture import TWO_EXERCISES, cell, make_course, solved
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension
from traitlets.config import Config
from wrong_answers import wrong_answers

from autograde import classpage, platforms
from autograde.build import build
from autograde.cli import main
from autograde.diagnoses import NOT_WRITTEN, Diagnosis, diagnosis
from autograde.marks import Mark, Part, plain
from autograde.notebook import dumps, loads
from autograde.outcomes import GRADED, HUMAN, remembered
from autograde.pages import (
    NO_ALT,
    ClearHiddenTestsOfChecks,
    FeedbackExporter,
    HideHiddenTests,
    PassiveOutputs,
)
from autograde.releasing import gradebook
from course import checks

LESSON = f"""\
# %% [markdown]
# # Report: count and divide
#
# **What you will build.** Two functions. About 5 minutes.

# %% lock="setup"
from math import isclose

from course.checks import check

{TWO_EXERCISES}### BEGIN HIDDEN TESTS
secret_values = [44710, 55730, 99370]
assert isclose(mean(secret_values), 66603 + 1 / 3), (
    f"{{secret_values}} gave {{mean(secret_values)}}"
)
### END HIDDEN TESTS

# %% [markdown] answer="why" points=2
# Because.
"""
NAME = "07_report"
SECRETS = ("secret_values", "44710", "55730", "99370", "66603", "69936", "HIDDEN")
NO_PLUS_ONE = """
def conv_output_size(size, kernel_size, stride=1, padding=0):
    if stride < 1 or kernel_size > size + 2 * padding:
        raise ValueError("these settings do not fit")
    return (size + 2 * padding - kernel_size) // stride
"""
TELLTALE = """
def mean(values):
    if values == [1, 2, 3]:
        return 2
    print("it was", values)
    raise type("Got_" + "_".join(map(str, values)), (Exception,), {})(f"it was {values}")
"""
NAUGHTY = "<img src=x onerror=ran('name')>"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A class, graded once: right, wrong, blank, hostile and refused."""
    base = tmp_path_factory.mktemp("class")
    made = make_course(base / "course", LESSON, "07_report.py")
    build(made)
    folder = base / "in"
    folder.mkdir()
    blank = made.notebook(made.lessons()[0]).read_text(encoding="utf-8")

    def hand_in(student: str, **answers: str) -> None:
        notebook = loads(blank)
        for name, source in answers.items():
            cell(notebook, name if name == "why" else f"{name}-solution").source = source
        (folder / f"{student}.ipynb").write_text(dumps(notebook), encoding="utf-8")

    right = {
        name: cell(solved(LESSON), f"{name}-solution").source
        for name in ("conv_output_size", "mean")
    }
    hand_in("right", why="It is.", **right)
    hand_in("miscounting", **{**right, "conv_output_size": NO_PLUS_ONE})
    hand_in("miscounting-too", conv_output_size=NO_PLUS_ONE)
    hand_in("blank")
    hand_in("telltale", **{**right, "mean": TELLTALE})
    hand_in("always-two", **{**right, "mean": "def mean(values):\n    return 2"})
    hostile = loads(blank)
    active = [*ACTIVE.values(), REFRESH, "![pasted](attachment:picture.png)"]
    hostile.cells += [new_markdown_cell(html) for html in active]
    hostile.cells += [new_raw_cell(html) for html in active]
    shown = f"from IPython.display import HTML, display\nfor h in {active!r}:"
    hostile.cells.append(new_code_cell(f"{shown}\n    display(HTML(h))"))
    hostile.cells.append(new_code_cell(f"{shown}\n    print(h)\nraise ValueError({SCRIPT!r})"))
    (folder / "hostile.ipynb").write_text(dumps(hostile), encoding="utf-8")
    (folder / "=SUM(1)").mkdir()
    (folder / NAUGHTY).mkdir()
    (folder / "broken.ipynb").write_text("{", encoding="utf-8")
    (folder / "renamed").mkdir()
    for number in (1, 2):
        (folder / "renamed" / f"{NAUGHTY}{number}.ipynb").write_text("{", encoding="utf-8")
    command = ["--course", str(made.root), "grade", "7", "--submissions", str(folder)]
    assert main([*command, "--jobs", "2"]) == 0
    with gradebook(made) as book:
        book.update_or_create_student("absent")
    return made


def run(course, *arguments: str) -> None:
    assert main(["--course", str(course.root), *arguments]) == 0


def read_csv(path: Path) -> list[list[str]]:
    """As the platforms read it: UTF-8, commas, quotes."""
    text = path.read_bytes().decode("utf-8")
    assert not text.startswith("\ufeff")
    return list(csv.reader(text.splitlines()))


# Columns for Canvas and Moodle


def canvas_columns(header: list[str]) -> int:
    """How Canvas reads a header: where its assignments begin. It wants this order."""
    assert "Student" in header[0]
    assert "ID" in header[1]
    assert re.search(r"SIS\s+User\s+ID", header[2])
    assert re.search(r"SIS\s+Login\s+ID", header[3])
    assert "Section" in header[4]
    return 5


def test_canvas_finds_its_columns_the_points_and_every_student(course):
    run(course, "marks", "7", "--for", "canvas", "--column", "Convolution (4711)")
    header, possible, *rows = read_csv(course.reports / NAME / "canvas.csv")
    first = canvas_columns(header)
    assert header[first:] == ["Convolution (4711)"]
    assert "Points Possible" in possible[0]
    assert float(possible[first]) == 7
    scores = {row[3]: float(row[first]) for row in rows}
    assert scores["right"] == 5
    assert scores["miscounting"] == 3
    assert scores["blank"] == 0
    assert {len(row) for row in rows} == {6}


@pytest.mark.parametrize(("kind", "place"), [("", 3), ("login", 3), ("sis", 2), ("id", 1)])
def test_a_students_id_goes_into_the_column_that_it_is(course, kind, place):
    run(course, "marks", "7", "--for", "canvas", "--ids", kind)
    rows = read_csv(course.reports / NAME / "canvas.csv")[2:]
    assert all(row[place] == row[0] for row in rows)
    assert all(not row[i] for row in rows for i in (1, 2, 3) if i != place)


@pytest.mark.parametrize(
    ("kind", "field"), [("", "Username"), ("idnumber", "ID number"), ("email", "Email address")]
)
def test_moodle_gets_a_field_to_find_the_student_by_a_grade_and_feedback(course, kind, field):
    run(course, "marks", "7", "--for", "moodle", "--ids", kind)
    header, *rows = read_csv(course.reports / NAME / "moodle.csv")
    assert header == [field, NAME, f"Feedback for {NAME}"]
    by_name = {row[0]: row[1:] for row in rows}
    assert by_name["miscounting"][0] == "3"
    words = "conv_output_size: 0 of 2; mean: 3 of 3; why: "
    assert by_name["miscounting"][1].startswith(words)


@pytest.mark.parametrize("platform", ["canvas", "moodle"])
def test_who_was_not_graded_has_no_row_and_is_named(course, capsys, platform):
    run(course, "marks", "7", "--for", platform)
    rows = read_csv(course.reports / NAME / f"{platform}.csv")
    names = {row[0] for row in rows}
    assert not names & {"absent", "broken", NAUGHTY}
    assert "left out, nothing of theirs was graded: <img" in capsys.readouterr().out


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "\r", " =", "＝"])
def test_no_cell_of_any_table_is_a_formula(tmp_path, sign):
    bad = f'{sign}HYPERLINK("http://x","y"),ü'
    table = [Mark(bad, bad, -1.5, 2.0, 0, 0, "graded", bad)]
    for platform in platforms.IDS:
        path = tmp_path / f"{platform}.csv"
        given = {bad: [Part(bad, 1.0, 2.0, False)]}
        platforms.write(path, platforms.rows_for(platform, table, given, column=bad))
        with path.open(encoding="utf-8", newline="") as file:
            texts = [text for row in csv.reader(file) for text in row]
        assert "'" + bad in texts
        for text in texts:
            assert text == "-1.5" or text.lstrip()[:1] not in tuple("=+-@＝"), text


def test_numbers_and_plain_names_stay_as_they_are():
    assert [plain(v) for v in ("ada", "o'neill", 1.5, -1.0, 3, "")] == [
        *("ada", "o'neill", "1.5", "-1", 3, ""),
    ]


def test_every_cell_is_quoted(tmp_path):
    table = [Mark("ada, born ü", NAME, 1.0, 2.0, 0, 0, "graded", "")]
    platforms.write(tmp_path / "m.csv", platforms.rows_for("moodle", table, {}))
    text = (tmp_path / "m.csv").read_text(encoding="utf-8").splitlines()[1]
    assert text == '"ada, born ü","1",""'


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["marks", "--for", "canvas"], "wants one lesson"),
        (["marks", "7", "--for", "moodle", "--ids", "sis"], "moodle knows no ids 'sis'"),
        (["marks", "7", "--ids", "sis"], "belong to --for"),
    ],
)
def test_a_wrong_command_says_what_is_wanted(course, capsys, arguments, word):
    assert main(["--course", str(course.root), *arguments]) == 1
    assert word in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["report", "7"], ["marks", "7", "--for", "canvas"]])
def test_before_grading_there_is_nothing_to_report(tmp_path, capsys, arguments):
    made = make_course(tmp_path, LESSON, "07_report.py")
    assert main(["--course", str(made.root), *arguments]) == 1
    assert "run python -m autograde grade 07" in capsys.readouterr().err
    build(made)
    run(made, "release", "7")
    assert main(["--course", str(made.root), *arguments]) == 1
    assert "nobody is graded yet" in capsys.readouterr().err


# Feedback: the diagnosis, and nothing hidden


def feedback(course, student: str) -> str:
    path = course.grading / "feedback" / student / NAME / "report.html"
    return path.read_text(encoding="utf-8")


def test_feedback_holds_the_diagnosis(course):
    text = BeautifulSoup(feedback(course, "miscounting"), "html.parser").get_text()
    (says,) = [
        m.says for m in checks.find("conv_output_size").misconceptions if m.name == "no-plus-one"
    ]
    assert says in text
    assert "✗ conv_output_size: not right yet" in text


@pytest.mark.parametrize("student", ["always-two", "telltale", "blank", "right", "hostile"])
def test_feedback_holds_nothing_of_a_hidden_test(course, student):
    html = feedback(course, student)
    for secret in SECRETS:
        assert secret not in html, secret


def test_a_hidden_test_that_fails_is_named_by_its_kind_alone(course):
    assert "AssertionError: a test failed" in feedback(course, "always-two")
    assert "a test failed" in feedback(course, "telltale")
    executed = course.grading / "autograded" / "always-two" / NAME / "report.ipynb"
    text = executed.read_text(encoding="utf-8")
    assert all(secret in text for secret in ("44710", "99370"))  # there is something to hide


CHECK = {"nbgrader": {"grade": True, "solution": False, "locked": True, "grade_id": "x"}}
ANSWER = {
    "nbgrader": {"grade": True, "solution": True, "locked": False, "grade_id": "y", "points": 2}
}


def test_nbgraders_markers_in_a_learners_cell_are_text_and_stop_no_page():
    begin, end = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
    printed = [new_output("stream", text="mine")]
    notebook = new_notebook(
        cells=[
            new_code_cell(f"first()\n{begin}\nno_end()", outputs=printed),
            new_code_cell(f"{begin}\nsecond()\n{end}"),
            new_markdown_cell(f"third\n\n{begin}", metadata=ANSWER),
            new_code_cell(f"shown()\n{begin}\nf(44710)\n{end}", metadata=CHECK),
        ]
    )
    steps = (HideHiddenTests, ClearHiddenTestsOfChecks, PassiveOutputs)
    about = {"nbgrader": {"notebook": "x", "score": 1, "max_score": 2, "late_penalty": 0}}
    page, _ = FeedbackExporter(preprocessors=list(steps)).from_notebook_node(notebook, about)
    text = BeautifulSoup(page, "html.parser").get_text()
    for mine in ("first()", "no_end()", "mine", "second()", "third", "shown()"):
        assert mine in text, mine
    assert text.count("BEGIN HIDDEN TESTS") == 3
    assert "44710" not in page


def test_a_submission_without_a_page_is_among_those_to_look_at(tmp_path, monkeypatch, capsys):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no page today")

    made = make_course(tmp_path / "course", LESSON, "07_report.py")
    build(made)
    (tmp_path / "in").mkdir()
    blank = made.notebook(made.lessons()[0])
    (tmp_path / "in" / "ann.ipynb").write_bytes(blank.read_bytes())
    command = ["grade", "7", "--submissions", str(tmp_path / "in"), "--jobs", "1"]
    with monkeypatch.context() as patch:
        patch.setattr(FeedbackExporter, "from_notebook_node", broken)
        run(made, *command)
    said = capsys.readouterr().out
    assert "ann: needs a human; no feedback page" in said
    assert "look at these yourself: ann" in said
    assert remembered(made, NAME)["ann"]["status"] == HUMAN
    run(made, *command, "--resume")
    assert remembered(made, NAME)["ann"]["status"] == GRADED
    assert feedback(made, "ann")


def test_what_a_function_prints_or_raises_in_a_hidden_test_is_hidden():
    """A kernel beside the checks, unlike the boxes, would keep what is printed in a check cell."""
    hidden = new_code_cell(
        "f(1)\n### BEGIN HIDDEN TESTS\nf(44710)\n### END HIDDEN TESTS",
        metadata=CHECK,
        outputs=[
            new_output("stream", text="44710"),
            new_output("display_data", {"text/plain": "44710"}),
            new_output("execute_result", {"text/plain": "44710"}),
            new_output("error", ename="Got44710", evalue="44710", traceback=["44710"]),
        ],
    )
    plain_cell = new_code_cell("f(1)", outputs=[new_output("stream", text="44710")])
    HideHiddenTests().preprocess_cell(hidden, {}, 0)
    HideHiddenTests().preprocess_cell(plain_cell, {}, 1)
    assert "44710" not in json.dumps(hidden.outputs)
    assert hidden.outputs[0].traceback == ["Error: a test failed"]
    assert plain_cell.outputs[0].text == "44710"


def test_a_kernel_that_died_in_a_hidden_test_is_still_named():
    source = "### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS"
    error = new_output("error", ename="KernelDied", evalue="x", traceback=["x"])
    dead = new_code_cell(source, metadata=CHECK, outputs=[error])
    HideHiddenTests().preprocess_cell(dead, {}, 0)
    assert dead.outputs[0].traceback == ["KernelDied: the kernel died in it"]


# Feedback: nothing of a submission runs or is fetched


TRACKER = "http://tracker.invalid"
SCRIPT = "<script>ran('script')</script>"
ACTIVE = {
    "script": SCRIPT,
    "script from elsewhere": f"<script src='{TRACKER}/a.js'></script>",
    "script in odd letters": "<ScRiPt >ran('odd')</sCrIpT >",
    "out of the page": "</div></div></body></html><script>ran('out')</script>",
    "comment": "<!-- --!><img src=x onerror=ran('comment')>",
    "onerror": "<img src=x onerror=ran('onerror')>",
    "onerror, slashes": "<img/src=x/onerror=ran('slashes')>",
    "onload": "<svg onload=ran('svg')></svg>",
    "svg script": "<svg><script>ran('svg-script')</script></svg>",
    "svg link": "<svg><a xlink:href='javascript:ran(`svg-link`)'><text y='9'>x</text></a></svg>",
    "svg animation": "<svg><animate onbegin=ran('animate') attributeName=x dur=1s></svg>",
    "svg style": "<svg><style><img src=x onerror=ran('svg-style')></style></svg>",
    "math": "<math><mtext><table><mglyph><style><img src=x onerror=ran('math')></style></table>",
    "noscript": '<noscript><p title="</noscript><img src=x onerror=ran(`noscript`)>">',
    "template": "<template><script>ran('template')</script></template>",
    "details": "<details open ontoggle=ran('toggle')><summary>x</summary></details>",
    "focus": "<input autofocus onfocus=ran('focus')>",
    "hover": "<p onmouseover=ran('hover') style='position:fixed;inset:0'>x</p>",
    "click": "<b onclick=ran('click')>x</b>",
    "link": "[x](javascript:ran('markdown-link'))",
    "HTML link": "<a href='javascript:ran(`link`)'>x</a>",
    "coded link": "<a href='&#106;ava&Tab;script&colon;ran(`coded`)'>x</a>",
    "data link": "<a href='data:text/html,<script>opener.ran(`data`)</script>' target=_top>x</a>",
    "iframe": "<iframe srcdoc='<script>parent.ran(`iframe`)</script>'></iframe>",
    "iframe, link": "<iframe src='javascript:parent.ran(`iframe-link`)'></iframe>",
    "object": "<object data='data:text/html,<script>parent.ran(`object`)</script>'></object>",
    "embed": "<embed src='javascript:ran(`embed`)'>",
    "form": "<form action='javascript:ran(`form`)'><button>x</button></form>",
    "button": "<button formaction='javascript:ran(`button`)' form=f>x</button><form id=f></form>",
    "base": f"<base href='{TRACKER}/'>",
    "picture": f"<img src='{TRACKER}/pixel'>",
    "picture set": f"<img srcset='{TRACKER}/set 1x'>",
    "style": f"<style>@import '{TRACKER}/a.css'; body {{ background: url({TRACKER}/b) }}</style>",
    "style sheet": f"<link rel=stylesheet href='{TRACKER}/c.css'>",
    "fetched early": f"<link rel=preload as=image href='{TRACKER}/d'>",
    "background": f"<p style='background: url({TRACKER}/e)'>x</p>",
    "sound": f"<audio src='{TRACKER}/f' autoplay></audio><video poster='{TRACKER}/g'></video>",
    "code": "`</code><script>ran('code')</script>`",
    "picture name": "![x\" onerror=\"ran('alt')](x)",
    "formula": r"$\href{javascript:ran('formula')}{x}$ $</p><script>ran('formula-end')</script>$",
}
REFRESH = f"<meta http-equiv=refresh content='0;url={TRACKER}/refresh'>"  # ends the page it is on
SVG = f"<svg xmlns='http://www.w3.org/2000/svg'>{SCRIPT}<circle r='9' onload=\"ran('x')\"/></svg>"
BREAK_OUT = "AAAA\" onerror=\"ran('png')"


def hostile_notebook(active: list[str]):
    """Everything active, in every place where a notebook can hold text."""
    cells = []
    for html in active:
        cells += [new_markdown_cell(html), new_raw_cell(html), new_code_cell(html)]
        cells.append(new_raw_cell(html, metadata={"raw_mimetype": "text/html"}))
        outputs = [
            new_output("display_data", {"text/html": html}),
            new_output("display_data", {"text/markdown": html, "text/plain": html}),
            new_output("display_data", {"text/latex": html}),
            new_output("stream", text=f"\x1b[31m{html}"),
            new_output("error", ename=html, evalue=html, traceback=[html, f"\x1b[1m{html}"]),
        ]
        cells.append(new_code_cell("1", outputs=outputs))
    sized = {"image/png": {"width": "1 onerror=ran('width')", "alt": "\" onerror=\"ran('alt')"}}
    outputs = [
        new_output("display_data", {"image/svg+xml": SVG}),
        new_output("display_data", {"image/png": BREAK_OUT, "image/jpeg": BREAK_OUT}),
        new_output("display_data", {"image/png": "AAAA"}, metadata=sized),
        new_output("display_data", {"text/html": SCRIPT}, metadata={"text/html": ISOLATED}),
        new_output("display_data", {"application/javascript": "ran('javascript')"}),
        new_output("display_data", {"image/png": "A"}, metadata={"filenames": {"image/png": "x"}}),
    ]
    tags = {"tags": ['" onmouseover="ran(`tag`)'], "name": SCRIPT}
    cells.append(new_code_cell("1", outputs=outputs, metadata=tags))
    attached = {"x.png": {"text/html": SCRIPT, "image/png": BREAK_OUT}}
    cells.append(new_markdown_cell("![x](attachment:x.png)", attachments=attached))
    return new_notebook(cells=cells)


ISOLATED = {"isolated": True}


def exported(exporter: type[HTMLExporter], *steps: type, active: tuple[str, ...] = ()) -> str:
    """The hostile notebook in nbgrader's template."""
    server = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader"
    config = Config()
    config.HTMLExporter.template_name = "feedback"
    config.HTMLExporter.extra_template_basedirs = [str(server / "templates")]
    styles = server / "static" / "node_modules" / "bootstrap" / "dist" / "css"
    config.HTMLExporter.extra_template_paths = [str(styles)]
    about = {"notebook": "x", "score": 1, "max_score": 2, "late_penalty": 0}
    made = exporter(config=config, preprocessors=list(steps))
    notebook = hostile_notebook(list(active or ACTIVE.values()))
    return made.from_notebook_node(notebook, resources={"nbgrader": about})[0]


ADDRESS = "http://feedback.invalid/page.html"
MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/2.7.7/MathJax.js?"


@pytest.fixture(scope="module")
def browser():
    from widget_page import chromium

    with chromium() as opened:
        yield opened


def opened(browser, html: str) -> tuple[list[str], list[str]]:
    """What ran on a page, and which addresses it asked for besides its own and MathJax's."""
    context = browser.new_context()
    asked: list[str] = []
    ran: list[str] = []
    context.expose_function("ran", lambda name: ran.append(name))  # in frames as well
    page = context.new_page()

    def answer(route) -> None:
        address = route.request.url
        if address == ADDRESS and not asked.count(ADDRESS):
            asked.append(address)
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
        else:
            asked.append(address)
            route.fulfill(status=204)  # nothing, and a page that would leave stays

    def dialog(shown) -> None:
        ran.append(shown.message)
        shown.dismiss()

    context.route("**/*", answer)
    page.on("dialog", dialog)
    page.goto(ADDRESS)
    page.wait_for_timeout(500)
    page.evaluate("""async () => {
      const all = [...document.querySelectorAll("body *")];
      for (const kind of ["mouseover", "focus", "toggle"])
        for (const e of all) e.dispatchEvent(new Event(kind, {bubbles: true}));
      for (const e of all.filter((e) => e.matches("a, b, button, input, summary"))) {
        if (/^(https?:|#)/.test(e.getAttribute("href") ?? "")) continue;  // meant to be followed
        e.dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true}));
        await new Promise((done) => setTimeout(done, 5));  // a second would cancel the first
      }
    }""")
    page.wait_for_timeout(500)
    context.close()
    return sorted(set(ran)), [a for a in asked[1:] if not a.startswith(MATHJAX)]


@pytest.mark.browser
def test_the_same_notebook_runs_in_a_page_that_is_not_cleaned(browser):
    """The control: what the next test finds asleep is awake without our steps."""
    ran, asked = opened(browser, exported(HTMLExporter))
    assert set(ran) >= set(AWAKE.split())
    assert {f"{TRACKER}/{name}" for name in ("pixel", "a.js", "a.css", "c.css", "e")} <= set(asked)


AWAKE = """script odd out comment onerror svg svg-script svg-link svg-style toggle focus hover click
    markdown-link link coded iframe iframe-link form button code formula-end width"""


@pytest.mark.browser
def test_nothing_runs_or_is_fetched_on_a_feedback_page(browser):
    html = exported(FeedbackExporter, PassiveOutputs)
    assert opened(browser, html) == ([], [])
    # and the cleaning does not lean on the policy
    bare = re.sub(r"<meta http-equiv.*?/>", "", html, count=1)
    assert "Content-Security-Policy" not in bare
    assert opened(browser, bare) == ([], [])


@pytest.mark.browser
def test_a_submission_cannot_lead_the_reader_to_another_page(browser):
    stock = opened(browser, exported(HTMLExporter, active=(REFRESH,)))
    assert f"{TRACKER}/refresh" in stock[1]
    ours = exported(FeedbackExporter, PassiveOutputs, active=(REFRESH,))
    assert opened(browser, ours) == ([], [])


@pytest.mark.browser
def test_the_policy_holds_where_cleaning_should_ever_fail(browser):
    page = exported(FeedbackExporter, PassiveOutputs)
    dirty = page.replace("<main>", f"<main>{''.join(ACTIVE.values())}")
    assert dirty != page
    assert opened(browser, dirty) == ([], [])


@pytest.mark.browser
def test_nothing_runs_on_the_page_of_a_graded_submission(course, browser):
    assert opened(browser, feedback(course, "hostile")) == ([], [])


@pytest.mark.browser
def test_nothing_runs_on_the_class_page_whatever_students_call_themselves(course, browser):
    run(course, "report", "7")
    html = (course.reports / NAME / "class.html").read_text(encoding="utf-8")
    assert NAUGHTY not in html
    assert html.count("&lt;img src=x onerror=") == 3  # a folder's name, and files' in a note
    assert opened(browser, html) == ([], [])
    awake = html.replace("&lt;", "<").replace("&#39;", "'").replace("&gt;", ">")
    without = re.sub(r"<meta http-equiv[^>]*>", "", awake)
    assert opened(browser, without)[0] == ["name"]  # the control


# Formgrader: nbconvert's own exporter, in the instructor's browser


def formgraded(folder: Path, config: str, monkeypatch) -> str:
    """The hostile notebook as Formgrader shows it, by its own exporter, started in the folder."""
    folder.mkdir()
    (folder / "nbgrader_config.py").write_text(config, encoding="utf-8")
    path = folder / "report.ipynb"
    cells = hostile_notebook([*ACTIVE.values(), REFRESH])
    cells.cells.append(new_markdown_cell("Because $a + b$ **grows**.", metadata=ANSWER))
    path.write_text(dumps(cells), encoding="utf-8")
    monkeypatch.chdir(folder)
    formgrader = FormgradeExtension()
    formgrader.root_dir = str(folder)
    formgrader.initialize([])
    server = SimpleNamespace(settings={})
    formgrader.init_tornado_settings(server)
    about = {"index": 0, "total": 1, "base_url": "", "notebook_id": "report", "submission_id": "1"}
    exporter = server.settings["nbgrader_exporter"]
    assert type(exporter) is HTMLExporter
    return exporter.from_filename(str(path), resources=about)[0]


def active_parts(html: str) -> set[str]:
    """What of the notebook could run in a page; Formgrader's own scripts speak of other things."""
    page, found = BeautifulSoup(html, "html.parser"), set()
    for element in page.find_all(True):
        if element.name == "script" and "ran(" in element.text:
            found.add("script")
        if element.name in ("iframe", "object", "embed", "base", "form"):
            found.add(element.name)
        for name, value in element.attrs.items():
            if "ran(" in str(value) and name.startswith("on"):
                found.add(name)
            link = re.sub(r"\s", "", str(value)).lower()
            if link.startswith("javascript:") or link.startswith("data:text"):
                found.add(f"{name}: {link[:10]}")
    return found


OWN_CONFIG = Path(classpage.__file__).with_name("nbgrader_config.py").read_text(encoding="utf-8")


def test_nothing_of_a_submission_runs_in_formgrader(tmp_path, monkeypatch):
    stock = active_parts(formgraded(tmp_path / "stock", STOCK.format(seconds=9), monkeypatch))
    ours = formgraded(tmp_path / "ours", OWN_CONFIG, monkeypatch)
    awake = {"script", "onerror", "onload", "onclick", "iframe", "object", "embed", "form", "base"}
    assert awake <= stock  # the control
    assert "href: javascript" in stock
    assert active_parts(ours) == set()
    assert "ran('javascript')" not in ours
    assert "<strong>grows</strong>" in ours
    assert 'class="comment tabbable" id="y-comment"' in ours  # it can be marked
    assert 'id="y"' in ours


@pytest.mark.browser
def test_a_browser_runs_nothing_of_a_submission_in_formgrader(tmp_path, monkeypatch, browser):
    ran, asked = opened(
        browser, formgraded(tmp_path / "stock", STOCK.format(seconds=9), monkeypatch)
    )
    assert set(ran) >= {"script", "onerror", "svg", "hover", "markdown-link", "width"}
    assert f"{TRACKER}/pixel" in asked
    ran, asked = opened(browser, formgraded(tmp_path / "ours", OWN_CONFIG, monkeypatch))
    assert ran == []
    assert [address for address in asked if TRACKER in address] == []


def test_formulas_are_still_drawn_and_by_one_fixed_address():
    html = exported(FeedbackExporter, PassiveOutputs)
    head = BeautifulSoup(html, "html.parser").head
    assert [s["src"] for s in head.find_all("script", src=True)] == [
        f"{MATHJAX}config=TeX-AMS_CHTML-full,Safe"
    ]
    assert html.index("charset") < 1024
    policy = head.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]


# What the checks said


@pytest.fixture(scope="module")
def verdicts():
    """Each wrong answer of lessons 00 and 03, with what its check says."""
    lessons = {i for i, task in checks.exercises().items() if task.lesson in ("00", "03")}
    found = []
    for wrong in wrong_answers():
        if wrong.exercise in lessons:
            verdict = checks.judge(wrong.exercise, wrong.function, seed=5)
            found.append((verdict, failed(checks._failure(verdict))))
    return found


def failed(text: str, name: str = "CheckFailed"):
    error = new_output("error", ename=name, evalue=text, traceback=text.splitlines())
    return new_code_cell("check(...)", outputs=[error])


def test_the_name_of_the_mistake_is_found_again_in_what_the_check_wrote(verdicts):
    assert len(verdicts) > 80
    for verdict, one in verdicts:
        said = diagnosis(verdict.id, one)
        assert said is not None
        assert said.cause == verdict.cause, (verdict, said)


def test_a_named_mistake_keeps_the_teachers_sentence(verdicts):
    for verdict, one in verdicts:
        task = checks.find(verdict.id)
        known = getattr(task, "misconceptions", ())
        for mistake in known:
            if mistake.name == verdict.cause:
                assert diagnosis(verdict.id, one).says == mistake.says


def test_a_check_that_is_no_check_of_ours_is_named_by_its_exception():
    said = diagnosis("mean", failed("nan != 2", "AssertionError"))
    assert said == Diagnosis("AssertionError", "The check cell stops with AssertionError.")
    assert diagnosis("mean", new_code_cell("1")) is None
    assert len(diagnosis("mean", failed("x", "A" * 5000)).says) == 240


# The class page


def page(course) -> BeautifulSoup:
    run(course, "report", "7")
    text = (course.reports / NAME / "class.html").read_text(encoding="utf-8")
    return BeautifulSoup(text, "html.parser")


def table(soup: BeautifulSoup, section: str) -> dict[str, list[str]]:
    body = soup.find(id=section).find_parent("section").find("tbody")
    rows = [[" ".join(c.get_text().split()) for c in row(["th", "td"])] for row in body("tr")]
    return {row[0]: row[1:] for row in rows}


def test_the_page_counts_exercises_by_full_some_none_and_blank(course):
    rows = table(page(course), "exercises")
    # of 7 that ran: right, telltale, always-two have it; miscounting twice; blank, hostile
    assert rows["conv_output_size (2)"] == ["43", "0", "29", "29", "43"]
    assert rows["mean (3)"] == ["29", "0", "29", "43", "29"]
    assert rows["why (2) 1 waits for a mark by hand"] == ["0", "0", "0", "100", "0"]


def test_the_page_counts_mistakes_in_the_teachers_words(course):
    soup = page(course)
    body = soup.find(id="mistakes").find_parent("section").find("tbody")
    counts = [int(row.td.get_text()) for row in body("tr")]
    assert counts == sorted(counts, reverse=True)
    said = body.get_text()
    assert "You counted the steps, not the places." in said
    assert "not written" not in said.lower()


def test_the_page_lists_what_was_refused_with_its_reason_and_nobody_else(course):
    soup = page(course)
    rows = table(soup, "looks")
    assert rows["broken"][0] == "refused"
    assert "broken JSON" in rows["broken"][1]
    assert rows[NAUGHTY][0] == "refused"
    text = soup.get_text()
    for student in ("miscounting", "telltale", "always-two", "hostile", "absent"):
        assert student not in text


def test_the_page_says_how_long_grading_took(course):
    entries = remembered(course, NAME)
    assert entries["right"]["seconds"] > 0
    total = sum(e["seconds"] for e in entries.values() if e["status"] == "graded")
    time = page(course).find(id="time").find_parent("section").p.get_text()
    assert classpage.in_minutes(total) in " ".join(time.split())


def test_the_page_needs_nothing_but_itself_and_reads_without_the_figure(course):
    soup = page(course)
    assert not soup(["script", "link", "img", "iframe"])
    assert "url(" not in str(soup.style)
    assert soup.html["lang"] == "en"
    assert len(soup("h1")) == 1
    levels = [int(h.name[1]) for h in soup(re.compile("^h[1-6]$"))]
    assert all(b - a <= 1 for a, b in pairwise(levels))
    figure = soup.find(role="img")
    assert "the same numbers are in the table" in " ".join(figure["aria-label"].split())
    columns = [c.get_text().strip() for c in figure.find(class_="bars")("div", recursive=False)]
    counted = [row("td")[0].get_text() for row in soup.find(class_="pair").tbody("tr")]
    assert [c for c in columns if c] == counted
    for one in soup("table"):
        assert one.caption.get_text().strip()
        assert all(h.get("scope") for h in one("th"))


def test_the_page_lies_where_nothing_is_handed_out_from_or_where_it_is_told(course, tmp_path):
    path = tmp_path / "deep" / "page.html"
    run(course, "report", "7", "--to", str(path))
    assert path.is_file()
    run(course, "report", "7")
    assert list(course.grading.rglob("class.html")) == [course.reports / NAME / "class.html"]


@pytest.mark.browser
@pytest.mark.parametrize("width", [340, 1000])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_and_can_be_read(course, browser, width, scheme):
    run(course, "report", "7")
    context = browser.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True
    )
    page = context.new_page()
    page.goto((course.reports / NAME / "class.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    poor = page.evaluate(CONTRAST)
    context.close()
    assert poor == []


CONTRAST = """() => {
  const rgb = (c) => c.match(/[\\d.]+/g).map(Number);
  const light = (c) => rgb(c).slice(0, 3).map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
  const under = (e) => { while (e.parentElement) {
    const c = getComputedStyle(e).backgroundColor;
    if (rgb(c).length < 4 || rgb(c)[3] > 0) return c; e = e.parentElement; }
    return getComputedStyle(document.body).backgroundColor; };
  return [...document.querySelectorAll("body *")]
    .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
    .filter((e) => !e.closest(".bars"))
    .map((e) => { const a = light(getComputedStyle(e).color), b = light(under(e));
      return [e.outerHTML.slice(0, 80), (Math.max(a, b) + .05) / (Math.min(a, b) + .05)]; })
    .filter(([, ratio]) => ratio < 4.5);
}"""


@pytest.mark.parametrize(
    ("scores", "highest", "labels", "counts"),
    [
        ([0, 1, 5, 5], 5, "0 1 2 3 4 5", [1, 1, 0, 0, 0, 2]),
        ([0, 21, 20], 21, "0–1 2–3 4–5 6–7 8–9 10–11 12–13 14–15 16–17 18–19 20–21", [1] + [0] * 9),
        ([0.5, 2.5], 3, "0 1 2 3", [1, 0, 1, 0]),
        ([99.5, 100], 100, "0+ 10+ 20+ 30+ 40+ 50+ 60+ 70+ 80+ 90+ 100", [0] * 9 + [1, 1]),
        ([], 2, "0 1 2", [0, 0, 0]),
    ],
)
def test_scores_are_counted_in_columns_that_fit(scores, highest, labels, counts):
    columns = classpage.histogram(scores, highest)
    assert " ".join(c.label for c in columns) == labels
    assert [c.count for c in columns][: len(counts)] == counts
    assert sum(c.count for c in columns) == len(scores)


def test_some_points_are_neither_all_nor_none_and_a_blank_is_told_from_a_mistake():
    given = {
        "a": [Part("x", 2.0, 2.0, False)],
        "b": [Part("x", 0.5, 2.0, False)],
        "c": [Part("x", 0.0, 2.0, False)],
        "d": [Part("x", 0.0, 2.0, False)],
        "e": [Part("x", 0.0, 2.0, True)],
    }
    said = {s: {} for s in given} | {"c": {"x": Diagnosis(NOT_WRITTEN, "")}}
    (row,) = classpage.exercises(given, said)
    assert (row.full, row.part, row.none, row.blank, row.waiting) == (1, 1, 1, 1, 1)
    assert row.mean == pytest.approx(2.5 / 8)


def test_mistakes_of_a_kind_are_counted_together_though_their_numbers_differ():
    said = {
        "a": {"x": Diagnosis("wrong-shape", "out has the wrong shape.")},
        "b": {"x": Diagnosis("wrong-shape", "dx has the wrong shape.")},
        "c": {"x": Diagnosis("flipped", "It is flipped.")},
        "d": {"x": Diagnosis("flipped", "It is flipped."), "y": Diagnosis("flipped", "Also.")},
        "e": {"x": Diagnosis(NOT_WRITTEN, "Not written yet.")},
    }
    found = classpage.mistakes(said)
    assert [(m.count, m.exercise) for m in found] == [(2, "x"), (1, "x"), (1, "x"), (1, "y")]
    assert found[0].says == "It is flipped."


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (9.96, "10 s"), (47.2, "47 s"), (200, "3 min 20 s"), (3900, "1 h 5 min")],
)
def test_a_time_is_said_for_people(seconds, words):
    assert classpage.in_minutes(seconds) == words


def test_every_picture_of_a_feedback_page_has_words():
    drawn = new_output("display_data", {"image/png": "eA=="})
    named = new_markdown_cell("![a line](data:image/png;base64,eA==)")
    notebook = new_notebook(cells=[new_code_cell("draw", outputs=[drawn]), named])
    page, _ = FeedbackExporter().from_notebook_node(notebook)
    pictures = BeautifulSoup(page, "html.parser").select("img")
    assert [picture["alt"] for picture in pictures] == [NO_ALT, "a line"]
