"""Wrong readers of patterns, wrong counts, wrong fields of view, networks that do not fit."""

# ruff: noqa: ARG001, ARG005 - a wrong answer keeps the right signature, used or not

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ... import nn
from .._architectures import CLOSING, LayerTuple, count_parameters, parse_pattern, signs
from ..task import Misconception

Array = np.ndarray[Any, Any]
Layers = Sequence[tuple[int, int, int]]


# Patterns


def _reader(
    *,
    repeat: Callable[[list[str], int], list[str]] = lambda last, n: last * n,
    digits: Callable[[str], int] = int,
    groups: str = "[(",
    all_so_far: bool = False,
    strict: bool = True,
    inner_only: bool = False,
) -> Callable[[str], list[str]]:
    """The reference's walk with one thing changed."""

    def read(text: str) -> list[str]:
        if strict:
            parse_pattern(text)  # the right errors
        stack: list[list[str]] = [[]]
        deep: list[bool] = [False]  # whether a group stands inside the group
        last: list[str] = []
        was_deep = False
        items = signs(text)
        for place, item in enumerate(items):
            if place and items[place - 1] == "*":
                inside = stack[-1]
                if all_so_far:
                    last = list(inside)
                if not (inner_only and was_deep):
                    del inside[len(inside) - len(last) :]
                    last = repeat(last, digits(item))
                    inside += last
            elif item in CLOSING:
                if item in groups:
                    deep[-1] = True
                    stack.append([])
                    deep.append(False)
            elif item in CLOSING.values():
                if len(stack) > 1 and any(CLOSING[sign] == item for sign in groups):
                    last = stack.pop()
                    was_deep = deep.pop()
                    stack[-1].extend(last)
            elif item != "*":
                last, was_deep = [item], False
                stack[-1].append(item)
        return [word for part in stack for word in part]

    return read


def _with_arrows(text: str) -> list[str]:
    words = parse_pattern(text)
    return [part for word in words for part in ("->", word)][1:]


def _mixed(text: str) -> list[str]:
    return parse_pattern(text.replace("(", "[").replace(")", "]"))


PARSE = (
    Misconception(
        "once",
        _reader(repeat=lambda last, n: last),
        "Every group is written out once: the number behind the star changes nothing yet.",
    ),
    Misconception(
        "once-too-often",
        _reader(repeat=lambda last, n: last * (n + 1)),
        "Each group comes once too often. It already stands in your list when the star is met: how "
        "many MORE copies make n in all?",
    ),
    Misconception(
        "at-least-once",
        _reader(repeat=lambda last, n: last * max(n, 1)),
        "A group that is to come 0 times is still there. Zero copies of a list is an empty list, "
        "and what was put in already has to go again.",
    ),
    Misconception(
        "last-layer-only",
        _reader(repeat=lambda last, n: last + last[-1:] * (n - 1) if n else last[:-1]),
        "Only the last layer of a group is repeated. The star behind a bracket repeats all that "
        "the bracket holds.",
    ),
    Misconception(
        "all-so-far",
        _reader(all_so_far=True),
        "The star repeats everything read so far, also what stands before the group. A group "
        "needs a list of its own, begun where its bracket opens.",
    ),
    Misconception(
        "inner-only",
        _reader(inner_only=True),
        "A group with another group inside is not repeated. When the outer bracket closes, the "
        "list that it holds is long already; it is repeated as a whole, like any other.",
    ),
    Misconception(
        "layer-by-layer",
        _reader(repeat=lambda last, n: [word for word in last for _ in range(n)]),
        "Each layer is repeated by itself, so the order is lost: A A B B. A repeated group is "
        "played through from its beginning each time: A B A B.",
    ),
    Misconception(
        "one-digit",
        _reader(digits=lambda item: int(item[0])),
        "Only the first digit of a number is read. A count may have several.",
    ),
    Misconception(
        "square-only",
        _reader(groups="["),
        "Round brackets make no group in your reader. Both kinds may stand in a pattern, and mean "
        "the same.",
    ),
    Misconception(
        "arrows-kept",
        _with_arrows,
        "The arrows stand in your list as if they were layers. They only separate.",
    ),
    Misconception(
        "no-input",
        lambda text: [word for word in parse_pattern(text) if word != "INPUT"],
        "INPUT is missing from your list. It computes nothing, but it is a word of the pattern; "
        "who builds the network decides what to make of it.",
    ),
    Misconception(
        "no-bracket-check",
        _reader(strict=False),
        "Brackets that do not match go unnoticed: the list that comes out is a guess. What must be "
        "true when a bracket closes, and what when the text ends?",
    ),
    Misconception(
        "mixed-brackets",
        _mixed,
        "A bracket that was opened square is closed round, and nobody complains. Remember not only "
        "that a bracket is open, but which.",
    ),
)


