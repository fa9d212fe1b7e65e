"""Steps of our own in nbgrader's pipelines."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

Step = tuple[NotebookNode, dict[str, Any]]


class LearnersCells(NbGraderPreprocessor):  # type: ignore[misc]
    """Leave out the cells that are meant for the lecture only."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Step:
        """Drop `only="lecture"` cells, and the mark on the others."""
        nb.cells = [c for c in nb.cells if c.metadata.get("course", {}).get("only") != "lecture"]
        for cell in nb.cells:
            cell.metadata.pop("course", None)
        return nb, resources
