"""Is what lesson 03 says true, measured where it says it?"""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest
import torch
from lesson import Run, run

from course import functional as F
from course.plots import _show, convolution, receptive


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
    x, w = (torch.from_numpy(names[name]).double() for name in ("x_small", "w_small"))
    out = torch.nn.functional.conv2d(x, w, torch.ones(1, dtype=torch.float64))
    printed = re.findall(r"i (\d), j (\d): .* = (-?\d+)$", lesson.printed, flags=re.M)
    assert len(printed) == 4
    for i, j, value in printed:
        assert out[0, 0, int(i), int(j)] == int(value)
    assert out[0, 0, 0, 1] == 19  # as worked by hand


def test_padding_gives_the_corner_some_of_its_votes_back(lesson):
    """Windows that see a pixel, counted by autograd: 1, then 4, in the corner; 9 inside?"""
    for padding, corner in ((0, 1), (1, 4)):
        x = torch.ones(1, 1, 6, 6, requires_grad=True)
        torch.nn.functional.conv2d(x, torch.ones(1, 1, 3, 3), padding=padding).sum().backward()
        votes = x.grad[0, 0].int().numpy()
        assert (votes[0, 0], votes[2, 2]) == (corner, 9)
        assert f"padding {padding}:\n{votes}" in lesson.printed


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
    assert off[..., :-1].max() == 0
    assert off[..., -1].max() > 1
    apart = [float(d) for d in re.findall(r"best moved map ([\d.]+)", lesson.printed)]
    assert apart[0] > 1  # a shift by 1 gives a map that was not there before
    assert apart[1] == 0  # a shift by 2 moves the map by 1


def test_one_by_one_is_a_linear_layer_on_each_column(names):
    np.testing.assert_allclose(names["by_conv"], names["same"], atol=1e-12)


def test_receptive_fields_by_formula_are_where_the_gradient_ends(names):
    for layers, field in zip(names["stacks"].values(), names["fields"], strict=True):
        seen = np.argwhere(names["influence"](layers) > 0)
        assert (np.ptp(seen, axis=0) + 1).tolist() == [field, field]
    assert names["fields"] == [17, 7, 15, 15]


def test_the_rim_of_the_field_counts_least(names):
    """ "With many plain layers the rim hardly matters": beside the middle, below a thousandth?"""
    eight = names["influence"](names["stacks"]["8 plain layers"])
    assert eight[12, 12 - 8] < 1e-3 * eight.max()
    dilated = names["influence"](names["stacks"]["dilation 1, 2, 4"])
    assert dilated[12, 12 - 7] > 0.02 * dilated.max()


def test_columns_are_far_faster_than_loops_and_all_four_agree(names):
    assert names["seconds"]["your loops"] > 100 * names["seconds"]["im2col"]
    assert names["copies"] == 25
    for out in names["outs"]:
        np.testing.assert_allclose(out, names["outs"][0], atol=1e-4)


def test_the_fast_backward_pass_equals_the_loops(names):
    weight, dout = names["w_try"], names["dout_try"]
    _, cache = F.conv2d_forward(names["x_try"], weight, np.zeros(4), padding=1)
    fast = names["conv_backward"](dout, names["cache_try"])
    for ours, reference in zip(fast, F.conv2d_backward(dout, cache), strict=True):
        np.testing.assert_allclose(ours, reference, atol=1e-12)


def test_the_network_reaches_the_accuracy_that_the_text_states(names):
    assert len(names["train"][0]) == 9000
    assert names["test_accuracy"] >= 0.87
    assert names["test_accuracy"] == pytest.approx(0.88, abs=0.012)  # "about 88 of 100"
    assert names["history"].loss[0] == pytest.approx(np.log(10), abs=0.4)


def test_small_steps_at_the_end_raise_the_accuracy_and_settle_it(names):
    history = names["history"]
    assert len(history.loss) == 6 * 141
    assert 4 * 141 == 564  # the step that the caption names
    *_, large, small, last = history.val_accuracy
    assert min(small, last) > large
    assert abs(last - small) < 0.02


