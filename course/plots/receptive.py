"""Figures of the receptive field: which input pixels one output pixel depends on, and how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from ._base import BLUE, SEQUENTIAL, VERMILION, new_figure, themed

__all__ = ["receptive_fields", "view_cones"]


@themed
def view_cones(stacks: Mapping[str, Sequence[tuple[int, int, int]]]) -> Figure:
    """Which pixels of a row one output pixel depends on, layer by layer.

    stacks: name -> layers (kernel_size, stride, dilation), the first layer next to the image.
    """
    figure, axes = new_figure(
        1, len(stacks), width=3.5 * len(stacks), height=2.6, title="What one pixel depends on"
    )
    for ax, (name, layers) in zip(axes[0], stacks.items(), strict=True):
        leaps = np.cumprod([1, *(stride for _, stride, _ in layers)])
        reached = {0}  # places in the layer above, counted in its own pixels from the middle
        for level in range(len(layers), 0, -1):
            kernel, stride, dilation = layers[level - 1]
            taps = [(u - kernel // 2) * dilation for u in range(kernel)]
            for place in reached:
                for tap in taps:
                    ends = place * leaps[level], (place * stride + tap) * leaps[level - 1]
                    ax.plot(ends, (level, level - 1), color=BLUE, linewidth=0.7, alpha=0.6)
            _row_of_pixels(ax, level, int(leaps[level]), reached)
            reached = {place * stride + tap for place in reached for tap in taps}
        _row_of_pixels(ax, 0, 1, reached)
        ax.set_title(f"{name}: {max(reached) - min(reached) + 1} pixels", fontsize=10)
        ax.set(xlim=(-9.5, 9.5), yticks=range(len(layers) + 1))
        ax.set(xlabel="place in the image (px)")
        ax.set_yticklabels(["image", *(f"layer {n + 1}" for n in range(len(layers)))])
        ax.spines[:].set_visible(False)
    return figure


def _row_of_pixels(ax: Axes, level: int, leap: int, reached: set[int]) -> None:
    places = range(-(9 // leap), 9 // leap + 1)
    colours = [BLUE if place in reached else "#c8c8c8" for place in places]
    ax.scatter([p * leap for p in places], [level] * len(places), c=colours, s=26, zorder=3)


@themed
def receptive_fields(influence: Mapping[str, ArrayLike], sizes: Sequence[int]) -> Figure:
    """How strongly the middle output pixel depends on each input pixel, for several networks.

    influence: name -> |d out / d x| of shape (H, W). sizes: the receptive field by the formula,
    drawn as a frame around the middle.
    """
    count = len(influence)
    figure, axes = new_figure(
        1, count, width=2.5 * count + 0.6, height=3.1, title="What one pixel depends on strongly"
    )
    drawn: Any = None
    for ax, (name, values), size in zip(axes[0], influence.items(), sizes, strict=True):
        values = np.asarray(values, dtype=float)
        drawn = ax.imshow(values / values.max(), cmap=SEQUENTIAL, vmin=0, vmax=1)
        corner = values.shape[0] // 2 - size / 2 - 0.5 + (values.shape[0] % 2) / 2
        ax.add_patch(
            Rectangle((corner, corner), size, size, fill=False, edgecolor=VERMILION, linewidth=2)
        )
        ax.set_title(f"{name}\nfield {size} × {size}", fontsize=10)
        ax.set(xlabel="input column (px)", ylabel="input row (px)" if ax is axes[0, 0] else "")
    figure.colorbar(drawn, ax=axes, shrink=0.8, label="influence (largest = 1)")
    return figure
