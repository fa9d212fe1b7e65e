"""Run cells as a notebook does, magics and displays too, and record what they show."""

from __future__ import annotations

import inspect
import io
import os
import signal
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell

from .wire import SHOWN, TEXT

KINDS = ("text/plain", "text/html", "text/markdown", "text/latex", "image/png", "image/jpeg")


class OutOfCellTime(BaseException):
    """The cell ran for too long."""


class Record:
    """The outputs of one cell, as plain values and within bounds."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.clear()

    def clear(self, wait: bool = False) -> None:
        """Forget the outputs; wait: as soon as there is another."""
        self.clearing = wait
        if not wait:
            self.outputs: list[dict[str, Any]] = []
            self.named: dict[str, list[dict[str, Any]]] = {}  # displays that may be updated
            self.left = SHOWN
            self.printed = 0

    def _make_room(self) -> None:
        if self.clearing:
            self.clear()

    def stream(self, name: str, text: str) -> None:
        """Keep a text that was printed."""
        self._make_room()
        text = text[: max(0, TEXT - self.printed)]
        self.printed += len(text)
        last = self.outputs[-1] if self.outputs else {}
        if text and last.get("name") == name:
            last["text"].append(text)
        elif text:
            self.outputs.append({"type": "stream", "name": name, "text": [text]})

    def shown(self, kind: str, data: dict[str, Any], name: str = "", update: bool = False) -> None:
        """Keep what was displayed; an update takes the place of what this cell called `name`."""
        self._make_room()
        kept = {k: str(v) for k, v in data.items() if k in KINDS and isinstance(v, str)}
        places = list(self.named.get(name, []))
        new = {"type": kind, "data": {}}
        if not (update and places):
            places.append(new)
        more = sum(_size(kept) - _size(place["data"]) for place in places)
        if more > self.left:
            return
        self.left -= more
        if places[-1] is new:
            self.outputs.append(new)
        if name:
            self.named[name] = places
        for place in places:
            place["data"] = kept

    def error(self, name: str, value: str, lines: list[str]) -> None:
        """Keep an exception."""
        self._make_room()
        text = [line[:5000] for line in lines[:60]]
        self.outputs.append(
            {"type": "error", "name": name, "value": value[:5000], "traceback": text}
        )


def _size(data: dict[str, str]) -> int:
    return sum(map(len, data.values()))


class _Stream(io.TextIOBase):
    encoding = "UTF-8"

    def __init__(self, shell: Shell, name: str) -> None:
        self.shell, self.stream_name = shell, name

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        self.shell.record.stream(self.stream_name, str(text))
        return len(text)


class _Hook(DisplayHook):
    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict[str, Any], md_dict: Any = None) -> None:  # noqa: ARG002
        data = {k: _as_text(v) for k, v in format_dict.items()}
        recorder(self.shell).shown("execute_result", data)


class _Publisher(DisplayPublisher):
    def publish(
        self,
        data: dict[str, Any],
        *_args: Any,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **_options: Any,
    ) -> None:
        shown = {k: _as_text(v) for k, v in data.items()}
        name = str((transient or {}).get("display_id") or "")
        recorder(self.shell).shown("display_data", shown, name, update)

    def clear_output(self, wait: bool = False) -> None:
        recorder(self.shell).clear(wait)


def recorder(shell: Any) -> Record:
    """What the shell records into."""
    record: Record = shell.record
    return record


def _as_text(value: Any) -> Any:
    if isinstance(value, bytes):
        import base64

        return base64.b64encode(value).decode()
    return value


class _Compiler(CachingCompiler):
    """Tells `inspect` that cells belong to no module.

    It would look for each one's, when an error is rendered, in all the thousands there are.
    """

    def cache(self, *args: Any, **options: Any) -> str:
        keep: Any = super().cache
        name = str(keep(*args, **options))
        modules: dict[str, str] = inspect.modulesbyfile
        modules[name] = modules[os.path.abspath(name)] = ""  # noqa: PTH100  (as `inspect` writes it)
        return name


class Shell(InteractiveShell):
    """IPython without a terminal and without a kernel's sockets."""

    kernel = None  # what a notebook's shell has
    compiler_class = _Compiler

    def __init__(self, **options: Any) -> None:
        """Make the shell; it records into `record`."""
        self.record = Record()
        start: Any = super().__init__
        start(displayhook_class=_Hook, display_pub_class=_Publisher, user_module=None, **options)
        figures: Any = self.enable_matplotlib
        figures("inline")  # shown by `plt.show()` and after the cell, then closed

    def init_history(self) -> None:
        """Keep no history on disk."""
        self.config.HistoryManager.enabled = False
        start: Any = super().init_history
        start()

    def _format_exception_for_storage(self, *_args: Any, **_options: Any) -> dict[str, Any]:
        """Errors are kept by `record`; IPython would render each a second time for its history."""
        return {}

    def enable_gui(self, gui: Any = None) -> None:
        """No windows here."""

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        self.record.error(str(etype.__name__), _said(evalue), [str(line) for line in stb])

    def run(self, source: str, seconds: float) -> tuple[list[dict[str, Any]], bool]:
        """Run one cell; its outputs, and whether its time was over."""
        self.record = Record()
        before = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = _Stream(self, "stdout"), _Stream(self, "stderr")
        late = False
        try:
            with limited(seconds), warnings.catch_warnings():
                run: Any = self.run_cell
                result = run(source, store_history=True)
            late = isinstance(result.error_in_exec, OutOfCellTime)
        except OutOfCellTime:
            late = True
        finally:
            sys.stdout, sys.stderr = before
        outputs = [
            {**o, "text": "".join(o["text"])} if o["type"] == "stream" else o
            for o in self.record.outputs
        ]
        return outputs, late


def _said(error: object) -> str:
    try:
        return str(error)
    except BaseException:
        return ""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise OutOfCellTime in the block after so many seconds, and again until it ends."""

    def ring(*_: object) -> None:
        raise OutOfCellTime(f"stopped after {seconds:.0f} seconds")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-3), 0.2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
