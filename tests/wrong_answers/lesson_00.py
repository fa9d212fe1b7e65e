"""Lesson 00: the warm-up and its question, wrong."""

import numpy as np

from . import wrong

ID = "to_unit_range"


@wrong(ID, "whole-numbers")
def _(image):
    return (image / 255).astype(image.dtype)


@wrong(ID, "whole-numbers")
def _(image):
    out = np.zeros_like(image)
    out[...] = image / 255
    return out


@wrong(ID, "own-maximum")
def _(image):
    top = image.max()
    if top == 0:
        return image.astype(float)
    return image.astype(float) / top


@wrong(ID, "stretched")
def _(image):
    image = image.astype(np.float64)
    low, high = np.min(image), np.max(image)
    if high == low:
        return image - low
    return (image - low) / (high - low)


@wrong(ID, "256")
def _(image):
    return np.float32(image) / 2**8


@wrong(ID, "only-cast")
def _(image):
    return image * 1.0


@wrong(ID, "centred")
def _(image):
    return (image.astype(np.float32) / 255 - 0.5) / 0.5


@wrong(ID, "clipped")
def _(image):
    return np.minimum(image.astype(float), 1.0)


@wrong(ID, "negative")
def _(image):
    return (255 - image) / 255.0


@wrong(ID, "wrong-type")
def _(image):
    return (image / 255).tolist()


@wrong(ID, "wrong-dtype")
def _(image):
    return (image / 255).astype(np.float16)


@wrong(ID, "wrong-shape")
def _(image):
    return (image / 255).ravel()


@wrong(ID, "exception")
def _(image):
    h, w = image.shape
    return image.reshape(h, w) / 255


@wrong("question_restart", "answer-a")
def _():
    return "a"


@wrong("question_restart", "answer-c")
def _():
    return " C "


@wrong("question_restart", "answer-d")
def _():
    return "d)"


@wrong("question_restart", "wrong-type")
def _():
    return 2


@wrong("question_restart", "wrong-type")
def _():
    return "a NameError is raised"


@wrong("question_restart", "not-written")
def _():
    """..."""
