"""The filter designer: edit a small kernel and see at once what it does to a photograph."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from course.widgets._base import BrowserWidget, one_of
from course.widgets._pictures import FILTERS, large_samples, own_or_samples, packed

LARGEST = 256  # height or width: what can be filtered and drawn anew at every key press
CHANNELS = ("each", "sum")
DISPLAYS = ("automatic", "picture", "signed", "absolute")


class FilterDesigner(BrowserWidget):
    """Edit the weights of a 3 x 3 or 5 x 5 filter and see the filtered picture.

    out[c, i, j] = sum over u, v of x[c, i + u - P, j + v - P] * weight[u, v], P = (size - 1) / 2;
    with channels="sum" the channels are added up, as a filter of a convolution layer does.

    image: (H, W), (C, H, W) or (H, W, C), at most 256 x 256, values in [0, 1] or integers 0 to 255;
    default: photographs that scikit-learn brings along, and a Fashion-MNIST picture.

    Settable from Python: picture, weight (nested lists or an array), normalise, channels ("each",
    "sum"), display ("automatic", "picture", "signed", "absolute"). Raises TraitError or ValueError
    naming the value and a remedy.

    Source: Gonzalez and Woods (2018), sections 3.5 and 3.6.
    """

    _js = "filter_designer.js"

    _pictures = traitlets.Dict().tag(sync=True)
    _filters = traitlets.Dict().tag(sync=True)
    picture = traitlets.Unicode().tag(sync=True)
    weight = traitlets.Any().tag(sync=True)
    normalise = traitlets.Bool(False).tag(sync=True)
    channels = traitlets.Unicode("each").tag(sync=True)
    display = traitlets.Unicode("automatic").tag(sync=True)

    def __init__(self, image: ArrayLike | None = None, **traits: Any) -> None:
        """Take one's own image or the samples; start with Sobel's filter."""
        pictures = own_or_samples(image, LARGEST, large_samples)
        presets = {
            name: {"label": label, "taps": taps, "divided": divided}
            for name, (label, taps, divided) in FILTERS.items()
        }
        traits.setdefault("picture", next(iter(pictures)))
        traits.setdefault("weight", FILTERS["sobel_x"][1])
        super().__init__(_pictures=packed(pictures), _filters=presets, **traits)

    def use(self, name: str) -> None:
        """Take the weights of a ready-made filter, for example "gaussian"."""
        _, taps, divided = FILTERS[one_of("filter", name, FILTERS)]
        with self.hold_trait_notifications():
            self.weight = taps
            self.normalise = divided

    @property
    def x(self) -> NDArray[np.float32]:
        """The picture shown, (1, C, H, W): what conv2d_forward takes."""
        picture = self._pictures[self.picture]
        return np.frombuffer(picture["pixels"], "<f4").reshape(1, *picture["shape"])

    @property
    def effective_weight(self) -> NDArray[np.float32]:
        """The weights really used, (size, size): divided by their sum where that is asked."""
        weight = np.asarray(self.weight, np.float64)
        divide = self.normalise and abs(weight.sum()) >= 1e-9
        return (weight / weight.sum() if divide else weight).astype(np.float32)

    @traitlets.validate("weight")
    def _valid_weight(self, proposal: Any) -> list[list[float]]:
        try:
            weight = np.asarray(proposal["value"], dtype=np.float64)
        except (TypeError, ValueError):
            raise traitlets.TraitError(
                "weight must be rows of numbers, all of one length, such as "
                "[[0, 0, 0], [0, 1, 0], [0, 0, 0]]"
            ) from None
        if weight.shape not in ((3, 3), (5, 5)):
            raise traitlets.TraitError(
                f"weight has shape {weight.shape}; pass 3 x 3 or 5 x 5 numbers, such as np.eye(3)"
            )
        if not np.isfinite(weight).all() or np.abs(weight).max() > 1000:
            raise traitlets.TraitError(
                f"weight must hold finite numbers from -1000 to 1000 (got {weight.tolist()})"
            )
        rows: list[list[float]] = weight.tolist()
        return rows

    @traitlets.validate("picture")
    def _valid_picture(self, proposal: Any) -> str:
        return one_of("picture", proposal["value"], self._pictures)

    @traitlets.validate("channels")
    def _valid_channels(self, proposal: Any) -> str:
        return one_of("channels", proposal["value"], CHANNELS)

    @traitlets.validate("display")
    def _valid_display(self, proposal: Any) -> str:
        return one_of("display", proposal["value"], DISPLAYS)
