"""Lesson 06, Architectures: four exercises and three questions."""

from __future__ import annotations

import numpy as np

from ._architectures import (
    LayerTuple,
    build_network,
    count_parameters,
    network_numbers,
    number_network,
    number_words,
    parse_pattern,
    receptive_field,
    word_numbers,
)
from .mistakes.architectures import BUILD, FIELD, PARAMETERS, PARSE
from .task import Case, Exercise, Question


def _pattern_cases(rng: np.random.Generator) -> list[Case]:
    patterns = {
        "CONV -> RELU -> FC": "no group",
        "INPUT -> [CONV -> RELU]*2 -> FC": "one group",
        "[CONV -> RELU -> POOL]*2": "three layers in a group",
        "CONV -> RELU*3 -> FC": "a star behind a single layer",
        "(CONV -> RELU)*2 -> POOL": "round brackets",
        "INPUT->[ CONV,RELU ,POOL ] * 2,FC": "commas, and spaces in other places",
        "[[CONV -> RELU]*2 -> POOL]*3 -> FC": "a group in a group",
        "INPUT -> [(CONV -> RELU)*3 -> POOL]*2 -> [FC -> RELU]*1 -> FC": "the general pattern",
        "[CONV -> BN]*12 -> FC": "a count of two digits",
        "CONV -> [FC -> RELU]*0 -> FC": "nought times",
        "[[CONV]*2 -> [RELU]*2 -> POOL]*2": "two groups in a group",
        "([CONV])": "brackets without a star",
        "INPUT": "one word",
        "[CONV -> RELU": "the bracket is never closed",
        "CONV -> RELU] -> FC": "a bracket closes that was never open",
        "[CONV -> (RELU]*2)": "brackets cross",
    }
    cases = [Case({"text": text}, label) for text, label in patterns.items()]
    n, m, k = (int(v) for v in rng.integers(2, 5, 3))
    text = f"INPUT -> [[CONV -> RELU]*{n} -> POOL]*{m} -> [FC -> RELU]*{k} -> FC"
    return [*cases, Case({"text": text}, "numbers drawn at random")]


def _parameter_cases(rng: np.random.Generator) -> list[Case]:
    def case(label: str, *layers: LayerTuple) -> Case:
        return Case({"layers": list(layers)}, label)

    def number(low: int, high: int) -> int:
        return int(rng.integers(low, high))

    c, k, f, d, u = number(2, 9), number(2, 9), number(4, 9), number(20, 90), number(2, 20)
    return [
        case("one convolution", ("CONV", 3, 5, 4)),
        case("one channel in", ("CONV", 1, 6, 5)),
        case("fully connected", ("FC", 12, 4)),
        case("batch normalisation", ("BN", 7)),
        case("layers that learn nothing", ("RELU",), ("POOL", 2), ("FLATTEN",)),
        case(
            "a small network",
            *(("CONV", 3, 8, 3), ("BN", 8), ("RELU",), ("POOL", 2), ("FLATTEN",), ("FC", 512, 10)),
        ),
        case("1 by 1 windows", ("CONV", 6, 3, 1), ("RELU",), ("CONV", 3, 6, 1)),
        case(
            "numbers drawn at random",
            *(("CONV", c, k, f), ("BN", k), ("RELU",), ("POOL", 3), ("FC", d, u), ("FC", u, 3)),
        ),
    ]