def test_learned_filters_are_planes_far_more_than_noise_is(names):
    start, end = names["share_of_plane"](names["w_start"]), names["share_of_plane"](names["w_end"])
    assert start.mean() == pytest.approx(3 / 25, abs=0.06)
    assert end.mean() > 3 * 3 / 25  # "several times that"
    noise = np.random.default_rng(1).normal(size=(5000, 1, 5, 5))
    assert names["share_of_plane"](noise).mean() == pytest.approx(3 / 25, abs=0.01)
    assert np.linalg.norm(names["w_end"]) > 3 * np.linalg.norm(names["w_start"])  # "was learned"


def test_most_filters_live_and_the_one_in_the_widget_is_one_of_them(names):
    """A filter dies where weights and bias hold every sum below zero, as the text says?"""
    assert names["alive"].sum() >= 9
    assert names["alive"][names["plainest"]]
    maps = names["maps_500"].max(axis=(0, 2, 3))
    assert (maps[~names["alive"]] <= 0).all()
    assert names["share_of_plane"](names["w_end"])[names["plainest"]] > 0.5


def test_the_framework_gives_the_same_numbers(lesson, names):
    pairs = re.findall(r"^(\w+) +largest difference (\S+)$", lesson.printed, flags=re.M)
    assert len(pairs) >= 9
    assert all(float(value) < 1e-12 for _, value in pairs)
    assert np.abs(names["twin_scores"] - names["scores"]).max() < 1e-4
    assert sum(v.size for v in names["values"]) == 14698


# The figures

RNG = np.random.default_rng(0)
STACKS = {"plain": [(3, 1, 1)] * 2, "odd": [(2, 3, 1), (3, 1, 2)]}
FIGURES = {
    "parameter_bars": lambda: convolution.parameter_bars({"fully": 9000, "conv": 7}, title="P"),
    "timing_bars": lambda: convolution.timing_bars({"a": 0.5, "b": 1e-4}, title="T"),
    "shift_panels": lambda: convolution.shift_panels(*RNG.random((4, 9, 8)), 2),
    "column_panels": lambda: convolution.column_panels(np.eye(3), np.ones((4, 4)), 2),
    "filter_rows": lambda: convolution.filter_rows(
        {"a": {"x": np.eye(3)}, "b": {"y": np.eye(5), "z": -np.eye(5)}}, title="F", together=["b"]
    ),
    "feature_maps": lambda: convolution.feature_maps(
        RNG.random((6, 6)), RNG.normal(size=(3, 3, 3)), RNG.random((3, 4, 4)), title="M", across=2
    ),
    "view_cones": lambda: receptive.view_cones(STACKS),
    "receptive_fields": lambda: receptive.receptive_fields({"a": np.eye(9)}, [5]),
}


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_has_a_title_and_renders_without_a_warning(name):
    figure = FIGURES[name]()
    assert figure.get_suptitle() or figure.axes[0].get_title()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _show.png(figure, dpi=50).startswith(b"\x89PNG")


def test_cones_name_the_size_that_the_formula_gives(names):
    for stacks in (STACKS, names["three"]):
        axes = receptive.view_cones(stacks).axes
        for ax, layers in zip(axes, stacks.values(), strict=True):
            assert ax.get_title().endswith(f": {names['receptive_field'](layers)} pixels")


def test_bars_tell_how_many_times_the_fastest_took():
    texts = [text.get_text() for text in FIGURES["timing_bars"]().axes[0].texts]
    assert texts == ["500 ms, 5,000 × the fastest", "0.1 ms, the fastest"]


def test_the_last_panel_compares_with_the_map_that_moved_along():
    first = RNG.normal(size=(5, 7))
    second = np.roll(first, 2, axis=1)
    second[3, 6] += 1
    image = convolution.shift_panels(first, second, first, second, 2).axes[4].images[0].get_array()
    assert np.asarray(image.mask)[:, :2].all()
    assert np.flatnonzero(image[:, 2:].filled(9)).tolist() == [3 * 5 + 4]
