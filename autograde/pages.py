"""Feedback pages: nbgrader's template, without hidden tests and without anything that can run."""

from __future__ import annotations

from typing import Any

import bleach  # type: ignore[import-untyped]
from bleach.css_sanitizer import CSSSanitizer  # type: ignore[import-untyped]
from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor

from .notebook import nbformat

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
SHOWN = ("text/html", "image/png", "image/jpeg", "text/plain")  # of an output; nothing active


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


class HideHiddenTests(NbGraderPreprocessor):  # type: ignore[misc]
    """In a check cell with hidden tests a failure shows its kind only: a traceback quotes code."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], _index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Shorten the errors of one cell."""
        if cell.cell_type == "code" and ClearHiddenTests().begin_test_delimeter in cell.source:
            for output in cell.outputs:
                if output.output_type == "error":
                    output.evalue = "a test failed"
                    output.traceback = [f"{output.ename}: a test failed"]
        return cell, resources


class PassiveOutputs(NbGraderPreprocessor):  # type: ignore[misc]
    """Keep of each output only what shows something; clean its HTML."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], _index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Clean the outputs of one cell."""
        cell.pop("attachments", None)
        for output in cell.get("outputs", []):
            if "data" in output:
                data = {kind: output.data[kind] for kind in SHOWN if kind in output.data}
                if "text/html" in data:
                    data["text/html"] = clean("".join(data["text/html"]))
                output.data = nbformat.from_dict(data)
        return cell, resources


class FeedbackExporter(HTMLExporter):
    """nbconvert's HTML, with the learner's markdown made harmless."""

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Markdown as clean HTML."""
        return clean(super().markdown2html(context, source))