# Parameters


def _each(rule: Callable[..., float]) -> Callable[[Sequence[LayerTuple]], Array]:
    def count(layers: Sequence[LayerTuple]) -> Array:
        right = count_parameters(layers)
        return np.array([rule(r, *layer) for r, layer in zip(right, layers, strict=True)])

    return count


def _conv(rule: Callable[[int, int, int], int]) -> Callable[[Sequence[LayerTuple]], Array]:
    return _each(lambda right, kind, *n: rule(n[0], n[1], n[2]) if kind == "CONV" else right)


def _only(kind: str, rule: Callable[..., float]) -> Callable[[Sequence[LayerTuple]], Array]:
    return _each(lambda right, k, *n: rule(*n) if k == kind else right)


def _no_bias(right: int, kind: str, *n: int) -> int:
    return right - n[1] if kind in ("CONV", "FC") else right


PARAMETERS = (
    Misconception(
        "no-bias",
        _each(_no_bias),
        "The weights are all there. What does each filter and each unit add to its sum?",
    ),
    Misconception(
        "one-bias-a-layer",
        _each(lambda right, kind, *n: right - n[1] + 1 if kind in ("CONV", "FC") else right),
        "You count one bias for a whole layer. Each filter and each unit makes a sum of its own: "
        "do all of them share one bias?",
    ),
    Misconception(
        "bias-a-channel",
        _conv(lambda c, k, f: k * c * (f * f + 1)),
        "You give a filter one bias for each of its channels. It makes ONE sum over all channels: "
        "how many biases does one sum need?",
    ),
    Misconception(
        "flat-filters",
        _conv(lambda c, k, f: k * (f * f + 1)),
        "Your filters look at one channel. How deep does a filter reach into its input?",
    ),
    Misconception(
        "one-filter",
        _conv(lambda c, k, f: f * f * c + 1),
        "That is one filter. How many does the layer have?",
    ),
    Misconception(
        "window-not-squared",
        _conv(lambda c, k, f: k * (f * c + 1)),
        "F is the side of the window. How many places has a window of F by F?",
    ),
    Misconception(
        "bn-counts-statistics",
        _only("BN", lambda c: 4 * c),
        "Batch normalisation keeps four numbers a channel, but two of them (running mean and "
        "variance) are measured, not learned. Only the learned ones are parameters.",
    ),
    Misconception(
        "bn-nothing",
        _only("BN", lambda c: 0),
        "Batch normalisation does learn: after normalising, each channel is scaled and shifted by "
        "numbers of its own.",
    ),
    Misconception(
        "bn-one",
        _only("BN", lambda c: c),
        "Batch normalisation both scales and shifts each channel. You count one of the two.",
    ),
    Misconception(
        "pool-has-weights",
        _only("POOL", lambda f: f * f),
        "A pooling window has no weights: the largest of its numbers is taken, whatever was "
        "learned.",
    ),
    Misconception(
        "running-total",
        lambda layers: np.cumsum(count_parameters(layers)),
        "Your list grows: each entry holds all layers so far. One layer's own count is asked for.",
    ),
    Misconception(
        "one-total",
        lambda layers: sum(count_parameters(layers)),
        "One number came back, for all layers together. A count for each layer is asked for.",
    ),
    Misconception(
        "only-learned-layers",
        lambda layers: np.array([n for n in count_parameters(layers) if n], dtype=int),
        "Layers without parameters are missing from your list. They have a place, and a count: 0.",
    ),
)


