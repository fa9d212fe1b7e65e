"""Optimisers, which move parameters by their gradients, and schedules of the learning rate."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TypeAlias

import numpy as np

from .functional import Array
from .layer import Parameter

Schedule: TypeAlias = Callable[[int], float]  # number of the step, from 0 -> learning rate


class Optimizer:
    """What all optimisers share: the parameters, the learning rate and its schedule."""

    def __init__(
        self, parameters: Iterable[Parameter], lr: float | Schedule, weight_decay: float = 0.0
    ) -> None:
        """Take the parameters and a learning rate, or a schedule that gives it step by step."""
        self.parameters = list(parameters)
        if not self.parameters:
            raise ValueError("parameters is empty: pass net.parameters(), of a net that has any")
        self._schedule = lr if callable(lr) else None
        self.lr: float = lr(0) if callable(lr) else lr
        self.weight_decay, self.steps = weight_decay, 0
        _expect_range("lr", self.lr, 0, math.inf)
        _expect_range("weight_decay", weight_decay, 0, math.inf)

    def step(self) -> None:
        """Move every parameter once, against its gradient."""
        if self._schedule is not None:
            self.lr = self._schedule(self.steps)
        self.steps += 1
        for index, parameter in enumerate(self.parameters):
            value, gradient = parameter.value, parameter.grad
            if self.weight_decay:
                gradient = gradient + self.weight_decay * value
            value -= self._change(index, gradient)

    def _change(self, index: int, gradient: Array) -> Array:
        """What to subtract from parameter number ``index``."""
        raise NotImplementedError


class SGD(Optimizer):
    """Stochastic gradient descent, with momentum if wanted.

    g      = gradient + weight_decay value          the gradient of the loss + L2 penalty
    v      = momentum v + g                         velocity: a sum that forgets
    value -= lr v,   or lr (g + momentum v) with nesterov

    Source: Polyak, 1964; Sutskever et al., 2013 (Nesterov's form).
    """

    def __init__(
        self,
        parameters: Iterable[Parameter],
        lr: float | Schedule,
        momentum: float = 0.0,
        *,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        """Start at rest. Raises ValueError where a setting is out of its range."""
        super().__init__(parameters, lr, weight_decay)
        _expect_range("momentum", momentum, 0, 1)
        if nesterov and momentum == 0:
            raise ValueError("nesterov is True but momentum is 0: it needs momentum, such as 0.9")
        self.momentum, self.nesterov = momentum, nesterov
        self._velocity = [np.zeros_like(p.value) for p in self.parameters]

    def _change(self, index: int, gradient: Array) -> Array:
        velocity = self._velocity[index]
        velocity *= self.momentum
        velocity += gradient
        direction = gradient + self.momentum * velocity if self.nesterov else velocity
        return np.asarray(self.lr * direction)


class Adam(Optimizer):
    """Adam: momentum, and a step that is measured in each parameter's own gradient size.

    m      = beta1 m + (1 - beta1) g                mean of the gradients
    s      = beta2 s + (1 - beta2) g**2             mean of their squares
    value -= lr m' / (sqrt(s') + eps)               m' = m / (1 - beta1**t), s' alike: both means
                                                    start from 0, and this makes up for it
    Source: Kingma and Ba, 2015, Algorithm 1.
    """

    def __init__(
        self,
        parameters: Iterable[Parameter],
        lr: float | Schedule = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        """Start with both means at 0. Raises ValueError where a setting is out of its range."""
        super().__init__(parameters, lr, weight_decay)
        for beta in betas:
            _expect_range("betas", beta, 0, 1)
        self.betas, self.eps = betas, eps
        self._mean = [np.zeros_like(p.value) for p in self.parameters]
        self._square = [np.zeros_like(p.value) for p in self.parameters]

    def _change(self, index: int, gradient: Array) -> Array:
        (beta1, beta2), m, s = self.betas, self._mean[index], self._square[index]
        m += (1 - beta1) * (gradient - m)
        s *= beta2
        s += (1 - beta2) * gradient * gradient
        size = np.sqrt(s / (1 - beta2**self.steps)) + self.eps
        return np.asarray(m * (self.lr / (1 - beta1**self.steps)) / size)


def constant(lr: float) -> Schedule:
    """Always lr."""
    return lambda _step: lr


def step_decay(lr: float, every: int, gamma: float = 0.1) -> Schedule:
    """Multiply by gamma each ``every`` steps: lr gamma**floor(step / every)."""
    return lambda step: lr * gamma ** (step // every)


def cosine(lr: float, total: int, final: float = 0.0) -> Schedule:
    """Half a wave from lr down to ``final``: final + (lr - final) (1 + cos(pi step / total)) / 2.

    Source: Loshchilov and Hutter, 2017, equation 5.
    """
    return lambda step: _half_wave(lr, final, min(step / total, 1))


def warm_up(schedule: Schedule, steps: int) -> Schedule:
    """Climb in a straight line, for ``steps`` steps, to where the schedule starts; then follow it.

    Source: Goyal et al., 2017, section 2.2.
    """
    return lambda step: (
        schedule(0) * (step + 1) / (steps + 1) if step < steps else schedule(step - steps)
    )


def one_cycle(
    lr: float, total: int, rise: float = 0.3, start: float = 25.0, end: float = 1e4
) -> Schedule:
    """Half a wave from lr/start up to lr in the first ``rise`` of the steps, then down again.

    The last of the ``total`` steps is at lr / start / end, as in PyTorch.

    Source: Smith and Topin, 2018.
    """
    top = rise * total - 1  # the step with the largest rate

    def schedule(step: int) -> float:
        if step <= top:
            return _half_wave(lr / start, lr, step / top)
        return _half_wave(lr, lr / start / end, min((step - top) / (total - 1 - top), 1))

    return schedule


def _half_wave(start: float, end: float, position: float) -> float:
    """From start (at position 0) to end (at 1), slow at both ends."""
    return end + (start - end) * (1 + math.cos(math.pi * position)) / 2


def _expect_range(name: str, value: float, low: float, high: float) -> None:
    """Raise unless low <= value < high; NaN is never inside."""
    if not low <= value < high:
        raise ValueError(f"{name} is {value}: it must be at least {low} and less than {high}")
