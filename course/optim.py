"""Optimisers: how a parameter moves, given its gradient."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from .nn import Parameter


class SGD:
    """Stochastic gradient descent with momentum.

    g = grad + weight_decay * value;  v = momentum * v + g;  value -= lr * v
    """

    def __init__(
        self,
        parameters: Iterable[Parameter],
        lr: float,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        self.parameters = list(parameters)
        self.lr, self.momentum, self.nesterov = lr, momentum, nesterov
        self.weight_decay = weight_decay
        self._velocity = [np.zeros_like(p.value) for p in self.parameters]

    def step(self) -> None:
        """Move every parameter once."""
        for p, v in zip(self.parameters, self._velocity, strict=True):
            g = p.grad + self.weight_decay * p.value if self.weight_decay else p.grad
            if self.momentum:
                v *= self.momentum
                v += g
                g = g + self.momentum * v if self.nesterov else v
            p.value[...] -= self.lr * g
