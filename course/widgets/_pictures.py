"""Pictures and filters of the convolution widgets: what Python hands to the browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from course import _samples

Array = NDArray[np.float32]
Pictures = dict[str, tuple[Array, str]]  # name -> (x, where it comes from)

FLOWER = "Photograph: flower.jpg by vultilion (Flickr), CC BY 2.0, from scikit-learn, made smaller"
TEMPLE = (
    "Photograph: china.jpg by danielbuechele (Flickr), CC BY 2.0, from scikit-learn, made smaller"
)
GARMENT = "Picture from Fashion-MNIST (Zalando Research, MIT licence)"
DIGIT = "Handwritten digit from scikit-learn's load_digits (UCI, Alpaydin and Kaynak)"

# name -> (label, whole numbers that are easy to read, divided by their sum?)
FILTERS: dict[str, tuple[str, list[list[float]], bool]] = {
    "identity": ("Identity", [[0, 0, 0], [0, 1, 0], [0, 0, 0]], False),
    "box_blur": ("Box blur", [[1, 1, 1], [1, 1, 1], [1, 1, 1]], True),
    "gaussian": ("Gaussian blur", [[1, 2, 1], [2, 4, 2], [1, 2, 1]], True),
    "sharpen": ("Sharpen", [[0, -1, 0], [-1, 5, -1], [0, -1, 0]], False),
    "sobel_x": ("Sobel x (vertical edges)", [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], False),
    "sobel_y": ("Sobel y (horizontal edges)", [[-1, -2, -1], [0, 0, 0], [1, 2, 1]], False),
    "laplacian": ("Laplacian", [[0, 1, 0], [1, -4, 1], [0, 1, 0]], False),
    "emboss": ("Emboss", [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], False),
}

LARGEST_FILTER = 7

_GAUSSIAN_5 = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256
_COLUMN = np.array([[1, 1, 1], [1, 1, 1], [1, 1, 1]]) / 9
MORE_FILTERS: list[tuple[str, str, list[list[list[float]]]]] = [
    ("gaussian_5", "Gaussian blur 5 × 5", [_GAUSSIAN_5.tolist()]),
    ("average_2", "Average 2 × 2", [[[0.25, 0.25], [0.25, 0.25]]]),
    ("point", "One tap, 1 × 1", [[[1.0]]]),
    (
        "red_blue",
        "Red against blue",
        [_COLUMN.tolist(), (0 * _COLUMN).tolist(), (-_COLUMN).tolist()],
    ),
]


def as_picture(image: ArrayLike, largest: int) -> Array:
    """Return an image as float32 (C, H, W) in [0, 1] with one or three channels.

    image: (H, W), (C, H, W) or (H, W, C) with C = 1 or 3; integers 0 to 255 are divided by 255.
    largest: the greatest height or width that the widget can still show cell by cell.

    Raises ValueError for another shape, values outside [0, 1], NaN, or too many pixels.
    """
    x = np.asarray(image)
    if x.dtype == object or not (np.issubdtype(x.dtype, np.number) or x.dtype == bool):
        raise ValueError(f"image must hold numbers (got {x.dtype}); pass a NumPy array")
    if x.ndim == 4 and x.shape[0] == 1:
        x = x[0]
    if x.ndim == 2:
        x = x[None]
    elif x.ndim == 3 and x.shape[0] not in (1, 3) and x.shape[2] in (1, 3):
        x = x.transpose(2, 0, 1)
    if x.ndim != 3 or x.shape[0] not in (1, 3) or 0 in x.shape:
        raise ValueError(
            f"image has shape {np.shape(image)}; pass ONE picture as (H, W), (C, H, W) or "
            "(H, W, C) with 1 or 3 channels, for example images[0]"
        )
    if max(x.shape[1:]) > largest:
        raise ValueError(
            f"image is {x.shape[1]} x {x.shape[2]} pixels, more than the {largest} that fit; "
            "make it smaller first, for example image[..., ::4, ::4]"
        )
    scaled = x / 255 if np.issubdtype(x.dtype, np.integer) else x
    picture = np.ascontiguousarray(scaled, dtype=np.float32)
    if not np.isfinite(picture).all():
        raise ValueError(
            "image holds NaN or infinity; replace them, for example np.nan_to_num(image)"
        )
    if picture.min() < 0 or picture.max() > 1:
        raise ValueError(
            f"image has values from {picture.min():.4g} to {picture.max():.4g}; a picture lies in "
            "[0, 1]: scale it first, for example (x - x.min()) / (x.max() - x.min())"
        )
    return picture


def packed(pictures: Mapping[str, tuple[Array, str]]) -> dict[str, Any]:
    """Return pictures {name: (x, caption)} in the form that the browser reads."""
    return {
        name: {"shape": list(x.shape), "pixels": x.astype("<f4").tobytes(), "caption": caption}
        for name, (x, caption) in pictures.items()
    }


def own_or_samples(
    image: ArrayLike | None, largest: int, samples: Callable[[], Pictures]
) -> Pictures:
    """Return {"your image": image}, or the samples where no image is given."""
    return samples() if image is None else {"your image": (as_picture(image, largest), "")}


def small_samples() -> Pictures:
    """Return pictures whose single pixels can still be seen, one of them in colour."""
    return {
        "ankle boot": (garment(), GARMENT),
        "handwritten digit": (digit(), DIGIT),
        "flower, in colour": (photograph("flower.jpg", 13)[:, :, 4:36], FLOWER),
    }


def large_samples() -> Pictures:
    """Return photographs with edges in many directions, and one garment."""
    return {
        "flower": (photograph("flower.jpg", 5), FLOWER),
        "temple": (photograph("china.jpg", 5), TEMPLE),
        "ankle boot": (garment(), GARMENT),
    }


def filters(weight: ArrayLike | None = None) -> dict[str, Any]:
    """Return {name: {label, weight as (1 or C, R, S) lists}}, one's own filter first.

    Raises ValueError for another shape, NaN or more than 7 x 7 taps.
    """
    ready = {
        name: {"label": label, "weight": [(np.array(w) / (np.sum(w) if divided else 1)).tolist()]}
        for name, (label, w, divided) in FILTERS.items()
    }
    for name, label, planes in MORE_FILTERS:
        ready[name] = {"label": label, "weight": planes}
    if weight is None:
        return ready
    own = np.asarray(weight, dtype=np.float64)
    own = own[None] if own.ndim == 2 else own
    if own.ndim != 3 or own.shape[0] not in (1, 3) or 0 in own.shape:
        raise ValueError(
            f"weight has shape {np.shape(weight)}; pass ONE filter as (R, S) or (C, R, S) with "
            "1 or 3 channels, for example conv.params['weight'][0]"
        )
    if max(own.shape[1:]) > LARGEST_FILTER:
        raise ValueError(
            f"weight has {own.shape[1]} x {own.shape[2]} taps; at most 7 x 7 are shown"
        )
    if not np.isfinite(own).all():
        raise ValueError("weight holds NaN or infinity; a filter needs finite numbers")
    return {"own": {"label": "your own", "weight": own.tolist()}, **ready}


@cache
def garment() -> Array:
    """Return one real Fashion-MNIST picture, (1, 28, 28): an ankle boot."""
    from course import data

    images = data.load("fashion_mnist")
    boot = images.classes.index("Ankle boot")
    return as_picture(images.x_test[np.flatnonzero(images.y_test == boot)[0]], 28)


@cache
def digit() -> Array:
    """Return one real handwritten digit, (1, 8, 8), from scikit-learn."""
    return as_picture(_samples.handwriting()[0][2] / 16, 8)


@cache
def photograph(name: str, step: int) -> Array:
    """Return a sample photograph of scikit-learn, each block of step x step pixels averaged."""
    full = _samples.photograph(name) / 255
    height, width = (side // step for side in full.shape[:2])
    blocks = full[: height * step, : width * step].reshape(height, step, width, step, 3)
    return as_picture(blocks.mean(axis=(1, 3)), 512)
