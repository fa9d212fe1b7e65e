"""Does the gradient check accept what is right and catch what is wrong, each by its cause?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from course import functional as F
from course.gradcheck import GradientError, gradcheck, numerical_gradient


def args(seed: int = 0) -> list[Any]:
    rng = np.random.default_rng(seed)
    return [rng.standard_normal(shape) for shape in ((3, 4), (4, 4), (4,))]


def test_is_the_numerical_gradient_of_a_cubic_right() -> None:
    x = np.array([[1.0, -2.0], [0.5, 3.0]])
    before = x.copy()
    np.testing.assert_allclose(numerical_gradient(lambda x: (x**3).sum(), x), 3 * x**2, rtol=1e-9)
    np.testing.assert_array_equal(x, before)
    assert numerical_gradient(lambda x: float(x) ** 2, np.array(3)) == pytest.approx(6)


def test_does_the_report_name_every_argument() -> None:
    report = gradcheck(F.linear_forward, F.linear_backward, args())
    assert list(report.errors) == ["x", "weight", "bias"]
    assert max(report.errors.values()) < 1e-8
    assert "dweight" in str(report)
    assert list(gradcheck(F.linear_forward, F.linear_backward, [*args()[:2], None]).errors) == [
        "x",
        "weight",
    ]


def test_is_a_given_seed_repeated_and_float32_raised_to_float64() -> None:
    small = [a.astype(np.float32) for a in args()]
    first, second = (gradcheck(F.linear_forward, F.linear_backward, small, rng=4) for _ in range(2))
    assert first == second
    assert max(first.errors.values()) < 1e-8


WRONG: list[tuple[str, Callable[..., Any], str]] = [
    ("transposed weight", lambda dout, c: (dout @ c[1].T, dout.T @ c[0], dout.sum(0)), "dx is off"),
    ("transposed dweight", lambda dout, c: (dout @ c[1], c[0].T @ dout, dout.sum(0)),
     "dweight is off"),
    ("bias by mean", lambda dout, c: (dout @ c[1], dout.T @ c[0], dout.mean(0)), "dbias is off"),
    ("right for ones only", lambda dout, c: (dout @ c[1], dout.T @ c[0], 0 * dout[0] + len(dout)),
     r"dbias is off.*backward says 3.*central differences say"),
    ("sign", lambda dout, c: (-(dout @ c[1]), dout.T @ c[0], dout.sum(0)), "dx is off by 2"),
    ("dbias keeps an axis", lambda dout, c: (dout @ c[1], dout.T @ c[0], dout.sum(0)[None]),
     r"dbias has shape \(1, 4\), but bias has \(4,\)"),
    ("one missing", lambda dout, c: (dout @ c[1], dout.T @ c[0]), "returned 2 gradients for 3"),
    ("NaN", lambda dout, c: (dout @ c[1] * np.nan, dout.T @ c[0], dout.sum(0)), "dx is off by nan"),
]  # fmt: skip


@pytest.mark.parametrize(("backward", "message"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_is_a_wrong_backward_told_its_argument(backward: Any, message: str) -> None:
    with pytest.raises(GradientError, match=message):
        gradcheck(F.linear_forward, backward, args())


def test_is_one_wrong_element_found_and_named() -> None:
    def backward(dout: Any, cache: Any) -> Any:
        dx, dweight, dbias = F.linear_backward(dout, cache)
        dweight = dweight.copy()
        dweight[2, 1] += 0.1
        return dx, dweight, dbias

    with pytest.raises(GradientError, match=r"dweight .* \[2, 1\]"):
        gradcheck(F.linear_forward, backward, args())


def changes_x(x: Any, weight: Any, bias: Any) -> Any:
    x -= x.mean()
    return F.linear_forward(x, weight, bias)


def changes_dout(dout: Any, cache: Any) -> Any:
    dout *= 2
    return F.linear_backward(dout / 2, cache)


def changes_cache(dout: Any, cache: Any) -> Any:
    gradients = F.linear_backward(dout, cache)
    cache[1][0] = 0
    return gradients


def forgets(dout: Any, cache: Any, calls: list[int] = [0]) -> Any:  # noqa: B006
    calls[0] += 1
    return tuple(g * calls[0] for g in F.linear_backward(dout, cache))


@pytest.mark.parametrize(
    ("forward", "backward", "message"),
    [
        (changes_x, F.linear_backward, "forward changes x in place"),
        (F.linear_forward, changes_dout, "backward changes dout in place"),
        (F.linear_forward, changes_cache, "backward changes (weight|the cache) in place"),
        (F.linear_forward, forgets, "another dx when it is called a second time"),
    ],
)
def test_is_a_change_in_place_told(forward: Any, backward: Any, message: str) -> None:
    with pytest.raises(GradientError, match=message):
        gradcheck(forward, backward, args())


def test_is_an_upstream_gradient_not_the_argument_itself() -> None:
    """Arguments drawn from seed 0, the default, must not meet a dout of the same numbers."""
    seen = []

    def backward(dout: Any, cache: Any) -> Any:
        seen.append(dout)
        return dout

    gradcheck(lambda x: (x, None), backward, [np.random.default_rng(0).standard_normal(5)])
    assert not np.allclose(seen[0], np.random.default_rng(0).standard_normal(5))
