"""Lesson 06: patterns, parameters, receptive field, networks, wrong."""

import math
import re

import numpy as np

from course import nn

from . import wrong

ID = "parse_pattern"
PAIRS = {"[": "]", "(": ")"}


def _check(text):
    opened = []
    for sign in text:
        if sign in PAIRS:
            opened.append(PAIRS[sign])
        elif sign in PAIRS.values() and (not opened or opened.pop() != sign):
            raise ValueError("brackets")
    if opened:
        raise ValueError("never closed")


def _walk(text, repeat, number=r"\d+", check=True, keep=None):
    """Recursive descent with a star of one's own."""
    if check:
        _check(text)
    items = re.findall(rf"[\[\]()*]|[A-Za-z]\w*|{number}", text)

    def stack(place):
        words = []
        while place < len(items) and items[place] not in PAIRS.values():
            if items[place] in PAIRS:
                part, place = stack(place + 1)
                place += 1
            else:
                part, place = [items[place]], place + 1
            if place < len(items) and items[place] == "*":
                part = repeat(part, int(items[place + 1]))
                place += 2
            words += part
        return words, place

    return stack(0)[0]


@wrong(ID, "once")
def _(text):
    _check(text)
    return re.findall(r"[A-Za-z]\w*", text)


@wrong(ID, "once-too-often")
def _(text):
    return _walk(text, lambda part, n: part + part * n)


@wrong(ID, "at-least-once")
def _(text):
    def repeat(part, n):
        out = list(part)
        for _ in range(n - 1):
            out += part
        return out

    return _walk(text, repeat)


@wrong(ID, "layer-by-layer")
def _(text):
    return _walk(text, lambda part, n: list(np.repeat(np.array(part, object), n)))


@wrong(ID, "one-digit")
def _(text):
    return _walk(re.sub(r"(\*\s*\d)\d+", r"\1", text), lambda part, n: part * n)


@wrong(ID, "no-bracket-check")
def _(text):
    lists, last = [[]], []
    items = re.findall(r"[\[\]()]|[A-Za-z]\w*|\*\s*\d+", text)
    for item in items:
        if item in PAIRS:
            lists.append([])
        elif item in "])":
            if len(lists) > 1:
                last = lists.pop()
                lists[-1] += last
        elif item[0] == "*":
            lists[-1] = lists[-1][: len(lists[-1]) - len(last)]
            last = last * int(item[1:])
            lists[-1] += last
        else:
            last = [item]
            lists[-1] += last
    return [word for inside in lists for word in inside]


@wrong(ID, "no-input")
def _(text):
    words = _walk(text, lambda part, n: part * n)
    return words[1:] if words[:1] == ["INPUT"] else words


@wrong(ID, "mixed-brackets")
def _(text):
    depth = 0
    for sign in text:
        depth += (sign in "[(") - (sign in "])")
        if depth < 0:
            raise ValueError("closes nothing")
    if depth:
        raise ValueError("open")
    return _walk(text, lambda part, n: part * n, check=False)


@wrong(ID, "arrows-kept")
def _(text):
    return " -> ".join(_walk(text, lambda part, n: part * n)).split(" ")


@wrong(ID, "wrong-type")
def _(text):
    return " ".join(_walk(text, lambda part, n: part * n))


@wrong(ID, "wrong-type")
def _(text):
    return [[word] for word in _walk(text, lambda part, n: part * n)]


@wrong(ID, "wrong-value")
def _(text):
    return [word.lower() for word in _walk(text, lambda part, n: part * n)]


ID = "count_parameters"


def _counts(layers, conv=None, fc=None, bn=None, other=0):
    conv = conv or (lambda c, k, f: k * (c * f * f + 1))
    fc = fc or (lambda d, k: d * k + k)
    rules = {"CONV": conv, "FC": fc, "BN": bn or (lambda c: 2 * c)}
    return [rules[kind](*n) if kind in rules else other for kind, *n in layers]


@wrong(ID, "no-bias")
def _(layers):
    return _counts(layers, lambda c, k, f: k * c * f * f, lambda d, k: d * k)


@wrong(ID, "one-bias-a-layer")
def _(layers):
    return _counts(layers, lambda c, k, f: k * c * f * f + 1, lambda d, k: d * k + 1)


@wrong(ID, "bias-a-channel")
def _(layers):
    return _counts(layers, lambda c, k, f: k * c * f * f + k * c)


@wrong(ID, "flat-filters")
def _(layers):
    return _counts(layers, lambda c, k, f: k * f * f + k)


@wrong(ID, "window-not-squared")
def _(layers):
    return _counts(layers, lambda c, k, f: k + k * c * f)


@wrong(ID, "bn-counts-statistics")
def _(layers):
    return np.array(_counts(layers, bn=lambda c: c + c + c + c))


@wrong(ID, "bn-nothing")
def _(layers):
    return _counts(layers, bn=lambda c: 0)


@wrong(ID, "running-total")
def _(layers):
    total, out = 0, []
    for count in _counts(layers):
        total += count
        out.append(total)
    return out


@wrong(ID, "only-learned-layers")
def _(layers):
    return np.array([count for count in _counts(layers) if count > 0], dtype=int)


@wrong(ID, "changed-input")
def _(layers):
    counts = []
    while layers:
        counts += _counts([layers.pop(0)])
    return counts


@wrong(ID, "one-total")
def _(layers):
    return sum(_counts(layers))


ID = "receptive_field"


@wrong(ID, "no-stride")
def _(layers):
    return 1 + sum((k - 1) * d for k, s, d in layers)


