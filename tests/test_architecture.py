"""Is a pattern read as it is meant, counted as published, and pointed at where it is wrong?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from course import nn
from course.architecture import PatternError, build, parse, plan, table
from course.pattern import KINDS

SEMINAR = "[CONV,RELU,CONV,RELU,POOL]*3 -> [FC,RELU]*2 -> FC"
GENERAL = "INPUT -> [(CONV -> RELU)*N -> POOL?]*M -> [FC -> RELU]*K -> FC"
VGG16 = (
    "INPUT -> [CONV-64 -> RELU]*2 -> POOL -> [CONV-128 -> RELU]*2 -> POOL"
    " -> [CONV-256 -> RELU]*3 -> POOL -> [[CONV-512 -> RELU]*3 -> POOL]*2"
    " -> [FC-4096 -> RELU]*2 -> FC"
)
LENET5 = (
    "CONV5-6+0 -> TANH -> AVGPOOL -> CONV5-16+0 -> TANH -> AVGPOOL"
    " -> FC-120 -> TANH -> FC-84 -> TANH -> FC"
)


def kinds(pattern: str, **settings: int) -> list[str]:
    return [spec.kind for spec in parse(pattern, **settings)]


def parameters(pattern: str, shape: tuple[int, int, int], classes: int) -> int:
    count = 0
    for layer in plan(pattern, shape, classes):
        if layer.kind in ("CONV", "FC"):
            window = layer.numbers.get("window", 1) ** 2
            count += layer.numbers["units"] * (layer.input_shape[0] * window + 1)
    return count


def test_is_the_seminars_example_written_out() -> None:
    block = ["CONV", "RELU", "CONV", "RELU", "POOL"]
    assert kinds(SEMINAR) == block * 3 + ["FC", "RELU"] * 2 + ["FC"]


def test_are_names_given_and_optional_layers_taken_or_left() -> None:
    taken = kinds(GENERAL, N=2, M=1, K=0)
    assert taken == ["INPUT", "CONV", "RELU", "CONV", "RELU", "POOL", "FC"]
    left = [spec.kind for spec in parse(GENERAL, optional=False, N=1, M=2, K=1)]
    assert left == ["INPUT", "CONV", "RELU", "CONV", "RELU", "FC", "RELU", "FC"]


@pytest.mark.parametrize(
    "same", ["conv->relu*2,fc", "(CONV),[RELU]*2->(((FC)))", " CONV → RELU × 2 → FC "]
)
def test_do_spelling_and_brackets_not_matter(same: str) -> None:
    assert kinds(same) == ["CONV", "RELU", "RELU", "FC"]


def test_is_the_seminars_formula_read() -> None:
    """[(CONV -> RELU)^{*N} -> POOL]^{*M} is the general pattern with stars?"""
    formula = "INPUT -> [(CONV -> RELU)^{*N} -> POOL?]^{*M} -> [FC -> RELU]^{*K} -> FC"
    assert kinds(formula, N=2, M=3, K=2) == kinds(GENERAL, N=2, M=3, K=2)
    assert kinds("[CONV -> POOL]^{ * 2 }") == kinds("[CONV -> POOL]*2") == kinds("[CONV,POOL]^{2}")


@pytest.mark.parametrize(
    ("said", "short"),
    [
        ("CONV3x3-64 s1 p1", "CONV3-64/1+1"),
        ("CONV11x11-96 s4 p0", "CONV11-96/4+0"),
        ("POOL3x3 s2", "POOL3/2"),
        ("conv5-6 p0", "CONV5-6+0"),
    ],
)
def test_are_sizes_said_in_words_the_same_as_in_signs(said: str, short: str) -> None:
    pattern = f"[{said} -> RELU]*2 -> FC"
    [one, other] = (parse(text) for text in (pattern, pattern.replace(said, short)))
    assert [(s.kind, s.numbers) for s in one] == [(s.kind, s.numbers) for s in other]


def test_are_the_published_counts_met() -> None:
    """VGG-16: 138,357,544 (Simonyan and Zisserman, 2015, Table 2: 138 million); LeNet-5: 61,706."""
    assert parameters(VGG16, (3, 224, 224), 1000) == 138_357_544
    assert parameters(LENET5, (1, 32, 32), 10) == 61_706


def test_are_shapes_worked_out() -> None:
    shapes = [p.output_shape for p in plan("CONV11-96/4+0 -> POOL3/2 -> FC", (3, 227, 227), 10)]
    assert shapes == [(96, 55, 55), (96, 27, 27), (69984,), (10,)]
    widths = [p.output_shape for p in plan("[CONV -> POOL]*2 -> GAP -> FC", (3, 9, 9), 4, width=8)]
    assert widths == [(8, 9, 9), (8, 4, 4), (16, 4, 4), (16, 2, 2), (16, 1, 1), (16,), (4,)]


@pytest.mark.parametrize(
    "pattern",
    [
        SEMINAR,
        LENET5,
        "[CONV -> BN -> RELU -> POOL]*2 -> GAP -> DROPOUT -> FC -> BN -> SIGMOID -> FC",
    ],
)
def test_do_both_libraries_build_the_same_network(pattern: str) -> None:
    shape = (1, 32, 32)
    net, twin = build(pattern, shape, 10), build(pattern, shape, 10, torch.nn)
    twin.load_state_dict({k: torch.tensor(v) for k, v in net.state_dict().items()}, strict=True)
    net.eval(), twin.eval()
    x = np.random.default_rng(0).standard_normal((2, *shape)).astype(np.float32)
    np.testing.assert_allclose(net(x), twin(torch.tensor(x)).detach(), atol=1e-5)
    planned = [p.output_shape for p in plan(pattern, shape, 10)]
    assert [row.shape for row in net.summary(shape).rows] == planned
    assert table(pattern, shape, 10) == net.summary(shape)
    assert isinstance(net, nn.Sequential)


def test_do_the_first_weights_come_from_the_generator() -> None:
    one, two, other = (
        build("CONV -> FC", (1, 4, 4), 3, rng=np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    x = np.ones((1, 1, 4, 4), np.float32)
    np.testing.assert_array_equal(one(x), two(x))
    assert not np.array_equal(one(x), other(x))


MISTAKES = [  # the pattern, the marked text, the message
    ("[CONV -> POOL]^{*2 -> FC", "^{*", "'}' is missing"),
    ("CONV -> FC}", "}", "missing before '}'"),
    ("CONV3x5-64 -> FC", "CONV3x5-64", "windows are square"),
    ("CONV3-8 s0 -> FC", "CONV3-8 s0", "stride of CONV is 0"),
    ("RELU s2", "RELU s2", "RELU takes no stride"),
    ("INPUT -> [CONV -> POOOL]*2", "POOOL", "did you mean POOL?"),
    ("INPUT -> HELLO", "HELLO", "known are INPUT, CONV"),
    ("[CONV -> RELU*", "", "after '*' a whole number is expected"),
    ("CONV*-1", "-1", "'-' has no meaning"),
    ("[CONV -> POOL)", ")", "closes a '[': use ']'"),
    ("CONV RELU", "RELU", "'->' or ',' is missing"),
    ("CONV -> (RELU -> FC", "(", "never closed: ')' is missing"),
    ("CONV -> POOL]", "]", "nothing is open"),
    ("CONV*N -> FC", "N", "how often is N?"),
    ("CONV -> -> FC", "->", "a layer or a group is expected here, not '->'"),
    ("CONV -> ", "", "not the end"),
    ("", "", "not the end"),
    ("()", ")", "not ')'"),
    ("CONV -> $ -> FC", "$", "'$' has no meaning"),
    ("CONV*99999", "99999", "0 to 1000 layers"),
    ("[[[CONV*100]*100]*100]*100", "100", "0 to 1000 layers"),
    ("CONV -> INPUT", "INPUT", "INPUT can only stand first"),
    ("RELU3", "RELU3", "RELU takes no window"),
    ("CONV -> POOL2/2+5", "POOL2/2+5", "padding of POOL is 5: at most half the window, 1"),
    ("AVGPOOL3/2+2", "AVGPOOL3/2+2", "padding of AVGPOOL is 2: at most half the window, 1"),
    ("[" * 500 + "CONV" + "]" * 500, "[", "more than 100 deep"),
    ("POOL-8", "POOL-8", "POOL takes no units: write POOL2/2"),
    ("CONV -> CONV3-0", "CONV3-0", "units of CONV is 0"),
    ("CONV-8/0", "CONV-8/0", "stride of CONV is 0"),
    ("CONV -> FC -> CONV", "CONV", "FC has flattened it"),
    ("[POOL]*7 -> FC", "POOL", "POOL does not fit: kernel height 2"),
    ("FC-0 -> FC", "FC-0", "units of FC is 0"),
]


@pytest.mark.parametrize(("pattern", "marked", "message"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_does_an_error_point_at_the_token(pattern: str, marked: str, message: str) -> None:
    with pytest.raises(PatternError) as error:
        plan(pattern, (3, 32, 32), 10)
    text, shown, marks = str(error.value).rsplit("\n", 2)
    assert message in text
    assert shown == pattern
    start = marks.index("^")
    assert pattern[start : start + len(marks) - start].startswith(marked[:1])
    assert len(marks) - start == max(1, len(marked)) or marked == "-1"


@pytest.mark.parametrize("times", [2.5, "2", None])
def test_is_a_count_that_is_no_whole_number_pointed_at(times: Any) -> None:
    with pytest.raises(PatternError, match="how often to repeat is a whole number") as found:
        parse("CONV*N", N=times)
    assert str(found.value).endswith("CONV*N\n     ^")
    assert len(parse("CONV*N", N=np.int64(2))) == 2


def test_is_every_known_layer_buildable() -> None:
    for kind in KINDS:
        if kind != "INPUT":
            build(kind, (2, 8, 8), 3)
