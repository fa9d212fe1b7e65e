"""Wrong answers of lesson 01 that learners give, each with the sentence that answers it."""

from __future__ import annotations

from .task import Misconception

NEURON: tuple[Misconception, ...] = ()
ACTIVATIONS: tuple[Misconception, ...] = ()
XOR: tuple[Misconception, ...] = ()
