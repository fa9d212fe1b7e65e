"""Is what lesson 02 says true, measured where it says it?"""

from __future__ import annotations

import numpy as np
import pytest
from lesson import Run, run


@pytest.fixture(scope="module")
def lesson() -> Run:
    return run("02_learning")


def test_do_the_four_walks_do_what_their_names_say(lesson):
    crawls, fits, diverges, momentum = lesson.names["walks"].values()
    assert fits[-1] < 1e-2 < 1 < crawls[-1]
    assert diverges[-1] > diverges[0]
    assert momentum[-1] < crawls[-1] / 10


def test_is_the_gradient_by_formula_that_by_trying(lesson):
    assert np.abs(lesson.names["by_formula"] - lesson.names["by_trying"]).max() < 1e-8


def test_does_the_smallest_rate_crawl_and_the_largest_not_come_down(lesson):
    ends = [np.mean([loss[-50:] for loss, _ in runs]) for runs in lesson.names["runs"].values()]
    accuracy = lesson.names["by_rate"].mean(axis=1)
    assert ends[0] > 1.5
    assert ends[-1] > np.log(10) * 0.9
    assert min(accuracy[2:4]) > 0.9
    assert accuracy[3] == pytest.approx(0.96, abs=0.015)  # "about 96 percent at 0.3"
    assert max(accuracy[0], accuracy[4]) < 0.3


def test_do_full_batches_lag_behind_because_they_made_few_steps(lesson):
    by_size = lesson.names["by_size"].mean(axis=1)
    steps = [len(three[0][0]) for three in lesson.names["batch_runs"].values()]
    assert steps[-1] == 10
    assert steps[0] > 800
    assert by_size[0] > by_size[2] + 0.02
    assert by_size[3] < by_size[2] - 0.1


def test_do_full_batches_catch_up_with_a_larger_rate(lesson):
    """ "with a larger batch, a larger rate may be used" """
    assert np.mean(lesson.names["bold"]) > lesson.names["by_size"][-1].mean() + 0.3


def test_does_a_guess_get_better_as_the_root_of_the_batch_size(lesson):
    sizes, errors = zip(*lesson.names["noise"].items(), strict=True)
    means = np.array([np.mean(three) for three in errors])
    ratios = means[:2] / means[1:3]  # four times as many samples: twice as good a guess
    np.testing.assert_allclose(ratios, 2, rtol=0.1)
    assert sizes == (4, 16, 64, 256)  # of 256, drawn without replacement from 1,294, even better
    assert means[2] / means[3] > 2


def test_does_the_gap_open_on_a_hundred_images(lesson):
    runs = lesson.names["long_runs"]
    assert (runs[:, -1, 0] == 1.0).all()
    best = runs[..., 1].mean(axis=0).max()
    assert best == pytest.approx(0.85, abs=0.02)  # "some 85 percent"
    assert runs[:, -1, 1].mean() <= best - 0.005  # "and sinks a little"


def test_does_adam_take_steps_of_one_length_in_both_directions(lesson):
    n = lesson.names
    step = 0.01 * n["m_hat"] / (np.sqrt(n["s_hat"]) + 1e-8)
    np.testing.assert_allclose(np.abs(step), 0.01, rtol=1e-6)


def test_are_the_three_sets_of_digits_disjoint_and_all_there(lesson):
    assert sum(lesson.names["sizes"].values()) == 1797
    sets = [getattr(lesson.names["digits"], f"x_{name}") for name in ("train", "val", "test")]
    whole = np.concatenate(sets).reshape(1797, -1)
    assert len(np.unique(whole, axis=0)) == 1797


def test_is_pytorch_equal(lesson):
    assert "gradients equal: True" in lesson.printed
    assert "steps equal: True" in lesson.printed
    assert "best of 50 guessing coins on 100 questions: 62% right" in lesson.printed
