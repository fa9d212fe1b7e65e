"""Read a notebook from a stranger's bytes, within bounds: a small file can ask for much memory.

Outputs and long metadata are cut out of the bytes before anything of them becomes an object.
"""

from __future__ import annotations

import codecs
import json
import re

from nbformat import NotebookNode

from .notebook import loads

KEPT = 50_000_000  # bytes of a notebook without its stored outputs
PARTS = 400_000  # lists, dictionaries and their members in that
BRACKETS = 2_000_000  # in what is not read
CELLS = 25_000
SOURCE = 1_000_000  # characters of a cell
SOURCES = 2_000_000  # of all cells
METADATA = 100_000  # bytes, of a notebook or a cell; longer ones are not read
LARGE_OUTPUTS = 20_000_000  # characters; below that nobody need be told that they are left out
_PLAIN = rb'[^"\[\]{}%s]++|"[^"\\]*+(?:\\.[^"\\]*+)*+"'  # between two signs: values and strings
_SIGN = re.compile(rb"(?:%s)*+[\[\]{},]" % (_PLAIN % b","), re.DOTALL)
_BRACKET = re.compile(rb"(?:%s)*+[\[\]{}]" % (_PLAIN % b""), re.DOTALL)
_UNREAD = re.compile(rb'"(?:outputs"\s*:\s*\[|metadata"\s*:\s*\{)\Z')


class Refused(Exception):
    """A submission that is not taken; the text is the reason."""


def read(content: bytes, release: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """A notebook from a stranger's bytes, and notes on its form. Raises Refused."""
    text, encoding = _read(content)
    notes = [f"the file is {encoding}, not plain UTF-8: read as that"] if encoding else []
    notebook = parse(text, notes)
    notes += _left_out(notebook)
    if len(content) - len(text) > LARGE_OUTPUTS:
        size = (len(content) - len(text)) / 1e6
        notes.append(f"stored outputs of {size:.0f} MB are left out")
    if "\r" in text or any("\r" in cell.source for cell in notebook.cells):
        notes.append("lines end as on Windows")
        for cell in notebook.cells:
            cell.source = cell.source.replace("\r\n", "\n").replace("\r", "\n")
    theirs, ours = _kernel(notebook), _kernel(release)
    if theirs and ours and theirs != ours:
        notes.append(f"made for the kernel {theirs[:40]!r}, graded with {ours!r}")
    return notebook, notes


def _kernel(notebook: NotebookNode) -> str:
    found = notebook.get("metadata", {}).get("kernelspec", {})
    name = found.get("name") if isinstance(found, dict) else ""
    return name if isinstance(name, str) else ""


def decode(content: bytes) -> tuple[str, str]:
    """The text, and its encoding where it is not plain UTF-8 as a notebook's should be.

    Every byte is a letter in Latin-1, so that comes last, and UTF-16 only with its mark.
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace"), "UTF-16"
    mark = "UTF-8 with a byte order mark" if content.startswith(codecs.BOM_UTF8) else ""
    try:
        return content.decode("utf-8-sig"), mark
    except UnicodeDecodeError:
        return content.decode("latin-1"), "Latin-1"


def _read(content: bytes) -> tuple[str, str]:
    """What is read of a notebook, as text, and its encoding where it is not UTF-8."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text, encoding = decode(content)
        return pruned(text.encode("utf-8", "replace")).decode(), encoding
    return decode(pruned(content))


def pruned(content: bytes) -> bytes:
    """A notebook's bytes without outputs and long metadata: nothing of these becomes an object.

    Lines stay, so that broken JSON is found where it is. Raises Refused where too much is left.
    """
    kept: list[bytes] = []
    begin = position = depth = parts = brackets = 0
    unread = start = 0  # the depth at which something unread began, and where
    while found := (_BRACKET if unread else _SIGN).match(content, position):
        position = found.end()
        sign = content[position - 1 : position]
        brackets += unread > 0
        parts += not unread
        if sign in b"[{":
            depth += 1
            if not unread and _UNREAD.search(content, max(begin, position - 100), position):
                unread, start = depth, position - 1
        elif sign in b"]}":
            if unread == depth > 0:
                region = content[start:position]
                if sign == b"]" or len(region) > METADATA:
                    empty = b"[]" if sign == b"]" else b"{}"
                    kept += [content[begin:start], b"\n" * region.count(b"\n"), empty]
                    begin = position
                else:
                    parts += sum(map(region.count, (b",", b"[", b"{")))
                unread = 0
            depth -= 1
        if parts > PARTS or brackets > BRACKETS:
            most = PARTS if parts > PARTS else BRACKETS
            raise Refused(f"more than {most:,} lists, dictionaries and members of them")
    end = start if unread else len(content)  # broken off in what is not read
    whole = b"".join([*kept, content[begin:end], b"\n" * content.count(b"\n", end)])
    if len(whole) > KEPT:
        size = f"{len(whole) / 1e6:.0f} MB without its outputs"
        raise Refused(f"the notebook is too large: {size}, more than {KEPT / 1e6:.0f} MB")
    return whole


def _left_out(notebook: NotebookNode) -> list[str]:
    """Leave cells out that no person wrote, and note it. Raises Refused where all is too much."""
    if len(notebook.cells) > CELLS:
        raise Refused(f"{len(notebook.cells):,} cells, more than {CELLS:,}")
    sizes = [len(cell.source) for cell in notebook.cells]
    notes = [
        f"cell number {number} was left out: {size:,} characters, more than {SOURCE:,}"
        for number, size in enumerate(sizes, start=1)
        if size > SOURCE
    ]
    notebook.cells = [c for c, n in zip(notebook.cells, sizes, strict=True) if n <= SOURCE]
    total = sum(size for size in sizes if size <= SOURCE)
    if total > SOURCES:
        raise Refused(f"{total:,} characters in the cells, more than {SOURCES:,}")
    return notes if len(notes) <= 5 else [*notes[:5], f"and {len(notes) - 5} more"]


def parse(text: str, notes: list[str] | None = None) -> NotebookNode:
    """A notebook from a stranger's text, or the reason why it is none; notes are added."""
    told = [] if notes is None else notes
    try:
        if not text.strip():
            raise Refused("the file is empty")
        found = json.loads(text)
        if not isinstance(found, dict) or not isinstance(found.get("nbformat"), int):
            raise Refused("the file is JSON, but not a notebook")
        sheets = found.get("worksheets", []) if found["nbformat"] < 4 else []
        for cell in (c for part in (found, *sheets) for c in part.get("cells", [])):
            cell.pop("outputs", None)
            if cell["cell_type"] == "code":
                cell["outputs"] = []
        notebook = loads(json.dumps(found))
        if found["nbformat"] < 4:
            told.append(f"saved in format {found['nbformat']} of notebooks, read as format 4")
        for cell in notebook.cells:
            if not isinstance(cell.source, str):
                raise Refused("a cell's text is not text")
    except json.JSONDecodeError as error:
        raise Refused(f"broken JSON in line {error.lineno}: {error.msg}") from None
    except RecursionError:
        raise Refused("the file is nested too deeply") from None
    except Refused:
        raise
    except Exception as error:
        raise Refused(f"not a notebook: {type(error).__name__}: {str(error)[:200]}") from None
    return notebook
