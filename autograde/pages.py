"""Feedback pages: nbgrader's template, without hidden tests and without anything that can run."""

from __future__ import annotations

import base64
import builtins
import hashlib
import math
import re
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache, lru_cache, partial
from html import escape
from types import MappingProxyType
from typing import Any

import bleach  # type: ignore[import-untyped]
from bleach.css_sanitizer import CSSSanitizer  # type: ignore[import-untyped]
from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters.highlight import Highlight2HTML
from nbconvert.filters.markdown_mistune import InvalidNotebook
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor
from nbgrader.utils import is_grade, is_solution

from .execute import NOTES
from .notebook import nbformat
from .skeleton import pictures

Step = tuple[NotebookNode, dict[str, Any]]

TAGS = frozenset(
    """a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption
    figure h1 h2 h3 h4 h5 h6 hr i img kbd li ol p pre q s samp small span strong sub summary sup
    table tbody td tfoot th thead tr tt u ul var""".split()  # noqa: SIM905  (readable)
)
ATTRIBUTES = ("alt", "class", "colspan", "height", "rowspan", "scope", "style", "title", "width")
STYLES = frozenset(  # none of them can fetch anything
    """background-color border-radius caption-side color font-style font-weight height margin
    margin-top max-width opacity padding text-align width""".split()  # noqa: SIM905  (readable)
)
# Of an output, nothing active: HTML and markdown are cleaned, formulas are escaped.
SHOWN = ("text/html", "text/markdown", "text/latex", "image/png", "image/jpeg", "text/plain")

# Formulas are drawn by MathJax: the one script a page may run, and the one address it may ask.
MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/2.7.7/"
MATHJAX_SETTINGS = r"""window.MathJax = {
  tex2jax: {inlineMath: [["$", "$"], ["\\(", "\\)"]], processEscapes: true},
  TeX: {equationNumbers: {autoNumber: "AMS", useLabelIds: true}},
  messageStyle: "none", showMathMenu: false};"""
_HASH = base64.b64encode(hashlib.sha256(MATHJAX_SETTINGS.encode()).digest()).decode()
POLICY = (  # what the browser refuses even where the cleaning below should miss something
    f"default-src 'none'; script-src {MATHJAX} 'sha256-{_HASH}'; font-src {MATHJAX}; "
    f"style-src 'unsafe-inline' {MATHJAX}; img-src data:; base-uri 'none'; form-action 'none'"
)
HEAD = (
    '<meta charset="utf-8"/>\n'  # within the first 1024 bytes
    f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"/>\n'
    f"<script>{MATHJAX_SETTINGS}</script>\n"
    f'<script async src="{MATHJAX}MathJax.js?config=TeX-AMS_CHTML-full,Safe"></script>\n'
)


KINDS = frozenset(n for n in dir(builtins) if isinstance(getattr(builtins, n), type)) | {
    "CheckFailed",
    *NOTES,
}
NUMBERS = (int, float)
SHORT = 20_000  # characters
PICTURE = 200_000  # characters, of a figure with its frame
# What is longer or deeper, or comes after the page's time is over, is shown as it was written.
MARKDOWN, HTML, CODE = 20_000, 200_000, 50_000  # characters, without the data of pictures
LINE = 1000  # characters of a line of code: the time to colour one grows with its square
DEPTH = 100  # elements within each other
FORMULAS = 20_000_000  # beginnings of formulas times characters: nbconvert looks for each one's end
SECONDS = 10.0  # of computing
NO_ALT = "No description has been provided for this image"  # as nbconvert says it


def _allowed(tag: str, name: str, value: str) -> bool:
    """Whether an attribute may stay: names, sizes, and addresses that only show something."""
    if name == "src":
        return tag == "img" and value.startswith(("data:image/png", "data:image/jpeg"))
    if name == "href":
        return tag == "a" and value.startswith(("http://", "https://", "#"))
    return name in ATTRIBUTES


class _Page(threading.local):
    """The page that a thread makes: when its time is over, on the thread's own clock."""

    end = math.inf

    def begin(self) -> None:
        """Start the time."""
        self.end = time.thread_time() + SECONDS


class _TooMuch(Exception):
    """A text that takes too long to render; what it says is the reason."""


