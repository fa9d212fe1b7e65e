"""Lesson 00, right."""

import numpy as np

from . import right

ID = "to_unit_range"


@right(ID, "cast, then divide")
def _(image):
    return image.astype(np.float32) / 255


@right(ID, "true division, float64")
def _(image):
    return image / 255


@right(ID, "lists in between")
def _(image):
    def scaled(part):
        return [scaled(p) for p in part] if isinstance(part, list) else part / 255

    return np.array(scaled(image.tolist()))


@right(ID, "into a buffer")
def _(image):
    out = np.empty(image.shape, np.float32)
    np.multiply(image, 1 / 255, out=out, casting="unsafe")
    return out


@right(ID, "look-up table")
def _(image):
    return np.linspace(0, 1, 256, dtype=np.float32)[image]


@right("question_restart", "a letter")
def _():
    return "b"


@right("question_restart", "a capital in brackets")
def _():
    return "(B)"