# Receptive field


def _field(
    start: int = 1,
    grow: Callable[[int, int, int], int] = lambda k, s, d: (k - 1) * d,
    leap: Callable[[int, int, int], int] = lambda jump, s, d: jump * s,
    stride_first: bool = False,
) -> Callable[[Layers], int]:
    def field(layers: Layers) -> int:
        seen, jump = start, 1
        for kernel, stride, dilation in layers:
            if stride_first:
                jump = leap(jump, stride, dilation)
            seen += grow(kernel, stride, dilation) * jump
            if not stride_first:
                jump = leap(jump, stride, dilation)
        return seen

    return field


FIELD = (
    Misconception(
        "no-stride",
        _field(leap=lambda jump, s, d: 1),
        "The strides have no influence on your result. After a stride of 2, two neighbours in the "
        "map lie two pixels apart in the image, and each later window spans twice as much.",
    ),
    Misconception(
        "own-stride",
        _field(stride_first=True),
        "A layer's own stride already widens its own window in your result. The stride tells how "
        "far the window MOVES; which later layer feels that?",
    ),
    Misconception(
        "last-stride-only",
        _field(leap=lambda jump, s, d: s),
        "Only the stride of the layer just below counts in your result. How far apart are two "
        "neighbours after a stride of 2 and another of 2?",
    ),
    Misconception(
        "strides-added",
        _field(leap=lambda jump, s, d: jump + s - 1),
        "You add strides. After one of 2 and one of 3, how many pixels of the image lie between "
        "two neighbours?",
    ),
    Misconception(
        "no-dilation",
        _field(grow=lambda k, s, d: k - 1),
        "The dilation has no influence on your result. It pulls the taps of a window apart: how "
        "far is it from the first to the last?",
    ),
    Misconception(
        "dilation-on-all-taps",
        _field(grow=lambda k, s, d: k * d - 1),
        "You stretch all k taps. Between k taps lie fewer gaps than k, and only gaps are "
        "stretched.",
    ),
    Misconception(
        "dilation-compounds",
        _field(leap=lambda jump, s, d: jump * s * d),
        "Dilation goes on from layer to layer in your result, like a stride. A dilated layer "
        "leaves no pixel out of its OUTPUT: its neighbours are as close as before.",
    ),
    Misconception(
        "kernels-added",
        _field(start=0, grow=lambda k, s, d: k * d),
        "You add whole windows, as if they lay side by side. They overlap: how many NEW pixels "
        "does the next layer bring into view?",
    ),
    Misconception(
        "starts-at-zero",
        _field(start=0),
        "You are one short each time. How many pixels does a value see before any layer, namely "
        "itself?",
    ),
    Misconception(
        "multiplied",
        lambda layers: math.prod((k - 1) * d + 1 for k, _, d in layers),
        "You multiply the windows. That would be right if they lay side by side without overlap.",
    ),
    Misconception(
        "area",
        lambda layers: _field()(layers) ** 2,
        "That is the area of the patch. The width was asked for.",
    ),
)


# Networks


def _builder(
    *,
    padding: int = 1,
    kernel: int = 3,
    grow: str = "POOL",
    last_is_classes: bool = True,
    all_classes: bool = False,
    carry: bool = True,
    flat: Callable[[int, int, int], int] = lambda c, h, w: c * h * w,
    pool: Callable[[], Any] = lambda: nn.MaxPool2d(2),
    flatten: bool = True,
    extra_relu: bool = False,
    strict: bool = True,
    skip_relu: bool = False,
) -> Callable[..., Any]:
    """The reference with one thing changed; sizes follow the change, so that it still fits."""

    def build(
        tokens: Sequence[str],
        input_shape: tuple[int, int, int],
        classes: int,
        width: int = 8,
        hidden: int = 32,
        rng: Any = None,
    ) -> Any:
        x = np.zeros((1, *input_shape), np.float32)
        layers: list[Any] = []

        def put(layer: Any) -> Any:
            layers.append(layer)
            return layer(x)

        last = max((n for n, token in enumerate(tokens) if token == "FC"), default=-1)
        for place, token in enumerate(tokens):
            if token == "CONV":
                channels = x.shape[1] if carry else input_shape[0]
                layer = nn.Conv2d(channels, width, kernel, padding=padding)
                layers.append(layer)
                x = np.zeros((1, width, *_sides(x, kernel, padding)), np.float32)
                width *= 2 if grow == "CONV" else 1
                if extra_relu:
                    x = put(nn.ReLU())
            elif token == "POOL":
                x = put(pool())
                width *= 2 if grow == "POOL" else 1
            elif token == "RELU" and not skip_relu:
                x = put(nn.ReLU())
            elif token == "FC":
                wide = x.shape[1]
                if x.ndim == 4:
                    wide = flat(*x.shape[1:])
                    layers += [nn.Flatten()] if flatten else []
                ends = place == last and last_is_classes
                units = classes if ends or all_classes else hidden
                layers.append(nn.Linear(wide, units))
                x = np.zeros((1, units), np.float32)
            elif strict and token not in ("INPUT", "RELU"):
                raise ValueError(token)
        return nn.Sequential(*layers)

    return build