@wrong(ID, "own-stride")
def _(layers):
    field, leap = 1, 1
    for k, s, d in layers:
        leap *= s
        field += (k - 1) * d * leap
    return field


@wrong(ID, "last-stride-only")
def _(layers):
    field, before = 1, 1
    for k, s, d in layers:
        field, before = field + (k - 1) * d * before, s
    return field


@wrong(ID, "no-dilation")
def _(layers):
    field, leap = 1, 1
    for k, s, _ in layers:
        field, leap = field + (k - 1) * leap, leap * s
    return field


@wrong(ID, "kernels-added")
def _(layers):
    field, leap = 0, 1
    for k, s, d in layers:
        field, leap = field + k * d * leap, leap * s
    return field


@wrong(ID, "starts-at-zero")
def _(layers):
    strides = [s for _, s, _ in layers]
    return sum((k - 1) * d * math.prod(strides[:n]) for n, (k, _, d) in enumerate(layers))


@wrong(ID, "multiplied")
def _(layers):
    field = 1
    for k, _, d in layers:
        field *= d * (k - 1) + 1
    return field


@wrong(ID, "area")
def _(layers):
    field = 1
    for k, s, d in reversed(layers):
        field = (field - 1) * s + d * (k - 1) + 1
    return field * field


ID = "build_network"


def _net(tokens, shape, classes, width, hidden, **change):
    """A builder of one's own, with one thing changed."""
    known = {"INPUT", "CONV", "RELU", "POOL", "FC"}
    if change.get("strict", True) and set(tokens) - known:
        raise ValueError("unknown word")
    c, h, w = shape
    layers, inputs, left, pools, convs = [], 0, tokens.count("FC"), 0, 0
    pad = change.get("pad", 1)
    for token in tokens:
        if token == "CONV":
            k = width * 2 ** {"pool": pools, "conv": convs, "never": 0}[change.get("grow", "pool")]
            layers.append(nn.Conv2d(change.get("c", c), k, 3, padding=pad))
            c, h, w, convs = k, h - 2 + 2 * pad, w - 2 + 2 * pad, convs + 1
        elif token == "POOL":
            layers.append(change.get("pool", nn.MaxPool2d)(2))
            h, w, pools = h // 2, w // 2, pools + 1
        elif token == "RELU" and change.get("relu", True):
            layers.append(nn.ReLU())
        elif token == "FC":
            if not inputs and change.get("flatten", True):
                layers.append(nn.Flatten())
            inputs = inputs or (h * w if change.get("thin") else c * h * w)
            left -= 1
            units = change.get("units", lambda last: classes if last else hidden)(not left)
            layers.append(nn.Linear(inputs, units))
            inputs = units
    return nn.Sequential(*layers)


@wrong(ID, "no-padding")
def _(tokens, input_shape, classes, width=8, hidden=32, rng=None):
    return _net(tokens, input_shape, classes, width, hidden, pad=0)


@wrong(ID, "width-never-grows")
def _(tokens, input_shape, classes, width=8, hidden=32, rng=None):
    return _net(tokens, input_shape, classes, width, hidden, grow="never")


@wrong(ID, "width-grows-at-conv")
def _(tokens, input_shape, classes, width=8, hidden=32, rng=None):
    return _net(tokens, input_shape, classes, width, hidden, grow="conv")


@wrong(ID, "last-is-hidden")
def _(tokens, input_shape, classes, width=8, hidden=32, rng=None):
    return _net(tokens, input_shape, classes, width, hidden, units=lambda last: hidden)


@wrong(ID, "all-are-classes")
def _(tokens, input_shape, classes, width=8, hidden=32, rng=None):
    return _net(tokens, input_shape, classes, width, hidden, units=lambda last: classes)


@wrong(ID, "channels-not-carried")
def _(tokens, input_shape, classes, width=8, hidden=32, rng=None):
    return _net(tokens, input_shape, classes, width, hidden, c=input_shape[0])


@wrong(ID, "flat-without-depth")
def _(tokens, input_shape, classes, width=8, hidden=32, rng=None):
    return _net(tokens, input_shape, classes, width, hidden, thin=True)


@wrong(ID, "average-pooling")
def _(tokens, input_shape, classes, width=8, hidden=32, rng=None):
    return _net(tokens, input_shape, classes, width, hidden, pool=nn.AvgPool2d)


@wrong(ID, "no-relu")
def _(tokens, input_shape, classes, width=8, hidden=32, rng=None):
    return _net(tokens, input_shape, classes, width, hidden, relu=False)


@wrong(ID, "unknown-ignored")
def _(tokens, input_shape, classes, width=8, hidden=32, rng=None):
    return _net(tokens, input_shape, classes, width, hidden, strict=False)


@wrong(ID, "wrong-type")
def _(tokens, input_shape, classes, width=8, hidden=32, rng=None):
    return list(_net(tokens, input_shape, classes, width, hidden).children.values())


@wrong(ID, "no-flatten")
def _(tokens, input_shape, classes, width=8, hidden=32, rng=None):
    return _net(tokens, input_shape, classes, width, hidden, flatten=False)


for letter in "acd":
    wrong("question_small_filters", f"answer-{letter}")(lambda letter=letter: letter)
for letter in "abc":
    wrong("question_memory", f"answer-{letter}")(lambda letter=letter: letter)
for number in (102_760_448, 102_760_449, 25_088, 25_089, 2_097_152, 2_101_248, 204_800):
    wrong("question_fc_parameters", f"answer-{number}")(lambda number=number: number)
wrong("question_fc_parameters", "answer-138357544")(lambda: 138_357_544)
wrong("question_fc_parameters", "wrong-value")(lambda: 4096)
