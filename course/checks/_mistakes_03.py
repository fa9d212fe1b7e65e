"""Wrong answers of lesson 03 that learners give, each with the sentence that answers it."""

from __future__ import annotations

from .task import Misconception

OUTPUT_SIZE: tuple[Misconception, ...] = ()
FORWARD: tuple[Misconception, ...] = ()
BACKWARD: tuple[Misconception, ...] = ()
IM2COL: tuple[Misconception, ...] = ()
DILATED: tuple[Misconception, ...] = ()
