"""Feedback pages: nbgrader's template, without hidden tests and without anything that can run."""

from __future__ import annotations

import base64
import builtins
import hashlib
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
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
NO_ALT = "No description has been provided for this image"  # as nbconvert says it


def _allowed(tag: str, name: str, value: str) -> bool:
    """Whether an attribute may stay: names, sizes, and addresses that only show something."""
    if name == "src":
        return tag == "img" and value.startswith(("data:image/png", "data:image/jpeg"))
    if name == "href":
        return tag == "a" and value.startswith(("http://", "https://", "#"))
    return name in ATTRIBUTES


def clean(html: str) -> str:
    """HTML in which nothing runs and nothing is fetched."""
    text: str = bleach.clean(
        html,
        tags=TAGS,
        attributes=_allowed,
        protocols={"http", "https", "data"},
        css_sanitizer=CSSSanitizer(allowed_css_properties=STYLES),
        strip_comments=True,
    )
    return text


def _remembering(
    make: Callable[[str], str], longest: int = SHORT, most: int = 1000
) -> Callable[[str], str]:
    """The same function of a text, which remembers what it made of the last short ones."""
    known = lru_cache(maxsize=most)(make)
    return lambda text: known(text) if len(text) <= longest else make(text)


_cleaned = _remembering(clean, PICTURE, 100)  # a lesson's own figures are the same for everyone


class HideHiddenTests(NbGraderPreprocessor):  # type: ignore[misc]
    """Of a check cell with hidden tests only the kind of its failure is shown.

    A traceback quotes code, and what was printed on the way, or the name of an exception that a
    learner makes up, can hold what a hidden test handed to the learner's function.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], _index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Leave of one cell's outputs the kinds of its errors."""
        if cell.cell_type == "code" and ClearHiddenTests().begin_test_delimeter in cell.source:
            cell.outputs = [o for o in cell.outputs if o.output_type == "error"]
            for output in cell.outputs:
                kind = output.ename if output.ename in KINDS else "Error"
                output.ename, output.evalue = kind, NOTES.get(kind, "a test failed")
                output.traceback = [f"{kind}: {output.evalue}"]
        return cell, resources


class PassiveOutputs(NbGraderPreprocessor):  # type: ignore[misc]
    """Keep of each cell and output only what shows something; clean its HTML."""

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
        self.rendered = _remembering(self._markdown)
        self.coloured = _remembering(colour)
        self.filters = {**self.filters, "highlight_code": lambda code, **_: self.coloured(code)}

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Markdown as clean HTML; a picture that was pasted in and is not there shows its name."""
        pasted = context.get("cell", {}).get("attachments")
        return self._markdown(source, context) if pasted else self.rendered(source)

    def _markdown(self, source: str, context: Any = MappingProxyType({})) -> str:
        try:
            return clean(super().markdown2html(context, source))
        except InvalidNotebook:
            return clean(super().markdown2html(context, source.replace("attachment:", "")))

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
        make: Any = TemplateExporter.from_notebook_node
        prepared: Any = self._init_resources
        page, about = make(self, nb, prepared(resources), **options)
        page = re.sub(r"<img\b(?![^>]*\balt=)", f'<img alt="{NO_ALT}"', page)
        head, rest = str(page).split("</head>", 1)
        begin, end = head.split("<head>", 1)
        end = re.sub(r"<script\b.*?</script\s*>", "", end, flags=re.DOTALL)
        return f"{begin}<head>\n{HEAD}{end}</head>{rest}", about
