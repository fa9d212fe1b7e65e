"""Is what lesson 05 says true, measured where it says it?"""

from __future__ import annotations

import numpy as np
import pytest
from lesson import Run, run

from course import functional as F
from course.plots import losses as figures


@pytest.fixture(scope="module")
def lesson() -> Run:
    return run("05_fully_connected")


def test_are_the_sums_by_hand_right(lesson):
    np.testing.assert_array_equal(lesson.names["weight"] @ lesson.names["features"], [1.5, 1, -1.5])
    loss, gradient = F.hinge_loss(lesson.names["s"][None], np.array([0]))
    assert loss == 0.5  # "costs 0.5"
    np.testing.assert_array_equal(gradient, [[-1, 1, 0]])
    assert F.softmax(lesson.names["s"][None])[0, 0] == pytest.approx(0.60, abs=0.005)


def test_are_the_first_losses_those_that_the_text_names(lesson):
    assert "hinge:         9.0" in lesson.printed
    assert "cross-entropy: 2.302585" in lesson.printed


def test_do_both_heads_learn_and_softmax_a_little_more(lesson):
    right = {name: np.array(shares) for name, shares in lesson.names["right"].items()}
    assert right["softmax"].mean() == pytest.approx(0.854, abs=0.01)
    assert right["SVM"].mean() == pytest.approx(0.841, abs=0.015)
    assert set(lesson.names["rates"]) >= {0.001, 0.003}


def test_is_the_best_rate_chosen_inside_the_range(lesson):
    """Otherwise the comparison would be of two ends of a list."""
    for name in ("softmax", "SVM"):
        assert f"{name}: learning rate 0.0003" not in lesson.printed
        assert f"{name}: learning rate 0.01," not in lesson.printed


def test_does_softmax_spread_its_leads_further(lesson):
    leads = lesson.names["by_head"]
    assert np.quantile(leads["softmax"], 0.9) > np.quantile(leads["SVM"], 0.9) + 1.5
    counts, edges = np.histogram(leads["SVM"], np.arange(-4.5, 9))
    peak = edges[counts.argmax()]
    assert peak in (0.5, 1.5)  # "pile up around 1 and 2"


def test_is_the_svm_satisfied_at_the_margin_while_softmax_goes_on(lesson):
    steps, leads = lesson.names["steps"], lesson.names["lead_of"]
    late = steps >= 200
    np.testing.assert_allclose(leads["SVM"][:, late], 1.0, atol=0.02)
    assert (np.diff(leads["softmax"][:, late], axis=1) > 0).all()
    assert (leads["softmax"][:, -1] > 3).all()
    crossed = [steps[np.argmax(each.mean(axis=0) > 0.98)] for each in leads.values()]
    assert crossed[0] > crossed[1]  # "crosses 1 later"
    assert crossed[1] <= 110  # "by step 100"


def test_is_the_svm_too_modest_until_the_temperature_is_set(lesson):
    errors = {name: np.array(three) for name, three in lesson.names["errors"].items()}
    assert errors["SVM"].mean() == pytest.approx(0.14, abs=0.02)  # "14 %"
    assert errors["softmax"].mean() == pytest.approx(0.04, abs=0.01)  # "4 %"
    assert lesson.names["best_t"] < 1
    confidence, right = lesson.names["claims"]["SVM"]
    assert np.mean(right) > np.mean(confidence) + 0.08  # modest: more often right than it claims
    after = figures.calibration_bins(*lesson.names["claims"]["SVM, temperature set"])[-1]
    assert after < errors["softmax"].mean()


def test_does_the_slid_head_say_at_both_ends_what_it_says_to_each_piece(lesson):
    n = lesson.names
    assert n["slid"].shape == (10, 9)
    assert np.abs(n["slid"][:, [0, -1]].T - n["alone"]).max() < 1e-4
    np.testing.assert_array_equal(n["alone"].argmax(axis=1), n["clothes"].y_test[[0, 2]])


def test_is_pytorch_equal(lesson):
    for name in ("cross-entropy", "hinge"):
        assert f"{name} equal:" in lesson.printed
    assert lesson.printed.count("equal") == lesson.printed.count(" True") == 4


def test_are_the_bins_of_the_calibration_error_right():
    """Two images claimed at 0.9, one of them right: 0.4 off; two at 0.6, both right: 0.4 off."""
    means, shares, weight, error = figures.calibration_bins([0.9, 0.9, 0.6, 0.6], [1, 0, 1, 1])
    np.testing.assert_allclose(means[[5, 8]], [0.6, 0.9])
    np.testing.assert_allclose(shares[[5, 8]], [1.0, 0.5])
    np.testing.assert_allclose(weight[[5, 8]], 0.5)
    assert error == pytest.approx(0.4)
    assert figures.calibration_bins([1.0], [1])[-1] == 0.0
    with pytest.raises(ValueError, match=r"\(2,\) and right \(3,\)"):
        figures.calibration_bins([1, 1], [1, 1, 1])