def _sides(x: Array, kernel: int, padding: int) -> tuple[int, int]:
    grown = 2 * padding - kernel + 1
    return x.shape[2] + grown, x.shape[3] + grown


BUILD = (
    Misconception(
        "no-padding",
        _builder(padding=0),
        "Your convolutions shrink the image: one row and column are lost on each side, at every "
        "layer. What puts them back?",
    ),
    Misconception(
        "window-1",
        _builder(kernel=1, padding=0),
        "Your filters are 1 by 1: they keep the size, but see no neighbours.",
    ),
    Misconception(
        "width-never-grows",
        _builder(grow=""),
        "All your convolutions have the same number of filters. It doubles with each POOL, where "
        "the map shrinks to a quarter.",
    ),
    Misconception(
        "width-grows-at-conv",
        _builder(grow="CONV"),
        "The number of filters doubles after every CONV. It should double with each POOL only.",
    ),
    Misconception(
        "last-is-hidden",
        _builder(last_is_classes=False),
        "The last FC has as many units as the hidden ones. It gives the scores: how many are "
        "needed?",
    ),
    Misconception(
        "all-are-classes",
        _builder(all_classes=True),
        "Every FC has one unit a class. Only the last gives scores; those before have `hidden`.",
    ),
    Misconception(
        "channels-not-carried",
        _builder(carry=False),
        "Every CONV expects the channels of the image. What the second one takes in is what the "
        "first one gave out.",
    ),
    Misconception(
        "flat-without-depth",
        _builder(flat=lambda c, h, w: h * w),
        "The first FC takes one flat map. The volume is several maps deep: how many numbers come "
        "out of Flatten?",
    ),
    Misconception(
        "flat-channels-only",
        _builder(flat=lambda c, h, w: c),
        "The first FC takes one number a channel, as if each map had one pixel. How many numbers "
        "come out of Flatten?",
    ),
    Misconception(
        "no-flatten",
        _builder(flatten=False),
        "An FC layer takes a row of numbers, and here it is handed a volume. Which layer makes one "
        "of the other?",
    ),
    Misconception(
        "average-pooling",
        _builder(pool=lambda: nn.AvgPool2d(2)),
        "Your POOL takes the mean of each window. Here it is to keep the largest.",
    ),
    Misconception(
        "pool-stride-1",
        _builder(pool=lambda: nn.MaxPool2d(2, 1)),
        "Your pooling windows overlap: they move by one pixel, so the map hardly shrinks.",
    ),
    Misconception(
        "relu-of-its-own-accord",
        _builder(extra_relu=True),
        "There are more ReLUs in your network than in the pattern. Every word makes its own layer "
        "and no other.",
    ),
    Misconception(
        "no-relu",
        _builder(skip_relu=True),
        "RELU makes no layer in your network. Without it, layers in a row are one linear map.",
    ),
    Misconception(
        "unknown-ignored",
        _builder(strict=False),
        "A word that no layer is known for is passed over in silence, and the network is not what "
        "was asked for. Say so with a ValueError that names the word.",
    ),
)
