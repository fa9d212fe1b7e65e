"""Is what lessons 00 and 01 say true, measured where they say it?

Each lesson runs once, cell by cell, as its author wrote it; the tests then ask its variables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from lesson import Run, run


@pytest.fixture(scope="module", autouse=True)
def no_progress() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_PROGRESS", "off")
        yield


@pytest.fixture(scope="module")
def start(no_progress) -> Run:
    return run("00_start_here")


@pytest.fixture(scope="module")
def neurons(no_progress) -> Run:
    return run("01_neurons")


# Lesson 00


def test_bytes_stop_the_network_and_the_unit_range_lets_it_learn(start):
    accuracy = {}
    for line in start.printed.splitlines():
        found = re.match(r"(bytes|unit range).*: ([\d.]+)%", line)
        if found:
            accuracy[found[1]] = float(found[2])
    assert accuracy["bytes"] == pytest.approx(10, abs=2)  # "mere guessing"
    assert accuracy["unit range"] == pytest.approx(80, abs=3)  # "about 80 %"
    losses = start.names["losses"]
    assert max(losses["bytes, 0 to 255"][:10]) > 1e3  # "leaps up in the first steps"
    assert np.median(losses["bytes, 0 to 255"][100:]) == pytest.approx(np.log(10), abs=0.02)
    assert np.mean(losses["unit range, 0 to 1"][-50:]) == pytest.approx(0.55, abs=0.12)


def test_bytes_silence_the_hidden_units_and_a_smaller_rate_helps(start):
    n = start.names
    images, labels = n["inputs"]["bytes, 0 to 255"], n["fashion"].y_train
    for rate, fine in ((0.1, False), (1e-4, True)):
        net = n["nn"].Sequential(
            n["nn"].Flatten(),
            n["nn"].Linear(784, 32, rng=0),
            n["nn"].ReLU(),
            n["nn"].Linear(32, 10, rng=0),
        )
        sgd = n["optim"].SGD(net.parameters(), lr=rate)
        how = {"epochs": 3, "batch_size": 50, "optimizer": sgd, "progress": False}
        history = n["training"].fit(net, (images, labels), **how)
        dead = (net[1](net[0](images)) <= 0).all(axis=0).mean()
        assert (dead > 0.9) is not fine
        assert (history.train_accuracy[-1] > 0.4) is fine


def test_the_wrong_answer_on_purpose_is_diagnosed_in_place(start):
    assert "Everything but pure white became 0" in start.printed
    assert "dtype uint8" in start.printed


def test_a_byte_overflows_as_the_myth_box_says(start):
    assert "[200 144]" in start.printed


def test_pytorch_scales_a_photograph_to_the_same_numbers(start):
    assert start.names["difference"] <= 1e-7


# Lesson 01: understanding


def test_the_spiking_cell_fires_as_the_theory_says(neurons):
    """A leaky integrate-and-fire cell of time constant tau fires at 1 / (tau ln(I / (I - 1)))."""
    current, rate = neurons.names["current"], neurons.names["rate"]
    assert (rate[current <= 1] == 0).all()
    above = current > 1
    theory = 1 / (0.02 * np.log(current[above] / (current[above] - 1)))
    np.testing.assert_allclose(rate[above], theory, rtol=0.02, atol=1.0)
    assert rate[-1] == pytest.approx(120, abs=5)  # "about 120 spikes a second at current 3"


def test_one_branch_with_a_bump_computes_xor(neurons):
    n = neurons.names
    np.testing.assert_array_equal(n["bump"](n["corners"].sum(axis=1)), [0, 1, 1, 0])


def test_the_value_by_hand_is_right(neurons):
    n = neurons.names
    products = n["x_one"] * n["w_one"]
    np.testing.assert_allclose(products, [1, -0.5, -2])
    z = products.sum() + n["b_one"]
    assert z == pytest.approx(-1.2)
    assert round(float(n["sigmoid"](np.array(z))), 4) == 0.2315
    assert round(1 + np.exp(1.2), 4) == 4.3201


def test_a_bias_never_bends_and_an_activation_does(neurons):
    off = neurons.names["off_the_middle"]
    for bias in (0.0, 0.3, -5.0):
        assert off(lambda z: z, bias) < 1e-12
        assert off(np.tanh, bias) > 0.5


def test_gelu_turns_where_the_text_says(neurons):
    z = np.linspace(-5, 5, 20001)
    value, cache = neurons.names["F"].gelu_forward(z)
    slope = neurons.names["F"].gelu_backward(np.ones_like(z), cache)
    assert z[value.argmin()] == pytest.approx(-0.75, abs=0.01)
    assert value.min() == pytest.approx(-0.17, abs=0.001)
    assert slope.max() > 1 > 0 > slope.min()


def test_ten_sigmoids_leave_a_millionth_at_best():
    best = 0.25**10
    assert best == pytest.approx(1e-6, rel=0.05)


def test_the_sums_never_hit_the_kink_exactly(neurons):
    assert neurons.names["sums"].size == 100_000
    assert np.count_nonzero(neurons.names["sums"] == 0) == 0


def test_chance_finds_no_single_neuron_for_xor(neurons):
    assert "best of 200,000 random neurons: 3 of 4 points right" in neurons.printed


# Lesson 01: using


def test_one_neuron_tells_shirts_from_trousers(neurons):
    right = float(re.search(r"right on ([\d.]+)% of 200", neurons.printed)[1])
    assert right >= 96


def test_the_weights_show_sleeves_legs_and_the_gap(neurons):
    n = neurons.names
    x, y = n["two_classes"](n["fashion"].x_train, n["fashion"].y_train, 0, 1)
    weight = n["train_neuron"](x, y)[0].reshape(28, 28)
    sleeves, gap, legs = weight[3:11, 4:8], weight[18:26, 13:15], weight[16:26, 3:7]
    assert sleeves.mean() < -0.02
    assert gap.mean() < -0.1
    assert legs.mean() > 0.01


def test_one_neuron_guesses_at_xor_of_photographs_and_the_hierarchy_solves_it(neurons):
    one = float(re.search(r"one neuron, 1568 pixels: ([\d.]+)%", neurons.printed)[1])
    two = float(re.search(r"then your network: ([\d.]+)%", neurons.printed)[1])
    assert one == pytest.approx(50, abs=4)  # three standard errors of 2000 draws
    assert two == pytest.approx(96, abs=2)


def test_hidden_units_bend_the_boundary_until_the_spirals_part(neurons):
    shares = neurons.names["accuracies"]
    medians = dict(zip(neurons.names["widths"], np.median(shares, axis=1), strict=True))
    assert medians[1] < 0.7
    assert medians[8] > medians[4] > medians[1]
    assert medians[16] > 0.95
    assert shares[-1].min() > 0.98  # "with 32 every start finds one"
    spread = np.ptp(shares, axis=1)
    assert (spread[:-1] > 0.04).all()  # "up to 16 units it takes luck"
    assert spread[-1] < 0.02


def test_the_dot_below_guessing_is_a_unit_dead_from_the_start(neurons):
    n = neurons.names
    assert n["accuracies"][0].min() < 0.5
    fresh = n["spiral_network"](1, int(n["accuracies"][0].argmin()))
    assert fresh[0](n["x_spiral"]).max() < 0


def test_too_large_steps_kill_relu_units_and_leaky_units_live(neurons):
    n = neurons.names
    rates, dead, accuracy = n["rates"], n["dead"], n["accuracy"]
    assert max(dead["leaky_relu"]) == 0
    for rate, share in zip(rates, dead["relu"], strict=True):
        assert rate > 0.2 or share <= 0.02
    assert dead["relu"][-1] > 0.5  # "most units are dead"
    at = rates.index(0.1)
    assert abs(accuracy["relu"][at] - accuracy["leaky_relu"][at]) < 0.02  # "equally good"
    assert accuracy["relu"][at] == pytest.approx(0.8, abs=0.04)
    assert accuracy["relu"][-1] < accuracy["leaky_relu"][-1] - 0.15


def test_healthy_units_are_silent_for_about_two_in_five_images(neurons):
    n = neurons.names
    net = n["trained_on_photographs"]("relu", 0.1)
    z = net[1](net[0](n["fashion"].x_train))
    assert (z <= 0).mean() == pytest.approx(0.4, abs=0.06)


def test_corner_neurons_find_the_four_corners_of_the_bag(neurons):
    n = neurons.names
    rows, columns = np.nonzero(n["bag"] > 0.3)
    middle = np.array([(rows.min() + rows.max()) / 2, (columns.min() + columns.max()) / 2])
    for name, found in n["corner_maps"].items():
        down, across = np.unravel_index(found.argmax(), found.shape) - middle
        assert (down < -6) == name.startswith("top")
        assert (down > 6) == name.startswith("bottom")
        assert (across < -6) == ("left" in name)
        assert (across > 6) == ("right" in name)
        assert (found > 0.5).sum() < 16  # one small spot


def test_an_edge_that_runs_on_does_not_excite_a_corner_neuron(neurons):
    corner_weight = neurons.names["corner_weight"]
    for across in (1, -1):
        for down in (1, -1):
            horizontal, vertical = corner_weight(across, down).reshape(2, 5, 5)
            np.testing.assert_allclose(horizontal.sum(axis=1), 0, atol=1e-12)
            np.testing.assert_allclose(vertical.sum(axis=0), 0, atol=1e-12)


def test_edges_help_the_same_neuron_to_tell_look_alikes_apart(neurons):
    pixels, edges = neurons.names["results"].mean(axis=0)
    assert pixels == pytest.approx(0.85, abs=0.02)
    assert edges == pytest.approx(0.89, abs=0.02)
    assert edges - pixels > 0.015


def test_folding_doubles_the_pieces_with_each_layer(neurons):
    assert neurons.names["pieces"] == [2, 4, 8, 16]


def test_eight_units_side_by_side_draw_at_most_nine_pieces(neurons):
    """Random one-hidden-layer networks: slopes counted between the units' corners."""
    rng = np.random.default_rng(0)
    most = 0
    for _ in range(300):
        place, sign, height = rng.random(8), rng.choice([-1, 1], 8), rng.normal(size=8)
        x = np.linspace(0, 1, 20001)
        y = neurons.names["relu"]((x[:, None] - place) * sign) @ height
        bends = np.abs(np.diff(y, 2)) > 1e-9
        most = max(most, 1 + np.count_nonzero(bends & ~np.roll(bends, 1)))
    assert most == 9


def test_pytorch_says_the_same_numbers(neurons):
    gaps = [float(gap) for gap in re.findall(r"largest difference (\S+)", neurons.printed)]
    assert len(gaps) == 5
    assert max(gaps) < 1e-14
