"""Lesson 06, right: stacks, recursion, rewriting; tables and formulas; several builders."""

import math
import re

import numpy as np

from course import nn

from . import right

ID = "parse_pattern"
PAIRS = {"[": "]", "(": ")"}


@right(ID, "recursive descent")
def _(text):
    items = re.findall(r"[\[\]()*]|[A-Za-z]\w*|\d+", text)
    place = 0

    def stack(closing):
        nonlocal place
        words = []
        while place < len(items) and items[place] not in "])":
            item = items[place]
            place += 1
            part = stack(PAIRS[item]) if item in PAIRS else [item]
            if place < len(items) and items[place] == "*":
                part = part * int(items[place + 1])
                place += 2
            words.extend(part)
        if closing:
            if place == len(items) or items[place] != closing:
                raise ValueError("bracket")
            place += 1
        elif place < len(items):
            raise ValueError("nothing to close")
        return words

    return stack("")


@right(ID, "rewriting the text from the inside")
def _(text):
    depth = []
    for sign in text:
        if sign in PAIRS:
            depth.append(PAIRS[sign])
        elif sign in PAIRS.values() and (not depth or depth.pop() != sign):
            raise ValueError("brackets")
    if depth:
        raise ValueError("never closed")
    text = re.sub(r"->|,", " ", text)
    text = re.sub(r"\s*\*\s*", "*", text)
    text = re.sub(r"(\b[A-Za-z]\w*)\*(\d+)", r"[\1]*\2", text)
    group = re.compile(r"[\[(]([^\[\]()]*)[\])](?:\*(\d+))?")
    while group.search(text):
        text = group.sub(lambda m: " " + (m[1] + " ") * int(m[2] or 1), text, count=1)
    return text.split()


@right(ID, "two stacks, letter by letter")
def _(text):
    lists, opened, last, place = [[]], [], [], 0
    while place < len(text):
        sign = text[place]
        if sign.isalnum():
            end = place
            while end < len(text) and text[end].isalnum():
                end += 1
            last = [text[place:end]]
            lists[-1].extend(last)
            place = end
            continue
        if sign in "[(":
            opened.append(sign)
            lists.append([])
        if sign in "])":
            if not opened or PAIRS[opened.pop()] != sign:
                raise ValueError(f"{sign} at {place}")
            last = lists.pop()
            lists[-1].extend(last)
        if sign == "*":
            found = re.compile(r"\*\s*(\d+)").match(text, place)
            if last:
                del lists[-1][-len(last) :]
            last = last * int(found[1])
            lists[-1].extend(last)
            place = found.end()
            continue
        place += 1
    if opened:
        raise ValueError(f"{opened} still open")
    return lists[0]


ID = "count_parameters"


@right(ID, "a chain of ifs")
def _(layers):
    out = []
    for layer in layers:
        n = 0
        if layer[0] == "CONV":
            _, c, k, f = layer
            n = k * c * f**2 + k
        if layer[0] == "FC":
            n = layer[1] * layer[2] + layer[2]
        if layer[0] == "BN":
            n = layer[1] + layer[1]
        out.append(n)
    return out


@right(ID, "a table of rules, a NumPy array")
def _(layers):
    rules = {
        "CONV": lambda c, k, f: k * (1 + c * f * f),
        "FC": lambda d, k: k + d * k,
        "BN": lambda c: 2 * c,
    }
    counts = [rules.get(kind, lambda *_: 0)(*numbers) for kind, *numbers in layers]
    return np.array(counts, dtype=np.int64)


@right(ID, "sizes of the course's own layers")
def _(layers):
    def make(kind, *n):
        if kind == "CONV":
            return nn.Conv2d(*n)
        if kind == "FC":
            return nn.Linear(*n)
        return nn.BatchNorm2d(*n) if kind == "BN" else nn.ReLU()

    return [sum(p.value.size for p in make(*layer).parameters()) for layer in layers]


ID = "receptive_field"


