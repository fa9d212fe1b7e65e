"""Do the optimisers and schedules take PyTorch's steps?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from drawn import TOLERANCE, dtypes, seeds
from drawn import settings_between as numbers
from hypothesis import assume, given
from hypothesis import strategies as st
from torch.optim import lr_scheduler

from course import functional as F
from course import nn, optim

OPTIMISERS: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "plain": (optim.SGD, torch.optim.SGD, {"lr": 0.1}),
    "weight decay": (optim.SGD, torch.optim.SGD, {"lr": 0.1, "weight_decay": 0.05}),
    "momentum": (optim.SGD, torch.optim.SGD, {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.01}),
    "nesterov": (optim.SGD, torch.optim.SGD, {"lr": 0.05, "momentum": 0.9, "nesterov": True}),
    "adam": (optim.Adam, torch.optim.Adam, {"lr": 0.02}),
    "adam, all set": (
        optim.Adam,
        torch.optim.Adam,
        {"lr": 0.02, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.1},
    ),
}


@pytest.mark.parametrize("name", OPTIMISERS)
@pytest.mark.parametrize("dtype", TOLERANCE)
def test_do_fifty_steps_equal_pytorch(name: str, dtype: str) -> None:
    """On least squares, whose gradient both compute from the same numbers."""
    make, make_twin, options = OPTIMISERS[name]
    rng = np.random.default_rng(0)
    x, target = rng.standard_normal((20, 5)), rng.standard_normal((20, 3))
    layer = nn.Linear(5, 3, rng=1, dtype=dtype)
    twin = [torch.tensor(a.astype(np.float64), requires_grad=True) for a in layer.params.values()]
    optimiser, other = make(layer.parameters(), **options), make_twin(twin, **options)
    for step in range(50):
        _, dout = F.mse_loss(layer(x.astype(dtype)), target.astype(dtype))
        layer.backward(dout)
        optimiser.step()
        other.zero_grad()
        torch.nn.functional.mse_loss(
            torch.nn.functional.linear(torch.tensor(x), *twin), torch.tensor(target)
        ).backward()
        other.step()
        expect_equal(layer, twin, dtype, step)


def expect_equal(layer: Any, twin: list[torch.Tensor], dtype: str, step: int) -> None:
    """Within the tolerance, measured by the largest weight; a single one may pass through 0."""
    largest = max(theirs.detach().abs().max().item() for theirs in twin)
    for mine, theirs in zip(layer.params.values(), twin, strict=True):
        assert mine.dtype == dtype
        error = np.abs(mine - theirs.detach().numpy()).max()
        assert error < TOLERANCE[dtype] * largest, f"step {step}"


decays = st.one_of(st.just(0.0), numbers(0, 0.5))
OPTIONS = {
    "SGD": st.fixed_dictionaries(
        {"lr": numbers(0, 0.5), "weight_decay": decays},
        optional={"momentum": numbers(0, 0.99), "nesterov": st.booleans()},
    ),
    "Adam": st.fixed_dictionaries(
        {"lr": numbers(0, 0.5), "weight_decay": decays},
        optional={
            "betas": st.tuples(numbers(0, 0.99), numbers(0.5, 0.9999)),
            "eps": numbers(1e-8, 0.1),
        },
    ),
}


@pytest.mark.parametrize("name", OPTIONS)
@given(st.data(), dtypes, seeds, st.booleans())
def test_do_fifty_steps_equal_pytorch_for_any_setting(
    name: str, data: st.DataObject, dtype: str, seed: int, still: bool
) -> None:
    """On gradients that are given, so that a badly chosen setting does not magnify rounding."""
    options = data.draw(OPTIONS[name])
    assume(not options.get("nesterov") or options.get("momentum", 0) > 0)
    layer = nn.Linear(3, 2, rng=seed, dtype=dtype)
    twin = [torch.tensor(a.astype(np.float64), requires_grad=True) for a in layer.params.values()]
    optimiser = getattr(optim, name)(layer.parameters(), **options)
    other = getattr(torch.optim, name)(twin, **options)
    rng = np.random.default_rng(seed)
    for step in range(50):
        for (key, array), theirs in zip(layer.params.items(), twin, strict=True):
            gradient = rng.standard_normal(array.shape).astype(dtype)
            if still and not options["weight_decay"]:  # which Adam would make a step of full size
                gradient.flat[0] = 0
            gradient.flags.writeable = False
            layer.grads[key] = gradient
            theirs.grad = torch.tensor(gradient.astype(np.float64))
        optimiser.step()
        other.step()
        expect_equal(layer, twin, dtype, step)


def test_are_gradients_left_alone() -> None:
    layer = nn.Linear(2, 2, rng=0)
    layer(np.ones((1, 2), np.float32))
    layer.backward(np.ones((1, 2), np.float32))
    before = {name: gradient.copy() for name, gradient in layer.grads.items()}
    for make in (
        lambda p: optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.1),
        lambda p: optim.Adam(p, weight_decay=0.1),
    ):
        optimiser = make(layer.parameters())
        optimiser.step()
        optimiser.step()
    for name, gradient in layer.grads.items():
        np.testing.assert_array_equal(gradient, before[name])


TOTAL = 40
SCHEDULES: dict[str, tuple[optim.Schedule, Callable[[Any], Any]]] = {
    "constant": (optim.constant(0.1), lambda o: lr_scheduler.ConstantLR(o, 1.0)),
    "step": (optim.step_decay(0.1, 7, 0.5), lambda o: lr_scheduler.StepLR(o, 7, 0.5)),
    "cosine": (
        optim.cosine(0.1, TOTAL, 0.01),
        lambda o: lr_scheduler.CosineAnnealingLR(o, TOTAL, 0.01),
    ),
    "warm-up": (
        optim.warm_up(optim.constant(0.1), 4),
        lambda o: lr_scheduler.LinearLR(o, 1 / 5, 1.0, 4),
    ),
    "warm-up, then cosine": (
        optim.warm_up(optim.cosine(0.1, 20), 4),
        lambda o: lr_scheduler.SequentialLR(
            o,
            [lr_scheduler.LinearLR(o, 1 / 5, 1.0, 4), lr_scheduler.CosineAnnealingLR(o, 20)],
            [4],
        ),
    ),
    "one-cycle": (
        optim.one_cycle(0.1, TOTAL),
        lambda o: lr_scheduler.OneCycleLR(o, 0.1, TOTAL),
    ),
    "one-cycle, all set": (
        optim.one_cycle(0.1, TOTAL, 0.5, 10.0, 100.0),
        lambda o: lr_scheduler.OneCycleLR(
            o, 0.1, TOTAL, pct_start=0.5, div_factor=10, final_div_factor=100
        ),
    ),
}


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.filterwarnings("ignore")
def test_do_schedules_equal_pytorch(name: str) -> None:
    schedule, make = SCHEDULES[name]
    twin = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    scheduler = make(twin)
    for step in range(24 if name == "warm-up, then cosine" else TOTAL):
        assert schedule(step) == pytest.approx(twin.param_groups[0]["lr"], rel=1e-9, abs=1e-12), (
            step
        )
        twin.step()
        scheduler.step()


def test_does_cosine_stay_at_the_end_after_the_end() -> None:
    assert optim.cosine(0.1, 10, 0.02)(25) == 0.02
    assert optim.one_cycle(0.1, 10)(25) == pytest.approx(0.1 / 25 / 1e4)


def test_does_an_optimiser_follow_its_schedule_and_a_rate_set_by_hand() -> None:
    layer = nn.Linear(1, 1, bias=False, rng=0, dtype=np.float64)
    layer.grads = {"weight": np.ones((1, 1))}
    start = layer.params["weight"].item()
    optimiser = optim.SGD(layer.parameters(), lr=optim.step_decay(1.0, 1, 0.5))
    rates = []
    for _ in range(3):
        optimiser.step()
        rates.append(optimiser.lr)
    assert rates == [1, 0.5, 0.25]
    assert start - layer.params["weight"].item() == pytest.approx(1.75)
    plain = optim.SGD(layer.parameters(), lr=1.0)
    plain.lr = 0.25
    before = layer.params["weight"].item()
    plain.step()
    assert before - layer.params["weight"].item() == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: optim.SGD(p, lr=-1), "lr is -1: it must be at least 0"),
        (lambda p: optim.SGD(p, lr=float("nan")), "lr is nan"),
        (lambda p: optim.SGD(p, lr=1, momentum=1), "momentum is 1: .* less than 1"),
        (lambda p: optim.SGD(p, lr=1, nesterov=True), "nesterov is True but momentum is 0"),
        (lambda p: optim.SGD(p, lr=1, weight_decay=-1), "weight_decay is -1"),
        (lambda p: optim.Adam(p, betas=(0.9, 1.0)), "betas is 1.0"),
        (lambda p: optim.SGD([], lr=1), "parameters is empty"),
    ],
)
def test_does_a_wrong_setting_say_its_range(make: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make(nn.Linear(1, 1).parameters())


def test_does_a_step_before_backward_say_so() -> None:
    with pytest.raises(RuntimeError, match="no gradient of weight: call backward first"):
        optim.SGD(nn.Linear(1, 1).parameters(), lr=1).step()
