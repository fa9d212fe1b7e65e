"""Is what lesson 04 says true, measured where it says it?"""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest
import torch
from lesson import Run, run

from course.checks import exercises, judge
from course.plots import _show, pooling


@pytest.fixture(scope="module")
def lesson() -> Run:
    return run("04_pooling")


@pytest.fixture(scope="module")
def names(lesson: Run) -> dict:
    return lesson.names


def test_the_two_tables_are_the_seminars(lesson, names):
    """100 184 / 12 45, and 36.5 80 / 12 15; 36 is right for the 29."""
    x = torch.from_numpy(np.stack([names["table_max"], names["table_mean"]]))[:, None]
    largest = torch.nn.functional.max_pool2d(x[:1], 2)[0, 0]
    mean = torch.nn.functional.avg_pool2d(x[1:], 2)[0, 0]
    assert largest.tolist() == [[100, 184], [12, 45]]
    assert mean.tolist() == [[36.5, 80], [12, 15]]
    assert "with the printed 31: 36.5" in lesson.printed
    assert "with the 29 of the first table: 36.0" in lesson.printed
    assert "[100.0, 184.0]\n   [12.0, 45.0]" in lesson.printed
    assert "[36.5, 80.0]\n   [12.0, 15.0]" in lesson.printed


def test_channels_stay_apart_and_nothing_is_learned(lesson, names):
    change = np.abs(names["after"] - names["before"]).max(axis=(0, 2, 3))
    assert change[[0, 2]].max() == 0 < change[1]
    assert "parameters: 0\n" in lesson.printed
    assert "2 x 2, stride 2: 16,384 numbers, 75.0% fewer" in lesson.printed
    for count in ("125,450", "31,370", "7,850", "170"):
        assert f"{count} parameters" in lesson.printed


def test_average_pooling_is_linear_and_max_pooling_is_not(lesson, names):
    largest, mean = (
        float(text)
        for text in re.findall(r"(?:max|average) +largest diff\w+ (\S+)", lesson.printed)
    )
    assert largest > 0.1
    assert mean < 1e-14
    assert np.abs(names["by_conv"] - torch_average(names["a"])).max() < 1e-14


def torch_average(x: np.ndarray) -> np.ndarray:
    return torch.nn.functional.avg_pool2d(torch.from_numpy(x), 2).numpy()


def test_the_way_back_by_hand_is_that_of_pytorch(lesson, names):
    for pool, expected in (
        (torch.nn.functional.max_pool2d, [[0, 11, 0], [0, 0, 0]]),
        (torch.nn.functional.avg_pool2d, [[2.5, 2.75, 0.25], [2.5, 2.75, 0.25]]),
    ):
        x = torch.tensor(names["x_small"], requires_grad=True)
        pool(x, 2, 1).backward(torch.from_numpy(names["dout_small"]))
        assert x.grad[0, 0].tolist() == expected
    assert "[[ 0. 11.  0.]\n [ 0.  0.  0.]]" in lesson.printed


def test_all_that_comes_back_arrives(names):
    """196 or 676 in all; a quarter of the pixels; up to nine gradients at one."""
    arrived = names["arrived"]
    assert [round(float(dx.sum())) for dx in arrived.values()] == [196, 196, 676]
    shares = [float(np.mean(dx != 0)) for dx in arrived.values()]
    assert shares[:2] == [0.25, 1.0]
    assert arrived["max, 3 × 3, stride 1"].max() == 9


def test_the_own_layers_train_as_the_courses_do(names):
    assert names["losses"]["yours"][-1] < 1
    assert names["apart"] < 1e-5


def test_pooling_softens_small_shifts_and_nothing_more(names):
    """Each seed by itself: the claims of the text on 0 to 4 pixels."""
    small, large = (
        {name: np.array(values) for name, values in panel.items()}
        for panel in names["panels"].values()
    )
    for panel in (small, large):
        assert all(values.shape == (3, 5) for values in panel.values())
        for name in ("max", "average"):
            assert (panel[name][:, 1:] < panel["no pooling"][:, 1:]).all()
        np.testing.assert_allclose(panel["one pixel a window"], panel["no pooling"], atol=0.03)
        assert panel["global average"].max() < 1e-5
    for name in ("max", "average"):
        assert (large[name][:, 1:] < small[name][:, 1:]).all()
        assert 0.3 < small[name][:, 1].mean() < 0.4  # "a third"
        assert small[name][:, 4].mean() > 0.9 * small["no pooling"][:, 4].mean()
    assert small["no pooling"][:, 1].mean() == pytest.approx(0.5, abs=0.03)


def test_the_four_networks_cost_what_the_text_says(names):
    mac = [summary.macs for summary in names["summaries"]]
    assert mac[0] == mac[1] == names["work"]
    assert mac[2] / mac[0] == pytest.approx(0.25, abs=0.03)  # "a quarter of the work"
    assert mac[3] == pytest.approx(mac[0], rel=0.05)  # "as much work"
    parameters = [summary.parameters for summary in names["summaries"]]
    assert parameters[0] == parameters[1] == parameters[2]
    assert parameters[3] > 2 * parameters[0]


