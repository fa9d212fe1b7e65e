"""Is what lesson 06 says true, measured where it says it?"""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest
import torch
from lesson import Run, run

from course.architecture import build, parse, table
from course.checks import exercises, judge
from course.checks._architectures import (
    build_network,
    count_parameters,
    parse_pattern,
    receptive_field,
)
from course.plots import _show, architectures


@pytest.fixture(scope="module")
def lesson() -> Run:
    return run("06_architectures")


@pytest.fixture(scope="module")
def names(lesson: Run) -> dict:
    return lesson.names


def layers_of(pattern: str, shape: tuple[int, int, int], classes: int) -> torch.nn.Module:
    """The network in PyTorch, without memory for its weights."""
    with torch.device("meta"):
        return build(pattern, shape, classes, torch.nn)


def count(module: torch.nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def test_the_row_by_hand_is_that_of_the_table(lesson, names):
    row = names["row"]
    assert (row.shape, row.parameters, row.macs) == ((16, 32, 32), 16 * 145, 2_359_296)
    assert (row.memory // 1024, row.field) == (64, (5, 5))
    assert row.shape[0] * 32 * 32 == 16_384
    assert "the same layers: True" in lesson.printed


def test_counts_are_the_published_ones_and_pytorchs(lesson, names):
    """LeNet-5 60,000 (LeCun 1998, II.B); AlexNet 60 million; VGG-16 138 million (Table 2)."""
    vgg, alexnet, lenet = (names[n] for n in ("vgg", "alexnet", "lenet"))
    assert vgg.parameters == count(layers_of(names["VGG16"], (3, 224, 224), 1000)) == 138_357_544
    torch_alexnet = layers_of(names["ALEXNET"], (3, 227, 227), 1000)
    assert alexnet.parameters == count(torch_alexnet) == 62_378_344
    assert lenet.parameters == count(layers_of(names["LENET5"], (1, 32, 32), 10)) == 61_706
    assert names["paper"] == 60_000
    assert "LeNet-5 as in the paper: 60,000 learned numbers" in lesson.printed


def test_alexnet_in_two_halves_has_the_numbers_of_the_paper(names):
    """Grouped convolutions of PyTorch as the paper's two cards; 60 million and 650,000 neurons."""
    with torch.device("meta"):
        convs = [
            torch.nn.Conv2d(3, 96, 11),
            torch.nn.Conv2d(96, 256, 5, groups=2),
            torch.nn.Conv2d(256, 384, 3),
            torch.nn.Conv2d(384, 384, 3, groups=2),
            torch.nn.Conv2d(384, 256, 3, groups=2),
        ]
        linear = [torch.nn.Linear(*n) for n in ((9216, 4096), (4096, 4096), (4096, 1000))]
    total = sum(count(layer) for layer in [*convs, *linear])
    assert names["alexnet"].parameters - names["halved"] == total == 60_965_224
    assert names["neurons"] == pytest.approx(650_000, rel=0.02)


def test_cost_of_vgg_lies_where_the_text_says(names):
    rows, vgg = names["learning"], names["vgg"]
    assert len(rows) == 16
    parameters = np.array([row.parameters for row in rows]) / vgg.parameters
    assert parameters.argmax() == 13
    assert parameters[13] == pytest.approx(0.74, abs=0.005)
    outputs = np.array(names["sizes"]) / sum(names["sizes"])
    np.testing.assert_allclose(outputs[:2], 0.24, atol=0.005)
    convolutions = sum(row.macs for row in rows if row.layer == "Conv2d")
    assert convolutions > 0.99 * vgg.macs
    assert (round(vgg.macs / 1e9, 1), round(vgg.memory / 2**20)) == (15.5, 109)


def test_three_small_windows_see_as_far_as_a_large_one_for_less(lesson, names):
    found = re.findall(
        r"(\S+) parameters, (\S+) multiply-adds, sees (\d+), keeps (\d+)", lesson.printed
    )
    (p3, m3, f3, k3), (p7, m7, f7, k7) = ([int(t.replace(",", "")) for t in row] for row in found)
    assert f3 == f7 == 7
    assert (p3 - 3 * 64, p7 - 64) == (27 * 64**2, 49 * 64**2)
    assert m3 < m7
    assert k3 == 3 * k7


def test_without_padding_the_third_block_does_not_fit(lesson):
    assert "POOL does not fit" in lesson.printed
    assert "sides: [30, 30, 28, 28, 14, 12, 12, 10, 10, 5]" in lesson.printed
    assert "28: [28, 14, 7, 3, 1], halved 2 times" in lesson.printed
    assert "224: [224, 112, 56, 28, 14, 7, 3, 1], halved 5 times" in lesson.printed
    assert "227: [227, 113, 56, 28, 14, 7, 3, 1], halved 0 times" in lesson.printed


def test_a_shallow_net_can_learn_more_numbers(names):
    shallow = layers_of(names["SHALLOW"], (3, 224, 224), 1000)
    assert count(shallow) > names["vgg"].parameters


def test_every_network_of_the_experiment_keeps_to_the_budget(names):
    for *_, costs in names["nets"].values():
        assert costs.parameters == pytest.approx(names["BUDGET"], rel=0.1)
    macs = {name: costs.macs for name, (*_, costs) in names["nets"].items()}
    assert round(macs["N 2, M 2, K 0"] / macs["N 1, M 1, K 0"]) == 19


def test_the_three_readings_of_the_experiment_hold(names):
    """A hidden layer loses two to four points; work buys nothing certain; M 3 is a little lower."""
    shares = {name: 100 * np.array(values) for name, values in names["accuracy"].items()}
    assert all(len(values) == 3 for values in shares.values())
    mean = {name: values.mean() for name, values in shares.items()}
    for m in (2, 3):
        without, hidden = shares[f"N 1, M {m}, K 0"], shares[f"N 1, M {m}, K 1"]
        assert 2 <= without.mean() - hidden.mean() <= 4
        assert without.min() > hidden.max()
    assert names["nets"]["N 1, M 2, K 1"][3] < names["nets"]["N 1, M 2, K 0"][3]  # narrower
    dear, cheap = shares["N 2, M 2, K 0"], shares["N 1, M 1, K 0"]
    assert dear.min() < cheap.max()  # the seeds overlap
    assert abs(dear.mean() - cheap.mean()) < 1
    flat = [mean[name] for name in ("N 1, M 1, K 0", "N 1, M 2, K 0", "N 2, M 2, K 0")]
    assert 0.5 < min(flat) - mean["N 1, M 3, K 0"] < 3


def test_the_framework_gives_the_same_numbers(lesson, names):
    assert names["difference"] < 1e-5
    assert [int(n) for n in names["own_count"](names["tuples"])] == names["in_torch"]
    assert names["own_field"](names["stack"]) == names["span"] == names["reached"] == 24


def test_the_model_answer_of_the_design_keeps_its_own_numbers():
    widths = (16, 32, 48, 64)
    blocks = " -> ".join(f"[CONV-{w} -> RELU]*2 -> POOL" for w in widths)
    costs = table(f"INPUT -> {blocks} -> FC", (3, 64, 64), 20)
    assert costs.parameters == 136_452
    convolutions = [row.parameters for row in costs.rows if row.layer == "Conv2d"]
    assert (sum(convolutions), convolutions[-1]) == (115_952, max(convolutions))


# What the checks call right


@pytest.mark.parametrize(
    "pattern",
    [
        "INPUT -> [[CONV -> RELU]*2 -> POOL]*3 -> [FC -> RELU]*2 -> FC",
        "[CONV,RELU,CONV,RELU,POOL]*3 -> [FC,RELU]*2 -> FC",
        "(CONV -> RELU)*2 -> POOL*2 -> [FC]*0 -> FC",
    ],
)
def test_the_checks_parser_and_builder_agree_with_the_courses(pattern):
    """Written apart from each other: the same words, and the same network?"""
    tokens = parse_pattern(pattern)
    assert tokens == [spec.kind for spec in parse(pattern)]
    net = build_network(tokens, (3, 32, 32), 10, width=16, hidden=128)
    assert net.summary((3, 32, 32)).rows == table(pattern, (3, 32, 32), 10).rows


def test_the_checks_receptive_field_is_where_pytorchs_gradient_ends():
    rng = np.random.default_rng(0)
    for _ in range(20):
        layers = [tuple(int(v) for v in rng.integers(1, 4, 3)) for _ in range(3)]
        x = torch.ones(1, 1, 200, requires_grad=True)
        out = x
        for kernel, stride, dilation in layers:
            weight = torch.ones(1, 1, kernel)
            out = torch.nn.functional.conv1d(out, weight, stride=stride, dilation=dilation)
        out[0, 0, 1].backward()
        span = int(np.ptp(np.flatnonzero(x.grad.numpy()))) + 1
        assert receptive_field(layers) == span


# The figures

FIGURES = {
    "volumes": lambda: architectures.volumes({"a": (3, 8, 8), "b": (4,)}, title="V"),
    "where_the_cost_lies": lambda: architectures.where_the_cost_lies(
        ["a", "b"], [1, 9], [5, 5], [8, 2], title="C"
    ),
    "accuracy_against_work": lambda: architectures.accuracy_against_work(
        {"a K 0": 10.0, "b K 1": 100.0}, {"a K 0": [0.5, 0.6], "b K 1": [0.7, 0.8]}, title="A"
    ),
}


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_has_a_title_and_renders_without_a_warning(name):
    figure = FIGURES[name]()
    assert figure.get_suptitle() or figure.axes[0].get_title()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _show.png(figure, dpi=50).startswith(b"\x89PNG")


def test_shares_are_told_above_the_bars():
    texts = [text.get_text() for text in FIGURES["where_the_cost_lies"]().axes[0].texts]
    assert texts == ["10 %", "90 %"]


# What a wrong answer is told


def test_words_and_networks_are_shown_as_such_not_as_the_numbers_that_are_compared():
    """Wrong values, a missing error and a network that stops an image: readable?"""
    flat = "parse_pattern", lambda text: [word.lower() for word in parse_pattern(text)]
    text = judge(*flat, seed=0).text
    assert "expected:\n    CONV RELU FC\n  yours:\n    conv relu fc" in text
    loose = "parse_pattern", lambda text: re.findall(r"[A-Z]+", text)
    mistakes = {m.name: m.wrong for m in exercises()["parse_pattern"].misconceptions}
    text = judge("parse_pattern", mistakes["no-bracket-check"], seed=0).text
    assert "but it returned CONV RELU." in text
    assert judge(*loose, seed=0).cause == "once"
    mistakes = {m.name: m.wrong for m in exercises()["build_network"].misconceptions}
    text = judge("build_network", mistakes["no-flatten"], seed=0).text
    assert "Linear     3                   63 parameters, sees all" in text
    assert "no image comes through" in text


def test_a_list_that_was_asked_for_is_accepted_without_a_remark():
    """And one that is emptied on the way is noticed."""
    assert judge("count_parameters", count_parameters, seed=0).notes == ()

    def emptied(layers):
        return [count_parameters([layers.pop(0)])[0] for _ in range(len(layers))]

    assert judge("count_parameters", emptied, seed=0).cause == "changed-input"
