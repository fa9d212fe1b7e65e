"""Turn a lesson's cells into notebooks: nbgrader's source, and the release made from it.

The release is what nbgrader's own preprocessors make of the source, called in the order of
`nbgrader generate_assignment`; only the step that writes the gradebook is left out.
"""

from __future__ import annotations

import hashlib
from typing import Any

import nbformat as _nbformat
from nbformat import NotebookNode
from nbgrader import preprocessors as nbgrader
from traitlets.config import Config

from .cells import Cell
from .preprocessors import LearnersCells

nbformat: Any = _nbformat  # its functions carry no types

METADATA: dict[str, Any] = {
    # the name every Jupyter, Binder and Colab knows; nbgrader runs it with its own Python
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}

RELEASE_STEPS: list[type] = [
    LearnersCells,
    nbgrader.IncludeHeaderFooter,
    nbgrader.InstantiateTests,
    nbgrader.LockCells,
    nbgrader.ClearSolutions,
    nbgrader.ClearOutput,
    nbgrader.CheckCellMetadata,
    nbgrader.ComputeChecksums,
    nbgrader.SaveCells,
    nbgrader.ClearHiddenTests,
    nbgrader.ClearMarkScheme,
    nbgrader.ComputeChecksums,
    nbgrader.CheckCellMetadata,
]


def cell_ids(cells: list[Cell]) -> list[str]:
    """An id for each cell that stays as it is while others change.

    A graded cell has its nbgrader id, any other a hash of its text; equal texts are counted.
    """
    seen: dict[str, int] = {}
    found = []
    for cell in cells:
        text = f"{cell.marker.type}\n{cell.text}"
        name = cell.marker.grade_id or hashlib.sha256(text.encode()).hexdigest()[:12]
        name = name if len(name) <= 60 else hashlib.sha256(name.encode()).hexdigest()[:12]
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return found


def source_notebook(cells: list[Cell]) -> NotebookNode:
    """The notebook with answers and nbgrader's metadata."""
    notebook: NotebookNode = nbformat.v4.new_notebook(metadata=nbformat.from_dict(METADATA))
    for cell, name in zip(cells, cell_ids(cells), strict=True):
        make = nbformat.v4.new_code_cell
        if cell.marker.type == "markdown":
            make = nbformat.v4.new_markdown_cell
        metadata = nbformat.from_dict(cell.marker.metadata)
        notebook.cells.append(make(cell.text, id=name, metadata=metadata))
    notebook.nbformat_minor = 5
    return notebook


def release_notebook(source: NotebookNode, config: Config | None = None) -> NotebookNode:
    """What the learner gets: answers cleared, cells locked, checksums computed."""
    notebook: NotebookNode = nbformat.from_dict(source)
    resources: dict[str, Any] = {"nbgrader": {}}
    for step in RELEASE_STEPS:
        if step is not nbgrader.SaveCells:
            notebook, resources = step(config=config or Config()).preprocess(notebook, resources)
    return notebook


def loads(text: str) -> NotebookNode:
    """A notebook from its text, in today's format."""
    notebook: NotebookNode = nbformat.reads(text, as_version=4)
    return notebook


def reread(text: str) -> NotebookNode:
    """A notebook that grading wrote: it was checked then, which takes longer than to read it."""
    notebook: NotebookNode = nbformat.v4.reads(text)
    return notebook if notebook.get("nbformat") == 4 else loads(text)  # or somebody else did


def dumps(notebook: NotebookNode) -> str:
    """A notebook as it is written to disk: the same text for the same cells, always."""
    nbformat.validate(notebook)
    text: str = nbformat.v4.writes(notebook)  # nbformat.writes would validate once more
    return text if text.endswith("\n") else text + "\n"