def _field_cases(rng: np.random.Generator) -> list[Case]:
    stacks: dict[str, list[tuple[int, int, int]]] = {
        "one layer": [(3, 1, 1)],
        "two plain layers": [(3, 1, 1), (3, 1, 1)],
        "windows of 5 and 3": [(5, 1, 1), (3, 1, 1)],
        "one layer with stride 2": [(3, 2, 1)],
        "stride 2 below": [(3, 2, 1), (3, 1, 1)],
        "stride 2 above": [(3, 1, 1), (3, 2, 1)],
        "strides 2 and 3, then a window": [(3, 2, 1), (2, 3, 1), (3, 1, 1)],
        "dilation": [(3, 1, 2)],
        "dilation below, plain above": [(3, 1, 4), (3, 1, 1)],
        "windows of 1": [(1, 1, 1), (1, 2, 1), (1, 1, 3)],
        "convolution and pooling": [(3, 1, 1), (2, 2, 1), (3, 1, 1), (2, 2, 1), (3, 1, 1)],
    }
    cases = [Case({"layers": layers}, label) for label, layers in stacks.items()]
    for _ in range(4):
        layers = [tuple(int(v) for v in rng.integers(2, 5, 3)) for _ in range(4)]
        cases.append(Case({"layers": layers}, "drawn at random"))
    return [Case({"layers": []}, "no layer at all"), *cases]


def _network_cases(rng: np.random.Generator) -> list[Case]:
    def case(label: str, text: str, shape: tuple[int, int, int], classes: int, **n: int) -> Case:
        tokens = parse_pattern(text)
        return Case({"tokens": tokens, "input_shape": shape, "classes": classes, **n}, label)

    width, hidden = int(rng.integers(2, 6)), int(rng.integers(11, 20))
    return [
        case("the smallest classifier", "INPUT -> FC", (1, 4, 5), 3),
        case("one hidden layer", "FC -> RELU -> FC", (2, 3, 3), 4, hidden=6),
        case("one convolution", "INPUT -> CONV -> RELU -> FC", (3, 4, 6), 5, width=4),
        case("two convolutions", "[CONV -> RELU]*2", (2, 6, 5), 5, width=3),
        case("pooling, odd sides", "[CONV -> RELU -> POOL]*2 -> FC", (1, 9, 11), 10),
        case("no ReLU between", "CONV -> POOL -> CONV -> FC", (3, 8, 8), 4, width=2),
        case(
            "the general pattern",
            "INPUT -> [[CONV -> RELU]*2 -> POOL]*2 -> [FC -> RELU]*2 -> FC",
            (3, 8, 12),
            10,
            width=width,
            hidden=hidden,
        ),
        case("a word of no layer", "INPUT -> CONV -> POOOL -> FC", (3, 8, 8), 4),
    ]


QUESTIONS = (
    Question(
        "question_small_filters",
        "Three small filters or one large",
        "06",
        1,
        (
            "Compare two stacks with the same view of the image: count what each has to learn, and "
            "how often each bends its signal.",
            "With C channels in and out, 7 × 7 filters have 49 · C · C weights. What do three "
            "layers of 3 × 3 have together, and how many activations follow?",
            "Begin by writing down 3 * (3 * 3 * C * C) beside 7 * 7 * C * C.",
        ),
        text="All layers take C channels and give C channels, without biases. Three 3 × 3 layers, "
        "each followed by a ReLU, compared with one 7 × 7 layer and its ReLU:",
        options={
            "a": "see more of the image, with the same number of weights.",
            "b": "see as much of the image, with fewer weights and more non-linearities.",
            "c": "see less of the image, since 3 is smaller than 7.",
            "d": "compute exactly the same functions, with fewer weights.",
        },
        answer="b",
        wrong={
            "a": "Count both: is 3 · 9 the same as 49? And how far does the third layer see?",
            "c": "That is the view of one layer alone. What does a value of the third layer see?",
            "d": "What stands between the three layers? And could three small filters without it "
            "make every 7 × 7 filter from fewer numbers?",
        },
    ),
    Question(
        "question_fc_parameters",
        "The dearest layer",
        "06",
        1,
        (
            "A fully connected layer has one weight for every pair of an input and a unit.",
            "How many numbers come out of Flatten? Each unit has a weight for each, and a bias.",
            "The first line may be: inputs = 512 * 7 * 7",
        ),
        text="VGG-16's first fully connected layer takes a volume of 512 × 7 × 7 and has 4096 "
        "units. How many numbers does it learn, biases included?",
        answer=102_764_544,
        wrong={
            102_760_448: "The weights are all there. What does each unit add to its sum?",
            102_760_449: "All the units share one bias in this count. Do they?",
            25_088: "That is the number of inputs. How many units look at all of them?",
            25_089: "That is one unit. How many are there?",
            2_097_152: "This takes one number a channel. How many pixels has each map?",
            2_101_248: "The biases are in, but each map counts as one number. How many pixels "
            "has a map of this volume?",
            204_800: "This takes one map only. How deep is the volume?",
            138_357_544: "That is the whole network. One layer was asked for.",
        },
    ),
    Question(
        "question_memory",
        "Where the memory goes",
        "06",
        1,
        (
            "A layer's parameters are learned once for all images; its outputs are kept for each.",
            "Look at the table of VGG-16: in which rows is the output largest, in which are the "
            "parameters?",
            "Compare 64 * 224 * 224 outputs with the 64 * (27 + 1) parameters that make them.",
        ),
        text="In a network such as VGG-16, where are most of the parameters, and where are most of "
        "the activations (the numbers that are kept for the backward pass)?",
        options={
            "a": "Both in the first convolution layers, where the image is large.",
            "b": "Both in the fully connected layers, where everything meets everything.",
            "c": "Parameters in the first convolution layers, activations in the fully connected "
            "ones.",
            "d": "Parameters in the fully connected layers, activations in the first convolution "
            "layers.",
        },
        answer="d",
        wrong={
            "a": "The image is large there, but does a filter's number of weights depend on that?",
            "b": "Weights, yes. But how many numbers does a layer of 4,096 units give out, "
            "compared with 64 maps of 224 × 224?",
            "c": "It is the other way round: look which of the two grows with the image's height "
            "and width.",
        },
    ),
)

