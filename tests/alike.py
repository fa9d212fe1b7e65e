"""What a grader leaves behind, as one flat table: for comparing two graders field by field.

`read` takes down every field of the gradebook, of each autograded notebook and of what each
feedback page shows. Row ids, which are drawn, are replaced by names. What two honest runs write
differently is written in one way: where a cell's source is said to lie, addresses in memory,
colours, the lines around a failing one, and how often a kernel sent its output.
"""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup, Tag

Fields = dict[str, Any]
ABSENT = "(absent)"

NAMES = {  # what a row is called, instead of the id that was drawn for it
    "alembic_version": ("version_num",),
    "course": ("id",),
    "student": ("id",),
    "assignment": ("name",),
    "notebook": ("assignment_id", "name"),
    "base_cell": ("notebook_id", "name", "type"),
    "source_cell": ("notebook_id", "name"),
    "grade_cells": ("id",),
    "solution_cells": ("id",),
    "task_cells": ("id",),
    "submitted_assignment": ("assignment_id", "student_id"),
    "submitted_notebook": ("assignment_id", "notebook_id"),
    "grade": ("notebook_id", "cell_id"),
    "comment": ("notebook_id", "cell_id"),
}


@dataclass(frozen=True)
class Deliberate:
    """Where two graders may differ, why, and which differences are meant, given ours and theirs."""

    where: str
    reason: str
    holds: Callable[[Any, Any], bool]

    def fits(self, mine: Any, other: Any) -> bool:
        """Whether it holds; what it asks for, errors say, may not even be there."""
        try:
            return self.holds(mine, other)
        except (AttributeError, IndexError, TypeError, ValueError):
            return False


def differences(ours: Fields, theirs: Fields) -> dict[str, tuple[Any, Any]]:
    """The fields that are not the same."""
    pairs = {k: (ours.get(k, ABSENT), theirs.get(k, ABSENT)) for k in [*ours, *theirs]}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def unexplained(
    ours: Fields, theirs: Fields, deliberate: list[Deliberate]
) -> tuple[dict[str, tuple[Any, Any]], list[Deliberate]]:
    """The differences that nobody meant, and those meant that are not there."""
    left, unused = {}, list(deliberate)
    for key, (mine, other) in differences(ours, theirs).items():
        fitting = [d for d in deliberate if fnmatchcase(key, d.where) and d.fits(mine, other)]
        unused = [d for d in unused if d not in fitting]
        if not fitting:
            left[key] = mine, other
    return left, unused


def read(grading: Path) -> Fields:
    """Every field of the gradebook, the autograded notebooks and the feedback pages."""
    found = {f"gradebook/{k}": v for k, v in gradebook(grading / "gradebook.db").items()}
    for step, take in (("autograded", notebook), ("feedback", page)):
        for folder in sorted((grading / step).glob("*/*")):
            place = f"{step}/{folder.parent.name}"
            files = sorted(p for p in folder.rglob("*") if p.is_file())
            found[f"{place}/files"] = [
                (str(p.relative_to(folder)), oct(p.stat().st_mode)) for p in files
            ]
            for path in files:
                text = path.read_text(encoding="utf-8")
                fields = take(text) if path.suffix in (".ipynb", ".html") else {path.name: text}
                found |= {f"{place}/{k}": v for k, v in fields.items()}
    return found


def gradebook(path: Path) -> Fields:
    """Every column of every row of every table."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as book:
        book.row_factory = sqlite3.Row
        tables = [
            name for (name,) in book.execute("select name from sqlite_master where type='table'")
        ]
        rows = {t: [dict(r) for r in book.execute(f"select * from {t}")] for t in tables}
        points = {
            t: {key["from"]: key["table"] for key in book.execute(f"pragma foreign_key_list({t})")}
            for t in tables
        }
    by_id = {t: {row["id"]: row for row in rows[t] if "id" in row} for t in tables}

    def name(table: str, row: dict[str, Any]) -> str:
        return " ".join(str(value(table, row, column)) for column in NAMES[table])

    def value(table: str, row: dict[str, Any], column: str) -> Any:
        other = points[table].get(column)
        return name(other, by_id[other][row[column]]) if other else row[column]

    found: Fields = {}
    for table in tables:
        names = [name(table, row) for row in rows[table]]
        assert len(set(names)) == len(names), f"{table}: two rows of one name"
        found[f"{table}/rows"] = sorted(names)
        for called, row in zip(names, rows[table], strict=True):
            for column in row:
                if column != "id" or column in NAMES[table]:
                    found[f"{table}/{called}/{column}"] = value(table, row, column)
    return found


def notebook(text: str) -> Fields:
    """Every field of every cell, by the cells' ids."""
    whole = json.loads(text)
    cells = whole.pop("cells")
    found = {"cells": [one["id"] for one in cells], **dict(_flat(whole, "notebook"))}
    for one in cells:
        if "outputs" in one:
            found[f"{one['id']}/outputs"] = _merged([_output(o) for o in one.pop("outputs")])
        one["source"] = "".join(one["source"])
        found |= dict(_flat(one, one["id"]))
    return found


