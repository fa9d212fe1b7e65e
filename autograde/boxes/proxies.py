"""The learner's functions as the test box sees them: to be called, and nothing else."""

from __future__ import annotations

import builtins
import contextlib
import linecache
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, NoReturn

import numpy as np

from . import changes
from .channel import Channel, Closed, TooLate
from .networks import rebuild
from .touched import LEAVE, WRITE
from .wire import WireError

MARKED: ContextVar[bool] = ContextVar("marked", default=False)  # `judge` runs: see `_mark`
CALLBACKS = 100_000  # that one call may ask for


class StudentGone(RuntimeError):
    """The process that held the learner's functions has ended."""


class Line:
    """The line to the process that stayed at one check cell."""

    def __init__(self, channel: Channel, seconds: float, cell: str) -> None:
        """Keep the channel; `seconds` bound each call, `cell` is its name in messages."""
        self.channel, self.seconds, self.cell = channel, seconds, cell
        self.gone, self.ended = "", False
        self.lent: list[Callable[..., Any]] = []
        self.way: Callable[[], str] = lambda: LEAVE  # for arguments that changed: see `_show`

    def look(self, names: list[str]) -> dict[str, Any]:
        """What the learner's names stand for: proxies of callables, values of others."""
        with contextlib.suppress(WireError):
            return self._look(names)
        found: dict[str, Any] = {}
        for name in names:  # one of them cannot cross: each by itself
            with contextlib.suppress(WireError):
                found |= self._look([name])
        return found

    def _look(self, names: list[str]) -> dict[str, Any]:
        found = self._ask({"do": "look", "names": names}).get("found")
        if not isinstance(found, dict):
            raise WireError("nothing was found")
        return {name: rebuild(value) for name, value in found.items() if name in names}

    def call(self, target: str | int, args: tuple[Any, ...], options: dict[str, Any]) -> Any:
        """Call the learner's function and return what it returned, or raise what it raised."""
        wish = {"do": "call", "target": target, "args": args, "options": options}
        answer = self._ask(wish)
        changed = answer.get("changed", {})
        if "error" in answer:
            if not MARKED.get():
                self._show(changed, args, options)
            _raise(answer, self.cell)
        if "value" not in answer:
            raise WireError("an answer without a value")
        value = rebuild(answer["value"])
        self._show(changed, args, options)
        return value

    def _show(self, changed: Any, args: tuple[Any, ...], options: dict[str, Any]) -> None:
        """Let the check see which arguments of this call the function changed in place.

        `judge` asks only whether they changed: its copies are marked. In a cell of asserts they
        hold what the function made of them, so that a check may ask for a change as well as
        forbid one. That is no more than Python allows, but it allows a forgery too: zeros written
        into an argument, and an expected value computed from it. So what the learner wrote comes
        back only into cells whose source shows that nothing is computed so (`touched.way`).
        """
        if type(changed) not in (dict, list):
            raise WireError("no changes")
        way = self.way() if changed and not MARKED.get() else LEAVE
        for key in changed:
            known = type(key) is int and 0 <= key < len(args)
            if not known and not (type(key) is str and key in options):
                raise WireError("no such argument")
            own = args[key] if type(key) is int else options[key]
            told = changed[key] if type(changed) is dict else changes.UNKNOWN
            if MARKED.get():
                _mark(own)
            elif way == WRITE and told is not changes.UNKNOWN:
                if not changes.write(own, told) and not changes.mark(own, told):
                    raise ValueError("an argument was changed in place that cannot be changed")
            elif way != LEAVE:
                changes.mark(own, told)

    def _ask(self, wish: dict[str, Any]) -> dict[str, Any]:
        if self.gone:
            raise StudentGone(self.gone)
        self.gone = "the call before this one was not answered"
        end = time.monotonic() + self.seconds  # for all that the function asks meanwhile, too
        try:
            self.channel.send(wish, self.keep)
            for _ in range(CALLBACKS):
                answer = self.channel.receive(end - time.monotonic(), self.lend)
                if not isinstance(answer, dict):
                    raise WireError("no answer")
                if "asks" not in answer:
                    break
                self.channel.send(self._back(answer), self.keep)
            else:
                raise StudentGone("the function asked for far too many calls")
        except TooLate:
            raise TimeoutError(f"the function did not return within {self.seconds:.0f} s") from None
        except Closed:
            self.ended = True
            self.gone = "the function ended its process (exit, a crash, or too much memory)"
            raise StudentGone(self.gone) from None
        self.gone = ""
        return answer

    def _back(self, wish: dict[str, Any]) -> dict[str, Any]:
        """Call one of our functions for the learner's."""
        number, args, options = wish["asks"], wish.get("args"), wish.get("options")
        if type(number) is not int or not 0 <= number < len(self.lent):
            raise WireError("no such function")
        if type(args) is not tuple or type(options) is not dict:
            raise WireError("no such call")
        try:
            return {"value": self.lent[number](*args, **options)}
        except Exception as error:
            return {"error": f"{type(error).__name__}: {error}"[:300]}

    def keep(self, thing: Any) -> int:
        """Lend a function of ours, for this process only."""
        self.lent.append(thing)
        return len(self.lent) - 1

    def lend(self, number: int, name: str) -> Proxy:
        """A callable of theirs."""
        return Proxy(self, number, name)


class Proxy:
    """A function in the student box. It can be called; it is not equal to anything."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, line: Line, target: str | int, name: str) -> None:
        """Keep where to ask."""
        self._line, self._target = line, target
        self.__name__ = self.__qualname__ = name

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Call it there."""
        return self._line.call(self._target, args, options)

    def __eq__(self, other: object) -> bool:
        """Refused."""
        raise TypeError(f"{self.__name__} is the learner's function: call it, do not compare it")

    def __bool__(self) -> bool:
        """Refused."""
        raise TypeError(f"{self.__name__} is the learner's function: call it")


def _mark(value: Any) -> None:
    """Make visible that an argument was changed: `judge` compares its own copies.

    Nothing of what the learner wrote into the argument comes back.
    """
    if isinstance(value, list):
        value.append(None)
    elif isinstance(value, np.ndarray) and value.size and value.flags.writeable:
        first = (0,) * value.ndim
        old = value[first]
        value[first] = not old if value.dtype.kind == "b" else 0 if old != 0 else 1


def _raise(answer: dict[str, Any], cell: str) -> NoReturn:
    """Raise what the learner's function raised, as far as its type is a plain one."""
    names, text, place = answer["error"], answer.get("text"), answer.get("place")
    text = text if isinstance(text, str) else ""
    names = [n for n in names if isinstance(n, str)] if isinstance(names, list) else []
    kinds = [getattr(builtins, name, None) for name in names]
    known = [k for k in kinds if isinstance(k, type) and issubclass(k, Exception)]
    base = known[0] if known else RuntimeError
    kind: type[Exception] = base
    if names and names[0] != base.__name__ and names[0].isidentifier():
        kind = type(names[0], (base,), {"__str__": Exception.__str__})
    try:
        error = kind(text)
    except Exception:
        error = RuntimeError(text)
    if not (isinstance(place, tuple) and [type(p) for p in place] == [int, str, str]):
        raise error
    line, function, source = place
    line = min(max(line, 1), 10_000)
    file = f"<{cell}>"
    linecache.cache[file] = (1, None, ["\n"] * (line - 1) + [source + "\n"], file)
    code = compile("\n" * (line - 1) + "raise error", file, "exec")
    exec(code.replace(co_name=function[:80]), {"error": error})
    raise error