TASKS: tuple[Exercise | Question, ...] = (
    Exercise(
        "parse_pattern",
        "Read a pattern",
        "06",
        4,
        (
            "Go through the words and signs once, from left to right. An opening bracket begins a "
            "new list; a closing one ends it and hands it to the list around it.",
            "Keep the open lists in a list (a stack). Remember what came last, a layer or a whole "
            "group: that is what a star repeats. At the end only one list may be open.",
            'The first line may be: items = re.findall(r"[\\[\\]()*]|\\w+", text)',
        ),
        reference=parse_pattern,
        cases=_pattern_cases,
        misconceptions=PARSE,
        returns=("words",),
        reads=word_numbers,
        words=number_words,
    ),
    Exercise(
        "count_parameters",
        "Count what is learned",
        "06",
        2,
        (
            "Three kinds of layers learn; write down what ONE filter, unit or channel of each "
            "learns, then how many there are.",
            "A filter reaches through all C channels and makes one sum. A channel of BN has a "
            "factor and a shift. Every layer has its place in the list, even if it learns nothing.",
            "The first line may be: counts = [] and then: for kind, *numbers in layers:",
        ),
        reference=count_parameters,
        cases=_parameter_cases,
        misconceptions=PARAMETERS,
        returns=("counts",),
        lists_ok=True,
    ),
    Exercise(
        "receptive_field",
        "How far does a stack see?",
        "06",
        3,
        (
            "Walk from the image upwards and keep two numbers: how many pixels a value sees, and "
            "how many pixels lie between two neighbours.",
            "A window brings (kernel - 1) * dilation neighbours into view; each of them lies one "
            "leap further in the image. The layer's own stride changes the leap only afterwards.",
            "The first line may be: field, leap = 1, 1",
        ),
        reference=receptive_field,
        cases=_field_cases,
        misconceptions=FIELD,
        returns=("field",),
    ),
    Exercise(
        "build_network",
        "From words to a network",
        "06",
        4,
        (
            "Walk through the words and always know the shape that the next layer will be given.",
            "Keep channels, height and columns up to date: CONV changes the first, POOL the other "
            "two. The first FC needs their product. Which FC is the last one?",
            "The first line may be: channels, height, columns = input_shape",
        ),
        reference=build_network,
        cases=_network_cases,
        misconceptions=BUILD,
        returns=("net",),
        reads=network_numbers,
        words=number_network,
    ),
    *QUESTIONS,
)
