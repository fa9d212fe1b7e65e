"""The pattern language of layer stacks, and its reader.

INPUT -> [(CONV -> RELU)*2 -> POOL]*3 -> [FC -> RELU]*2 -> FC

stack  = part { ("->" | ",") part }
part   = (layer | "(" stack ")" | "[" stack "]") { star | "?" }
star   = "*" times | "^{*" times "}"            the second as in formulas: [...]^{*M}
times  = a number, or a name such as N whose value is given
layer  = INPUT CONV BN RELU ... with numbers where the defaults do not fit, after VGG's notation:
         CONV3-64/1+1 = 3x3 windows, 64 filters, stride 1, padding 1;  POOL2/2;  FC-128
         or, in words, CONV3x3-64 s1 p1;  POOL2x2 s2
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from numbers import Integral
from typing import NoReturn

KINDS = (
    "INPUT", "CONV", "BN", "RELU", "TANH", "SIGMOID", "POOL", "AVGPOOL", "GAP", "DROPOUT", "FC",
)  # fmt: skip
MOST_LAYERS = 1000
MOST_DEEP = 100
_SETTINGS = {
    "CONV": ("window", "units", "stride", "padding"),
    "POOL": ("window", "stride", "padding"),
    "AVGPOOL": ("window", "stride", "padding"),
    "FC": ("units",),
}
_EXAMPLES = {"CONV": "CONV3-64/1+1", "POOL": "POOL2/2", "AVGPOOL": "AVGPOOL2/2", "FC": "FC-128"}

_SIGNS = ("arrow", "open", "close", "star", "brace", "maybe", "word", "number")
_TOKEN = re.compile(
    r"""(?P<space>\s+) | (?P<arrow>->|→|,) | (?P<open>[(\[]) | (?P<close>[)\]])
    | (?P<star>\^\s*\{\s*[*×]? | [*×]) | (?P<brace>\}) | (?P<maybe>\?) | (?P<number>\d+)
    | (?P<word> [A-Za-z_]+ ((?P<window>\d+)(x(?P<across>\d+))?)? (-(?P<units>\d+))?
      (/(?P<stride>\d+) | \s+[sS](?P<stride_said>\d+))?
      (\+(?P<padding>\d+) | \s+[pP](?P<padding_said>\d+))? )""",
    re.VERBOSE,
)


class PatternError(ValueError):
    """A pattern that cannot be read or built; the message shows where."""


@dataclass(frozen=True)
class Token:
    """One word or sign, and where it stands."""

    kind: str
    text: str
    start: int
    numbers: dict[str, int]


@dataclass(frozen=True)
class Spec:
    """One layer of a pattern: its kind, the numbers given for it, and where it is written."""

    kind: str
    token: Token
    numbers: dict[str, int]


def parse(pattern: str, *, optional: bool = True, **times: int) -> list[Spec]:
    """Read a pattern and write it out: every group as often as it says, one item a layer.

    pattern   the text
    optional  whether layers marked "?" are taken or left out
    times     values of the names that follow "*", as in parse("[CONV -> POOL?]*M", M=2)

    Raises PatternError with the pattern and a mark under the token that is wrong.
    """
    return _Parser(pattern, optional, times).read()


class _Parser:
    """Recursive descent: one method for each rule of the grammar."""

    def __init__(self, pattern: str, optional: bool, times: dict[str, int]) -> None:
        self.pattern, self.optional, self.times = pattern, optional, times
        self.tokens = _tokens(pattern)
        self.place = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        return self.tokens[self.place]

    def take(self) -> Token:
        self.place += 1
        return self.tokens[self.place - 1]

    def fail(self, token: Token, message: str) -> NoReturn:
        fail(self.pattern, token, message)

    def read(self) -> list[Spec]:
        specs = self.stack()
        if self.token.kind == "close":
            self.fail(self.token, f"nothing is open that '{self.token.text}' could close")
        if self.token.kind != "end":
            self.fail(self.token, f"'->' or ',' is missing before '{self.token.text}'")
        for place, spec in enumerate(specs):
            if spec.kind == "INPUT" and place > 0:
                self.fail(spec.token, "INPUT can only stand first, and once")
        return specs

    def stack(self) -> list[Spec]:
        specs = self.part()
        while self.token.kind == "arrow":
            self.take()
            specs = specs + self.part()
        return specs

    def part(self) -> list[Spec]:
        token = self.take()
        if token.kind == "word":
            specs = [self.layer(token)]
        elif token.kind == "open":
            self.depth += 1
            if self.depth > MOST_DEEP:
                self.fail(token, f"groups stand in groups, more than {MOST_DEEP} deep")
            specs = self.stack()
            self.depth -= 1
            closing = {"(": ")", "[": "]"}[token.text]
            if self.token.kind == "end":
                self.fail(token, f"this '{token.text}' is never closed: '{closing}' is missing")
            if self.token.text in ")]" and self.token.text != closing:
                self.fail(
                    self.token, f"'{self.token.text}' closes a '{token.text}': use '{closing}'"
                )
            if self.token.kind != "close":
                self.fail(self.token, f"'->' or ',' is missing before '{self.token.text}'")
            self.take()
        else:
            what = "the end" if token.kind == "end" else f"'{token.text}'"
            self.fail(token, f"a layer or a group is expected here, not {what}")
        while self.token.kind in ("star", "maybe"):
            sign = self.take()
            if sign.kind == "star":
                specs = specs * self.count(len(specs))
                if sign.text.startswith("^"):
                    self.brace(sign)
            elif not self.optional:
                specs = []
        return specs

    def brace(self, opened: Token) -> None:
        if self.token.kind != "brace":
            self.fail(opened, f"this '{opened.text}' is never closed: '}}' is missing")
        self.take()

    def count(self, layers: int) -> int:
        token = self.take()
        if token.kind == "word" and token.text not in self.times:
            self.fail(token, f"how often is {token.text}? Give a number, or {token.text}=2 beside")
        if token.kind not in ("word", "number"):
            self.fail(token, "after '*' a whole number is expected: how often to repeat")
        times = int(token.text) if token.kind == "number" else self.times[token.text]
        if not isinstance(times, Integral):
            self.fail(token, f"{token.text} is {times!r}: how often to repeat is a whole number")
        if not 0 <= times * layers <= MOST_LAYERS:
            self.fail(token, f"{times} times is not from 0 to {MOST_LAYERS} layers")
        return times

    def layer(self, token: Token) -> Spec:
        kind = re.split(r"[^A-Za-z_]", token.text)[0].upper()
        if kind not in KINDS:
            close = difflib.get_close_matches(kind, KINDS, 1)
            hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(KINDS)}"
            self.fail(token, f"unknown layer {kind}: {hint}")
        for name in token.numbers:
            if name not in _SETTINGS.get(kind, ()):
                self.fail(token, f"{kind} takes no {name}: write {_EXAMPLES.get(kind, kind)}")
        return Spec(kind, token, token.numbers)


def _tokens(pattern: str) -> list[Token]:
    tokens, place = [], 0
    while place < len(pattern):
        found = _TOKEN.match(pattern, place)
        if found is None:
            bad = Token("bad", pattern[place], place, {})
            fail(pattern, bad, f"'{pattern[place]}' has no meaning in a pattern")
        names = ("window", "units", "stride", "padding")
        said = {name: found[name] or _said(found, name) for name in names}
        numbers = {name: int(text) for name, text in said.items() if text is not None}
        if not found["space"]:
            kind = next(sign for sign in _SIGNS if found[sign])
            token = Token(kind, found[0], place, numbers)
            if found["across"] and int(found["across"]) != numbers["window"]:
                fail(pattern, token, "windows are square: write 3x3 or 3")
            tokens.append(token)
        place = found.end()
    return [*tokens, Token("end", "", len(pattern), {})]


def _said(found: re.Match[str], name: str) -> str | None:
    """A stride or a padding written in words: s1, p1."""
    return found[f"{name}_said"] if name in ("stride", "padding") else None


def fail(pattern: str, token: Token, message: str) -> NoReturn:
    """Raise, with the pattern and a mark under the token."""
    mark = " " * token.start + "^" * max(1, len(token.text))
    raise PatternError(f"{message}\n{pattern}\n{mark}")