_page = _Page()
_DATA = re.compile(r"data:image/[a-z+.-]++;base64,[A-Za-z0-9+/=]*+")
_FENCE = re.compile(r"(?:```|~~~)[ \t]*\w")  # code in a text, which is coloured as well
_FORMULA = re.compile(r"\\\\[(\[]|\\begin\{")


def as_text(text: str, why: str) -> str:
    """A text as it was written, under a line that says why it is shown so."""
    return f"<p><em>Shown as it was written: {why}.</em></p>\n<pre>{escape(text)}</pre>"


def _bounded(make: Callable[[str], str], most: int) -> Callable[[str], str]:
    """The same function of a text; the text itself where it is pathological."""

    def bounded(text: str) -> str:
        size = len(_DATA.sub("", text)) if len(text) > most else 0
        if size > most:
            return as_text(text, f"{size:,} characters, more than {most:,}")
        if time.thread_time() > _page.end:
            return as_text(text, "the page takes too long")
        try:
            return make(text)
        except (_TooMuch, RecursionError) as reason:
            return as_text(text, str(reason) if isinstance(reason, _TooMuch) else "too deep")

    return bounded


def _check_lines(code: str) -> None:
    if max(map(len, code.split("\n"))) > LINE:
        raise _TooMuch(f"a line of more than {LINE:,} characters")


def _insert(tree: Any, insert: Callable[[Any], Any], token: Any) -> Any:
    """Put an element into a page, unless it is deep in others: each is searched for each tag."""
    if len(tree.openElements) + len(tree.activeFormattingElements) > DEPTH:
        raise _TooMuch(f"more than {DEPTH} elements within each other")
    return insert(token)


def _clean(html: str) -> str:
    cleaner = bleach.Cleaner(
        tags=TAGS,
        attributes=_allowed,
        protocols={"http", "https", "data"},
        css_sanitizer=CSSSanitizer(allowed_css_properties=STYLES),
        strip_comments=True,
    )
    tree = cleaner.parser.tree
    for name in ("insertElementNormal", "insertElementTable"):
        setattr(tree, name, partial(_insert, tree, getattr(tree, name)))
    text: str = cleaner.clean(html)
    return text


clean = _bounded(_clean, HTML)  # HTML in which nothing runs and nothing is fetched


def _remembering(
    make: Callable[[str], str], longest: int = SHORT, most: int = 1000
) -> Callable[[str], str]:
    """The same function of a text, which remembers what it made of the last short ones."""
    known = lru_cache(maxsize=most)(make)
    return lambda text: known(text) if len(text) <= longest else make(text)


# A lesson's own figures are the same for everyone.
_cleaned = _bounded(_remembering(_clean, PICTURE, 100), HTML)


def _is_check(cell: NotebookNode) -> bool:
    """Whether a cell is the instructor's check: hidden tests are nowhere else."""
    return bool(is_grade(cell)) and not is_solution(cell)


class ClearHiddenTestsOfChecks(ClearHiddenTests):  # type: ignore[misc]
    """nbgrader's step for the instructor's cells: in a learner's a marker is text like any."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict[str, Any], index: int) -> Step:
        """Clear one cell."""
        if not _is_check(cell):
            return cell, resources
        step: Step = super().preprocess_cell(cell, resources, index)
        return step


class HideHiddenTests(NbGraderPreprocessor):  # type: ignore[misc]
    """Of a check cell with hidden tests only the kind of its failure is shown.

    A traceback quotes code, and what was printed on the way, or the name of an exception that a
    learner makes up, can hold what a hidden test handed to the learner's function.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], _index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Leave of one cell's outputs the kinds of its errors."""
        if _is_check(cell) and ClearHiddenTests().begin_test_delimeter in cell.source:
            cell.outputs = [o for o in cell.outputs if o.output_type == "error"]
            for output in cell.outputs:
                kind = output.ename if output.ename in KINDS else "Error"
                output.ename, output.evalue = kind, NOTES.get(kind, "a test failed")
                output.traceback = [f"{kind}: {output.evalue}"]
        return cell, resources


class PassiveOutputs(NbGraderPreprocessor):  # type: ignore[misc]
    """Keep of each cell and output only what shows something; clean its HTML."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        """Clean every cell, within the page's time."""
        _page.begin()
        step: Step = super().preprocess(nb, resources)
        return step

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], _index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Clean the metadata and the outputs of one cell."""
        pasted = pictures(cell)
        cell.pop("attachments", None)
        if pasted:
            cell.attachments = nbformat.from_dict(pasted)
        kept = {"nbgrader": cell.metadata.nbgrader} if "nbgrader" in cell.metadata else {}
        cell.metadata = nbformat.from_dict(kept)
        for output in cell.get("outputs", []):
            if "data" in output:
                data = {kind: output.data[kind] for kind in SHOWN if kind in output.data}
                if "text/html" in data:
                    data["text/html"] = _cleaned("".join(data["text/html"]))
                output.data = nbformat.from_dict(data)
                output.metadata = nbformat.from_dict(_sizes(output.get("metadata", {})))
        if "outputs" in cell:
            cell.outputs = [o for o in cell.outputs if o.get("data") != {}]
        return cell, resources


def _sizes(metadata: NotebookNode) -> dict[str, dict[str, int | float]]:
    """The widths and heights of an output's pictures: the template writes them without quotes."""
    return {
        kind: {k: v for k, v in about.items() if k in ("width", "height") and type(v) in NUMBERS}
        for kind, about in metadata.items()
        if kind.startswith("image/") and isinstance(about, dict)
    }


