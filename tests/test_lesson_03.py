"""Is what lesson 03 says true, measured where it says it?"""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from lesson import Run, run

from course import functional as F


@pytest.fixture(scope="module")
def lesson() -> Run:
    return run("03_convolution")


@pytest.fixture(scope="module")
def names(lesson: Run) -> dict:
    return lesson.names


def test_counts_of_parameters_are_those_of_pytorch(lesson, names):
    assert "32 x 32 x 3: 3,072 weights" in lesson.printed
    assert "200 x 200 x 3: 120,000 weights" in lesson.printed
    layer = torch.nn.Conv2d(3, 16, 5)
    assert sum(p.numel() for p in layer.parameters()) == 16 * (5 * 5 * 3 + 1) == 1216
    dense = torch.nn.Linear(32 * 32 * 3, 16 * 32 * 32, device="meta")
    assert sum(p.numel() for p in dense.parameters()) == names["answers"] * (32 * 32 * 3 + 1)
    assert 50e6 < names["answers"] * (32 * 32 * 3 + 1) < 51e6  # "fifty million"


def test_the_value_by_hand_is_what_pytorch_computes(lesson, names):
    x, w = torch.from_numpy(names["x_small"]), torch.from_numpy(names["w_small"])
    out = torch.nn.functional.conv2d(x, w, torch.ones(1, dtype=torch.float64))
    assert out[0, 0, 0, 1] == 13
    assert "sum with bias 1: 13.0" in lesson.printed


def test_printed_sizes_agree_with_pytorch(lesson):
    rows = re.findall(
        r"W +(\d+), F +(\d+), S (\d), P (\d): +([\d.]+) windows, (\d+) col", lesson.printed
    )
    assert len(rows) == 5
    for size, kernel, stride, padding, exact, unseen in rows:
        x = torch.zeros(1, 1, int(size), int(size))
        layer = torch.nn.Conv2d(1, 1, int(kernel), int(stride), int(padding))
        width = layer(x).shape[3]
        assert width == int(float(exact))
        reached = (width - 1) * int(stride) + int(kernel)
        assert int(size) + 2 * int(padding) - reached == int(unseen)


def test_the_layer_answers_an_impulse_with_its_filter_turned_around(names):
    inner = names["layer_out"][0, 0]
    np.testing.assert_array_equal(inner, np.arange(9.0).reshape(3, 3)[::-1, ::-1])


def test_equivariance_holds_inside_and_breaks_at_the_border(lesson, names):
    off = names["off"]
    assert off[..., 4:-1].max() == 0
    assert off.max() > 1
    apart = [float(d) for d in re.findall(r"best moved map ([\d.]+)", lesson.printed)]
    assert apart[0] > 1  # a shift by 1 gives a map that was not there before
    assert apart[1] == 0  # a shift by 2 moves the map by 1


def test_one_by_one_is_a_linear_layer_on_each_column(names):
    np.testing.assert_allclose(names["by_conv"], names["same"], atol=1e-12)


def test_receptive_fields_by_formula_are_where_the_gradient_ends(names):
    for layers, field in zip(names["stacks"].values(), names["fields"], strict=True):
        seen = np.argwhere(names["influence"](layers) > 0)
        assert (np.ptp(seen, axis=0) + 1).tolist() == [field, field]
    assert names["fields"] == [7, 17, 15, 15]


def test_the_rim_of_the_field_counts_least(names):
    """ "With many plain layers the rim hardly matters": beside the middle, below a thousandth?"""
    eight = names["influence"](names["stacks"]["8 layers 3 × 3"])
    assert eight[20, 20 - 8] < 1e-3 * eight.max()
    dilated = names["influence"](names["stacks"]["dilation 1, 2, 4"])
    assert dilated[20, 20 - 7] > 0.02 * dilated.max()


def test_columns_are_far_faster_than_loops_and_all_four_agree(names):
    assert names["seconds"]["your loops"] > 100 * names["seconds"]["im2col"]
    for out in names["outs"]:
        np.testing.assert_allclose(out, names["outs"][0], atol=1e-4)


def test_the_fast_backward_pass_equals_the_loops(names):
    weight, dout = names["w_try"], names["dout_try"]
    _, cache = F.conv2d_forward(names["x_try"], weight, np.zeros(4), padding=1)
    fast = names["conv_backward"](dout, names["cache_try"])
    for ours, reference in zip(fast, F.conv2d_backward(dout, cache), strict=True):
        np.testing.assert_allclose(ours, reference, atol=1e-12)


def test_the_network_reaches_the_accuracy_that_the_text_states(names):
    assert names["test_accuracy"] >= 0.85
    assert names["test_accuracy"] == pytest.approx(0.86, abs=0.015)  # "about 86 of 100"
    assert names["history"].val_accuracy[-1] > 0.85
    assert names["history"].loss[0] == pytest.approx(np.log(10), abs=0.4)


def test_filters_stay_near_their_start_but_do_change(names):
    assert (names["cosine"] > 0.6).all()
    assert (names["cosine"] < 0.98).all()


def test_the_framework_gives_the_same_numbers(lesson, names):
    pairs = re.findall(r"^(\w+) +largest difference (\S+)$", lesson.printed, flags=re.M)
    assert len(pairs) >= 9
    assert all(float(value) < 1e-12 for _, value in pairs)
    assert np.abs(names["twin_scores"] - names["scores"]).max() < 1e-4
    assert sum(v.size for v in names["values"]) == 9226
