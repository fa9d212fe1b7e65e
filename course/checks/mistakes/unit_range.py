"""Wrong ways from bytes to numbers between 0 and 1."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..task import Misconception

Array = np.ndarray[Any, Any]
UNIT_RANGE = (
    Misconception(
        "whole-numbers",
        lambda image: image // 255,
        "Everything but pure white became 0: between 0 and 1 there are no whole numbers. Which "
        "dtype must the result have to hold 0.2?",
    ),
    Misconception(
        "own-maximum",
        lambda image: image / max(int(image.max()), 1),
        "You divided by the largest pixel of this image. A dim photograph would turn as bright as "
        "a sunny one; white means the same number in every image.",
    ),
    Misconception(
        "stretched",
        lambda image: (image - float(image.min())) / max(float(image.max()) - image.min(), 1.0),
        "You stretched this image from its own darkest to its own brightest pixel. The scale must "
        "be fixed: it depends on the bytes' range, not on what the picture shows.",
    ),
    Misconception(
        "256",
        lambda image: image / 256,
        "White does not arrive at 1. A byte has 256 values, but which is the largest of them?",
    ),
    Misconception(
        "only-cast",
        lambda image: image.astype(np.float32),
        "The numbers are now floats, but still run up to 255. Changing the dtype does not change "
        "the scale.",
    ),
    Misconception(
        "centred",
        lambda image: image / 127.5 - 1.0,
        "You mapped black to -1. That is a usual choice for some networks, but here the range "
        "asked for starts at 0.",
    ),
    Misconception(
        "clipped",
        lambda image: np.clip(image, 0, 1).astype(np.float32),
        "Clipping cuts everything above 1 off: nearly every pixel became white. Scale, do not cut.",
    ),
    Misconception(
        "negative",
        lambda image: 1.0 - image / 255,
        "Black and white have changed places: this is the negative of the photograph.",
    ),
)
