"""Inside the test box: run the instructor's locked cells and checks; the learner's code is away."""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib
import io
import os
import signal
import socket
import sys
import traceback
import warnings
from typing import Any

import numpy as np

import course.checks as checks
from course import functional

from .channel import Channel, Closed
from .launch import bound, settle
from .networks import Distant
from .proxies import MARKED, Line, Proxy
from .touched import way

KEPT = 20_000  # characters that a check may print


def main(end: Channel, wanted: dict[str, Any]) -> None:
    """Get ready, then test one submission after another."""
    bound(wanted["limits"])
    checks.judge = _marking(checks.judge)
    checks.exercises()
    for name in ("data", "nn", "optim", "plots", "training", "widgets"):
        importlib.import_module(f"course.{name}")
    one = np.ones((1, 1))
    functional.linear_forward(one, one)  # looks for BLAS in /proc/self, which a child cannot read
    if wanted["torch"]:
        import torch

        torch.set_num_threads(1)  # a pool of threads would not outlive the fork
    settle()
    while True:
        try:
            _, fds = end.receive_fds(1)
        except Closed:
            return
        if os.fork() == 0:
            end.close()
            _serve(Channel(socket.socket(fileno=fds[0])))
            os._exit(0)
        os.close(fds[0])
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)  # bury one that a room gave up


def _serve(end: Channel) -> None:
    """Test a room's submissions, one after another, until it hangs up."""
    child = 0
    while True:
        try:
            job, fds = end.receive_fds(250)
        except Closed:
            if child:
                os.kill(child, signal.SIGKILL)
            return
        if job["do"] == "run":
            child = os.fork()
            if child == 0:
                end.close()
                _run(job, fds)
            for fd in fds:
                os.close(fd)
        elif child:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            child = 0
            end.send({"clean": True})
        else:
            end.send({"clean": True})


def _marking(judge: Any) -> Any:
    """`judge`, during which arguments that were changed in place are made visible."""

    def marked(*args: Any, **options: Any) -> Any:
        token = MARKED.set(True)
        try:
            return judge(*args, **options)
        finally:
            MARKED.reset(token)

    return marked


def _run(job: dict[str, Any], fds: list[int]) -> None:
    """Run the cells of one submission's tests; never returns."""
    try:
        os.environ["COURSE_CHECK_SEED"] = job["seed"]
        report = Channel(socket.socket(fileno=fds[0]))
        lines = fds[1:]
        names: dict[str, Any] = {"__name__": "__main__"}
        theirs: set[str] = set()
        for number, (kind, source, title) in enumerate(job["cells"]):
            report.send({"at": number, "state": "begun"})
            if kind == "check":
                line = Line(Channel(socket.socket(fileno=lines.pop(0))), job["call_seconds"], title)
                for name in theirs:
                    names.pop(name, None)
                wanted = [n for n in job["names"] if n not in names]
                later = [text for _, text, _ in job["cells"][number + 1 :]]
                outputs = _with_proxies(line, wanted, names, source, later)
                theirs, ended = set(wanted), line.ended
            else:
                outputs, ended = _execute(source, names), False
            report.send({"at": number, "state": "done", "outputs": outputs, "ended": ended})
        report.send({"at": len(job["cells"]), "state": "over"})
    except BaseException:
        os._exit(1)
    os._exit(0)


def _with_proxies(
    line: Line, wanted: list[str], names: dict[str, Any], source: str, later: list[str]
) -> list[dict[str, Any]]:
    """Run a check with the learner's functions as they were at this place of the notebook."""
    try:
        found = line.look(wanted)
        functions = [name for name, value in found.items() if isinstance(value, Proxy | Distant)]
        line.way = functools.cache(lambda: way(source, functions, later))
        names.update(found)
    except Exception as error:
        return [_error(error, source)]
    return _execute(source, names)


def _execute(source: str, names: dict[str, Any]) -> list[dict[str, Any]]:
    """Run a cell; what it printed, its points where it ends in a number, its error."""
    out = io.StringIO()
    before = sys.stdout, sys.stderr
    outputs: list[dict[str, Any]] = []
    failed, value = None, None
    sys.stdout = sys.stderr = out
    try:
        with warnings.catch_warnings():
            value = _value(source, names)
    except BaseException as error:
        failed = _error(error, source)
    finally:
        sys.stdout, sys.stderr = before
    if out.getvalue():
        outputs.append({"type": "stream", "name": "stdout", "text": out.getvalue()[:KEPT]})
    if failed:
        outputs.append(failed)
    elif type(value) in (int, float):
        outputs.append({"type": "execute_result", "data": {"text/plain": repr(value)}})
    return outputs


def _value(source: str, names: dict[str, Any]) -> Any:
    """Run the source; the value of its last line where that is an expression."""
    plain = "\n".join("" if line.startswith(("%", "!")) else line for line in source.split("\n"))
    tree = ast.parse(plain, "<check>")
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<check>", "exec"), names)
    if not isinstance(last, ast.Expr):
        return None
    return eval(compile(ast.Expression(last.value), "<check>", "eval"), names)


def _error(error: BaseException, source: str) -> dict[str, Any]:
    """An error as an output: its own words where it brings them, else the check's line."""
    render = getattr(error, "_render_traceback_", None)
    name, text = type(error).__name__, str(error)
    if render:
        lines = list(render())
    else:
        own = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == "<check>"]
        rows = source.split("\n")
        lines = [f"line {f.lineno}: {rows[(f.lineno or 1) - 1].strip()}" for f in own[-1:]]
        lines.append(f"{name}: {text}" if text else name)
    return {"type": "error", "name": name, "value": text, "traceback": lines}
