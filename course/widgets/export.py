"""Notebooks as HTML in which the course's widgets live on: no kernel, no network, no other script.

    jupyter nbconvert --to course.widgets.export.LiveHTML notebook.ipynb
    jupyter nbconvert --to course.widgets.export.LiveSlides notebook.ipynb

Why not stock nbconvert: it leaves widgets to require.js, html-manager and anywidget, fetched from
public servers, and a page that is opened without a network shows none. The course's widgets need
none of the three, since they compute and draw in the browser: their script, their state and a
small model stand in the page itself, which is then whole, whoever opens it and wherever it lies.
Local copies of the three would be 2 MB beside every page, and one more thing to keep up to date.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nbconvert.exporters import HTMLExporter, SlidesExporter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import default

VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
_WAKE = Path(__file__).with_name("_page.js").read_text(encoding="utf-8")


def live_html(key: str, record: dict[str, Any]) -> str:
    """Return the widget as HTML that lives by itself.

    Args:
        key: outputs with one key share one model, as the views of one widget do in JupyterLab.
        record: the widget's state and buffers, as a notebook's metadata holds them.
    """
    state = record["state"]
    widget = {
        "key": key,
        "state": {name: state[name] for name in state.keys() - {"_esm", "_css", "layout"}},
        "buffers": record.get("buffers", []),
        "script": state["_esm"],
        "style": state.get("_css", ""),
    }
    data = json.dumps(widget, sort_keys=True).replace("<", "\\u003c")  # no "</script>" inside
    return (
        '<div class="course-widget">'
        f'<script type="application/json">{data}</script></div>\n<script>\n{_WAKE}</script>'
    )


class LiveWidgets(Preprocessor):
    """Puts each of the course's widgets into its output, from the state saved in the notebook.

    Other widgets (ipywidgets' own, or one of ours inside a box of theirs) stay as they were.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Replace the widget views of every cell; drop the saved state that none needs any more."""
        saved = nb.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
        outputs = [output for cell in nb.cells for output in cell.get("outputs", [])]
        others = False
        for output in outputs:
            key = output.get("data", {}).get(VIEW, {}).get("model_id")
            if key is not None and "_esm" in saved.get(key, {}).get("state", {}):
                output["data"] = {"text/html": live_html(key, saved[key])}
            else:
                others |= key is not None
        if not others:
            nb.metadata.pop("widgets", None)
        return nb, resources


class LiveHTML(HTMLExporter):
    """nbconvert's HTML page with living widgets."""

    @default("preprocessors")
    def _alive(self) -> list[type[Preprocessor]]:
        return [LiveWidgets]


class LiveSlides(SlidesExporter):
    """nbconvert's reveal.js slides with living widgets."""

    @default("preprocessors")
    def _alive(self) -> list[type[Preprocessor]]:
        return [LiveWidgets]