def test_the_four_accuracies_lie_where_the_text_says(names):
    """Within a few points; max ahead by about a point; more work for strided buys nothing sure."""
    shares = {name: 100 * np.array(values) for name, values in names["accuracy"].items()}
    assert all(len(values) == 3 for values in shares.values())
    mean = {name: values.mean() for name, values in shares.items()}
    assert max(mean.values()) - min(mean.values()) < 3
    assert max(mean, key=mean.get) == "max pooling"
    few, much = shares["strided, as many filters"], shares["strided, as much work"]
    assert mean["max pooling"] - mean["strided, as many filters"] < 2
    assert much.min() < few.max()  # the seeds overlap
    assert shares["max pooling"].min() - much.max() < 0.3  # "its bar still touches"
    assert min(values.min() for values in shares.values()) > 82


def test_the_framework_gives_the_same_numbers_with_ties(lesson, names):
    differences = re.findall(r"(?:pool2d|gradient|global) +largest diff\w+ (\S+)", lesson.printed)
    assert len(differences) == 5
    assert max(map(float, differences)) < 1e-14
    windows = np.lib.stride_tricks.sliding_window_view(names["x"], (3, 3), axis=(2, 3))
    windows = windows[:, :, ::2, ::2]
    tied = (windows == windows.max(axis=(4, 5), keepdims=True)).sum(axis=(4, 5)) > 1
    assert tied.mean() > 0.6  # "nearly every window has a tie"


# What the checks call right, and what they say


def test_the_references_are_pytorchs_on_every_case():
    for name, pool in (
        ("maxpool2d", torch.nn.functional.max_pool2d),
        ("avgpool2d", torch.nn.functional.avg_pool2d),
    ):
        forward, backward = (exercises()[f"{name}_{way}"] for way in ("forward", "backward"))
        for case in backward.cases(np.random.default_rng(5)):
            inputs = case.fresh()
            options = inputs["kernel_size"], inputs["stride"]
            x = inputs.get("x", np.zeros(inputs.get("x_shape", ()), inputs["dout"].dtype))
            x_t = torch.tensor(np.ascontiguousarray(x), requires_grad=True)
            out = pool(x_t, *options)
            np.testing.assert_allclose(forward.reference(x, *options), out.detach(), rtol=1e-5)
            out.backward(torch.tensor(np.ascontiguousarray(inputs["dout"])))
            got = backward.call(backward.reference, inputs)
            np.testing.assert_allclose(got, x_t.grad, rtol=1e-5, atol=1e-6)


def test_cases_hold_ties_overlap_gaps_and_rims():
    cases = exercises()["maxpool2d_backward"].cases(np.random.default_rng(0))
    settings = [(c.inputs["kernel_size"], c.inputs["stride"], c.inputs["x"]) for c in cases]
    assert any(k > s for k, s, _ in settings)
    assert any(k < s for k, s, _ in settings)
    assert any((x.shape[2] - k) % s for k, s, x in settings)
    assert any(x.shape[2] > x.shape[3] for *_, x in settings)
    assert any(x.shape[2] < x.shape[3] for *_, x in settings)
    assert any(x.max() < 0 for *_, x in settings)
    assert any(len(np.unique(x)) < x.size / 4 for *_, x in settings)
    assert {c.layout for c in cases} == {"plain", "strided", "fortran"}
    assert {x.dtype.name for *_, x in settings} == {"float32", "float64"}


def test_a_mistake_is_told_by_a_question_not_by_the_answer():
    text = judge("maxpool2d_backward", mistake("maxpool2d_backward", "last-maximum"), seed=0).text
    assert "last in reading order" in text
    for exercise in ("maxpool2d_forward", "maxpool2d_backward", "avgpool2d_backward"):
        for misconception in exercises()[exercise].misconceptions:
            assert "kernel_size**2" not in misconception.says
            assert "argmax()" not in misconception.says


def mistake(exercise: str, name: str):
    return next(m.wrong for m in exercises()[exercise].misconceptions if m.name == name)


# The figures

FIGURES = {
    "pooled_pictures": lambda: pooling.pooled_pictures(
        {"a": np.zeros((4, 4)), "b": np.ones((2, 2))}, title="P"
    ),
    "gradient_maps": lambda: pooling.gradient_maps(
        np.zeros((4, 4)), {"a": np.eye(4), "b": np.ones((4, 4)) / 4}, title="G"
    ),
    "movement": lambda: pooling.movement(
        {"2 × 2": {"max": [[0, 0.2, 0.3], [0, 0.4, 0.5]]}}, title="M"
    ),
    "cost_and_accuracy": lambda: pooling.cost_and_accuracy(
        [1000.0, 2000.0], {"a": [0.8, 0.9], "b": [0.7, 0.8]}, title="C"
    ),
}


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_has_a_title_and_renders_without_a_warning(name):
    figure = FIGURES[name]()
    assert figure.get_suptitle() or figure.axes[0].get_title()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert _show.png(figure, dpi=50).startswith(b"\x89PNG")


def test_bars_reach_from_the_lowest_to_the_highest_seed():
    ax = FIGURES["cost_and_accuracy"]().axes[0]
    segments = ax.containers[0].lines[2][0].get_segments()
    np.testing.assert_allclose(segments[0][:, 0], [80, 90])
