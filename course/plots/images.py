"""Pictures as pictures, and pictures as the tables of numbers that they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike, NDArray

from ._base import DIVERGING, ORANGE, centred, new_figure, themed

__all__ = ["image_grid", "pixel_values"]


@themed
def image_grid(
    images: ArrayLike,
    titles: Sequence[str] | None = None,
    *,
    columns: int = 8,
    title: str = "",
    signed: bool = False,
    size: float = 1.15,
) -> Figure:
    """Pictures side by side: grey (N, H, W) or (N, 1, H, W), or colour (N, 3, H, W).

    Grey and colour images are shown on the fixed scale 0 (black) to 1 (white). With `signed` the
    numbers are any, zero is white, and all pictures share one scale with a colour bar.
    titles: one a picture. size: inches of one picture.
    """
    pictures = _pictures(images, signed=signed)
    if titles is not None and len(titles) != len(pictures):
        raise ValueError(f"{len(pictures)} images but {len(titles)} titles; one a picture")
    columns = max(1, min(columns, len(pictures)))
    rows = -(-len(pictures) // columns)
    room = 0.26 if titles is not None else 0.04
    height = rows * (size + room) + (0.42 if title else 0.0)
    figure, axes = new_figure(
        rows, columns, width=columns * size + 0.9 * signed, height=height, title=title
    )
    look: dict[str, Any] = {"cmap": "gray", "vmin": 0.0, "vmax": 1.0}
    if signed:
        look = {"cmap": DIVERGING, "norm": centred(pictures)}
    drawn = None
    for index, ax in enumerate(axes.flat):
        ax.set_axis_off()
        if index < len(pictures):
            drawn = ax.imshow(pictures[index], **look)
            if titles is not None:
                ax.set_title(titles[index], fontsize=9, fontweight="normal", pad=3)
    if signed and drawn is not None:
        figure.colorbar(drawn, ax=axes, shrink=0.8, label="value (white = 0)")
    return figure


def _pictures(images: ArrayLike, *, signed: bool) -> NDArray[Any]:
    """(N, H, W) or (N, H, W, 3), from any of the accepted layouts."""
    array = np.asarray(images)
    if array.ndim == 2:
        array = array[None]
    if array.ndim == 4 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim == 4 and array.shape[1] == 3 and not signed:
        array = np.clip(array.transpose(0, 2, 3, 1), 0, 1)
    if len(array) and (array.ndim == 3 or (array.ndim == 4 and array.shape[-1] == 3)):
        return array
    kinds = "(N, H, W), (N, 1, H, W)" + ("" if signed else ", (N, 3, H, W)")
    raise ValueError(f"images of shape {np.shape(images)}; image_grid draws {kinds}, N at least 1")


@themed
def pixel_values(
    image: ArrayLike, *, row: int = 0, column: int = 0, size: int = 8, title: str = ""
) -> Figure:
    """A grey picture, and beside it a small square of it with every number written in.

    image: (H, W), bytes or numbers in [0, 1]. row, column: the upper left pixel of the square.
    size: its side in pixels.
    """
    picture = np.asarray(image)
    if picture.ndim != 2:
        raise ValueError(f"image has shape {picture.shape}; pixel_values draws one (H, W)")
    white = 255 if picture.dtype.kind in "ui" else 1.0
    part = picture[row : row + size, column : column + size]
    figure, axes = new_figure(1, 2, width=7.4, height=3.9, title=title)
    whole, near = axes[0]
    for ax in (whole, near):
        ax.spines[:].set_visible(True)
        ax.set(xlabel="column (pixels)", ylabel="row (pixels)")
    look: dict[str, Any] = {"cmap": "gray", "vmin": 0, "vmax": white}
    whole.imshow(picture, **look)
    edge = (column - 0.5, row - 0.5)
    near.imshow(part, extent=(edge[0], edge[0] + size, edge[1] + size, edge[1]), **look)
    whole.set_title("the whole picture")
    near.set_title(f"the framed {size} × {size} pixels")
    whole.add_patch(Rectangle(edge, size, size, fill=False, edgecolor=ORANGE, linewidth=2))
    for (i, j), value in np.ndenumerate(part):
        text = f"{value}" if white == 255 else f"{value:.2f}"
        ink = "white" if value < 0.5 * white else "black"
        near.text(column + j, row + i, text, color=ink, ha="center", va="center", fontsize=7.5)
    return figure