def _flat(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    """The fields within fields."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{place}/{key}")
    else:
        yield place, value


def _output(output: dict[str, Any]) -> dict[str, Any]:
    found = dict(output)
    for name in ("text", "evalue"):
        if name in found:
            found[name] = plain("".join(found[name]))
    if "traceback" in found:
        found["traceback"] = traceback("\n".join(found["traceback"]))
    if "data" in found:
        found["data"] = {k: plain("".join(v)) for k, v in found["data"].items()}
    return found


def _merged(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Between two other outputs one text for each stream: a kernel sends them when it likes."""
    found: list[dict[str, Any]] = []
    streams: dict[str, dict[str, Any]] = {}
    for output in [*outputs, {"output_type": "end"}]:
        if output["output_type"] == "stream":
            one = streams.setdefault(output["name"], {**output, "text": ""})
            one["text"] += output["text"]
        else:
            found += [streams[name] for name in sorted(streams, reverse=True)] + [output]
            streams = {}
    return found[:-1]


def plain(text: str) -> str:
    """A text without colours, and without what is drawn anew for each run."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    text = re.sub(r"/\S*/ipykernel_\d+/\d+\.py|<ipython-input-\d+-\w+>", "CELL", text)
    text = re.sub(r"\(\d+\.py, line", "(CELL, line", text)  # a syntax error's place
    text = re.sub(r"/\S*/autograde-boxes-\d+-\w+/", "BOX/", text)
    text = re.sub(r"\b0x[0-9a-f]{6,}", "ADDRESS", text)
    return text.replace(str(Path.home()), "~")


def traceback(text: str) -> str:
    """The frames and the failing line of each; IPython shows more or fewer lines around it."""
    if not re.search(r"\bCell In\[", plain(text)):
        return plain(text)  # a check's own words
    lines = plain(text).split("\n")
    lines = [re.sub(r"^-+> (\d+) +", r"--> \1 ", line).rstrip() for line in lines]
    lines = [line for line in lines if line and not re.match(r"^ +\d+\b", line)]
    return "\n".join(lines)


def page(text: str) -> Fields:
    """What a feedback page shows: scores, comments, each cell with its outputs."""
    whole = BeautifulSoup(text, "html.parser")
    for link in whole.select("a.anchor-link"):
        link.decompose()  # the paragraph sign beside a heading, for a page that is linked to
    found: Fields = {"title": _text(whole.h4)}
    found["contents"] = [(_text(li), li.a and li.a["href"]) for li in whole.select("#toc li")]
    cells = whole.select("div.cell")
    found["cells"] = [c.get("id", "") for c in cells]
    beside = [n for c in cells[:1] for n in c.parent.children if n not in cells]
    found["raw cells"] = [t for t in (_text(n) for n in beside) if t]
    for number, cell in enumerate(cells):
        anchor = cell.select_one("a[name]")
        place = str(cell.get("id") or (anchor and anchor["name"]) or f"text {number}")
        place = place.removeprefix("cell-id=").removeprefix("comment-")
        found[f"{place}/prompt"] = _text(cell.select_one(".prompt"))
        found[f"{place}/heading"] = _text(cell.select_one(".panel-heading"))
        found[f"{place}/comment"] = _text(cell.select_one(".panel-footer"))
        code, text = cell.select_one(".input_area"), cell.select_one(".inner_cell, .panel-body")
        found[f"{place}/source"] = code.get_text().strip() if code else _text(text)
        found[f"{place}/pictures"] = [i["src"] for i in text.select("img")] if text else []
        found[f"{place}/outputs"] = _merged([_shown(o) for o in cell.select(".output_subarea")])
    return found


def _text(element: Any) -> str:
    if element is None:
        return ""
    text = element.get_text(" ") if isinstance(element, Tag) else str(element)
    return " ".join(text.split())


def _shown(output: Tag) -> dict[str, Any]:
    kinds = " ".join(sorted(set(output["class"]) - {"output_subarea"}))
    text = output.get_text().strip("\n")
    if "output_stream" in kinds:
        name = "stderr" if "output_stderr" in kinds else "stdout"
        return {"output_type": "stream", "name": name, "text": plain(text) + "\n"}
    if "output_error" in kinds:
        return {"output_type": "error", "traceback": traceback(text)}
    pictures = [(i.get("src"), i.get("width"), i.get("height")) for i in output.select("img, svg")]
    return {"output_type": kinds, "text": plain(text), "pictures": pictures}


def gist(outputs: list[dict[str, Any]]) -> list[str]:
    """Of outputs in a notebook or on a page: what was printed, an error's name, a value's text."""
    found = []
    for output in outputs:
        if output["output_type"] == "stream":
            found.append(f"{output['name']}: {output['text'].strip()}")
        elif output["output_type"] == "error":
            found.append(output["traceback"].split("\n")[-1].partition(":")[0])
        else:
            found.append(output.get("text") or output.get("data", {}).get("text/plain", ""))
    return found


def table(path: Path) -> Fields:
    """nbgrader's export: every column of every student."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {f"export/{row['student_id']}/{column}": row[column] for row in rows for column in row}