class FeedbackExporter(HTMLExporter):
    """nbconvert's HTML, with the learner's markdown made harmless and a policy for the browser."""

    def __init__(self, **options: Any) -> None:
        """Make one for many pages: a lesson's own cells, the same on each, are rendered once."""
        super().__init__(**options)  # type: ignore[no-untyped-call]
        colour: Callable[[str], str] = Highlight2HTML(  # type: ignore[no-untyped-call]
            pygments_lexer="ipython3", parent=self
        )

        def coloured(code: str) -> str:
            _check_lines(code)
            return colour(code)

        self.rendered = _bounded(_remembering(self._markdown), MARKDOWN)
        self.coloured = _bounded(_remembering(coloured), CODE)
        self.filters = {**self.filters, "highlight_code": lambda code, **_: self.coloured(code)}

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Markdown as clean HTML; a picture that was pasted in and is not there shows its name."""
        pasted = context.get("cell", {}).get("attachments")
        with_pictures = _bounded(lambda text: self._markdown(text, context), MARKDOWN)
        return with_pictures(source) if pasted else self.rendered(source)

    def _markdown(self, source: str, context: Any = MappingProxyType({})) -> str:
        if len(_FORMULA.findall(source)) * len(source) > FORMULAS:
            raise _TooMuch("too many formulas begin in it")
        if _FENCE.search(source):
            _check_lines(source)
        try:
            return _clean(super().markdown2html(context, source))
        except InvalidNotebook:
            return _clean(super().markdown2html(context, source.replace("attachment:", "")))

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """nbconvert's filters; raw cells go through our own cleaning."""
        yield from super().default_filters()  # type: ignore[no-untyped-call]
        yield "clean_html", clean

    def from_notebook_node(  # type: ignore[override]  # nbconvert's own HTML page is text as well
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        """The page; its head says what may run and be fetched, and brings MathJax under that.

        HTMLExporter would parse the whole page once more to describe pictures and mark widgets.
        """
        _page.begin()
        make: Any = TemplateExporter.from_notebook_node
        prepared: Any = self._init_resources
        page, about = make(self, nb, prepared(resources), **options)
        page = re.sub(r"<img\b(?![^>]*\balt=)", f'<img alt="{NO_ALT}"', page)
        head, rest = str(page).split("</head>", 1)
        begin, end = head.split("<head>", 1)
        end = re.sub(r"<script\b.*?</script\s*>", "", end, flags=re.DOTALL)
        return f"{begin}<head>\n{HEAD}{end}</head>{rest}", about


@cache
def _renderer() -> FeedbackExporter:
    return FeedbackExporter(exclude_anchor_links=True)


@pass_context
def passive_markdown(context: Any, source: str) -> str:
    """Markdown as clean HTML, for Formgrader: its exporter is nbconvert's own, its filters ours."""
    return _renderer().markdown2html(context, source)


def bounded_code(source: str, **_: Any) -> str:
    """Code in colours, for Formgrader."""
    return _renderer().coloured(source)
