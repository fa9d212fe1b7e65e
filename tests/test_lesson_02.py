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
    accuracy = [np.mean([a for _, a in runs]) for runs in lesson.names["runs"].values()]
    assert ends[0] > 1.5
    assert ends[-1] > np.log(10) * 0.9
    assert min(accuracy[2:4]) > 0.9
    assert max(accuracy[0], accuracy[4]) < 0.3


def test_is_pytorch_equal(lesson):
    assert "gradients equal: True" in lesson.printed
    assert "steps equal: True" in lesson.printed
    assert "best of 50 guessing coins on 100 questions: 62% right" in lesson.printed