@right(ID, "from the image upwards")
def _(layers):
    seen, apart = 1, 1
    for kernel, stride, dilation in layers:
        seen += apart * dilation * (kernel - 1)
        apart = apart * stride
    return seen


@right(ID, "from the top down")
def _(layers):
    seen = 1
    for kernel, stride, dilation in reversed(layers):
        seen = (seen - 1) * stride + dilation * (kernel - 1) + 1
    return seen


@right(ID, "a sum of products, a NumPy integer")
def _(layers):
    strides = [stride for _, stride, _ in layers]
    grown = [(k - 1) * d * math.prod(strides[:n]) for n, (k, _, d) in enumerate(layers)]
    return np.int64(1 + sum(grown))


ID = "build_network"


@right(ID, "shapes by formula")
def _(tokens, input_shape, classes, width=8, hidden=32, rng=None):
    shape, layers, fcs = tuple(input_shape), [], tokens.count("FC")
    for token in tokens:
        if token == "CONV":
            layers += [nn.Conv2d(shape[0], width, (3, 3), 1, 1, rng=rng)]
            shape = (width, *shape[1:])
        elif token == "POOL":
            layers += [nn.MaxPool2d(2, 2)]
            shape, width = (shape[0], shape[1] // 2, shape[2] // 2), width * 2
        elif token == "RELU":
            layers += [nn.ReLU()]
        elif token == "FC":
            fcs -= 1
            layers += [nn.Flatten()] if len(shape) == 3 else []
            units = classes if fcs == 0 else hidden
            layers += [nn.Linear(math.prod(shape), units, rng=rng)]
            shape = (units,)
        elif token != "INPUT":
            raise ValueError(token)
    return nn.Sequential(*layers)


@right(ID, "shapes by trying an image of zeros, Flatten before every FC")
def _(tokens, input_shape, classes, width=8, hidden=32, rng=None):
    x, layers = np.zeros((1, *input_shape)), []
    for place, token in enumerate(tokens):
        if token == "INPUT":
            continue
        new = []
        if token == "CONV":
            new = [nn.Conv2d(x.shape[1], width, 3, padding=1)]
        if token == "POOL":
            new = [nn.MaxPool2d(2)]
            width = width * 2
        if token == "RELU":
            new = [nn.ReLU()]
        if token == "FC":
            units = hidden if "FC" in tokens[place + 1 :] else classes
            new = [nn.Flatten(), nn.Linear(x[0].size, units)]
        if not new:
            raise ValueError(f"{token}?")
        for layer in new:
            x = layer(x)
        layers.extend(new)
    return nn.Sequential(*layers)


@right(ID, "a network in a network")
def _(tokens, input_shape, classes, width=8, hidden=32, rng=None):
    if set(tokens) - {"INPUT", "CONV", "RELU", "POOL", "FC"}:
        raise ValueError("an unknown word")
    body, head, c, pools = [], [], input_shape[0], 0
    sizes = []
    for token in tokens:
        target = head if head or token == "FC" else body
        if token == "CONV":
            target.append(nn.Conv2d(c, width * 2**pools, 3, padding=1))
            c = width * 2**pools
        elif token == "POOL":
            target.append(nn.MaxPool2d(2))
            pools += 1
        elif token == "RELU":
            target.append(nn.ReLU())
        elif token == "FC":
            area = (input_shape[1] // 2**pools) * (input_shape[2] // 2**pools)
            inputs = sizes[-1] if sizes else c * area
            sizes.append(classes if len(sizes) + 1 == tokens.count("FC") else hidden)
            target.append(nn.Linear(inputs, sizes[-1]))
    return (
        nn.Sequential(nn.Sequential(*body), nn.Flatten(), *head) if head else (nn.Sequential(*body))
    )


@right("question_small_filters", "letter")
def _():
    return "b"


@right("question_fc_parameters", "worked out")
def _():
    return 25088 * 4096 + 4096


@right("question_memory", "capital letter in brackets")
def _():
    return "(D)"
