"""The convolution stepper: one window of a picture, its products, their sum, one output pixel."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from course.widgets._base import BrowserWidget, one_of, windows
from course.widgets._pictures import Pictures, filters, own_or_samples, packed, small_samples

LARGEST = 64  # height or width: cells of a bigger picture are too small to point at


class ConvolutionStepper(BrowserWidget):
    """Slide a filter over a picture and see every product, their sum and the output pixel.

    out[i, j] = bias + sum over c, u, v of weight[c, u, v]
                * x[c, i * stride + u * dilation - padding, j * stride + v * dilation - padding]

    image: (H, W), (C, H, W) or (H, W, C), at most 64 x 64, values in [0, 1] or integers 0 to 255;
    default: real sample pictures, grey and in colour. weight: a filter of one's own, (R, S) (the
    same for every channel) or (C, R, S), for example one that a network has learned.

    Settable from Python: picture, filter, row, column, stride, padding, dilation, bias,
    whole_output, show_arithmetic. Raises TraitError or ValueError naming the value and a remedy.

    Source: Goodfellow, Bengio and Courville (2016), section 9.1; Dumoulin and Visin (2016).
    """

    _js = "convolution_stepper.js"
    _parts = ("_stepper_drawing.js",)
    LIMITS: ClassVar[dict[str, tuple[float, float]]] = {
        "stride": (1, 8),
        "padding": (0, 8),
        "dilation": (1, 6),
        "bias": (-100, 100),
    }

    _pictures = traitlets.Dict().tag(sync=True)
    _filters = traitlets.Dict().tag(sync=True)
    picture = traitlets.Unicode().tag(sync=True)
    filter = traitlets.Unicode("sobel_x").tag(sync=True)
    row = traitlets.Int(0).tag(sync=True)
    column = traitlets.Int(0).tag(sync=True)
    stride = traitlets.Int(1).tag(sync=True)
    padding = traitlets.Int(0).tag(sync=True)
    dilation = traitlets.Int(1).tag(sync=True)
    bias = traitlets.Float(0.0).tag(sync=True)
    whole_output = traitlets.Bool(False).tag(sync=True)
    show_arithmetic = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self, image: ArrayLike | None = None, *, weight: ArrayLike | None = None, **traits: Any
    ) -> None:
        """Take one's own image or the samples, and start in the middle of the output."""
        pictures = own_or_samples(image, LARGEST, small_samples)
        ready = filters(weight)
        if weight is not None:
            pictures = _matching(pictures, len(next(iter(ready.values()))["weight"]))
        traits.setdefault("picture", next(iter(pictures)))
        traits.setdefault("filter", next(iter(ready)) if weight is not None else "sobel_x")
        super().__init__(_pictures=packed(pictures), _filters=ready, **traits)
        rows, columns = self.output_shape
        self.row = traits.get("row", rows // 2)
        self.column = traits.get("column", columns // 2)

    @property
    def output_shape(self) -> tuple[int, int]:
        """(OH, OW) of the present settings; 0 where the window is larger than the padded input."""
        height, width = self._pictures[self.picture]["shape"][1:]
        planes = self._filters[self.filter]["weight"]
        options = (self.stride, self.padding, self.dilation)
        return windows(height, len(planes[0]), *options), windows(
            width, len(planes[0][0]), *options
        )

    @property
    def x(self) -> NDArray[np.float32]:
        """The picture shown, (1, C, H, W): what conv2d_forward takes."""
        picture = self._pictures[self.picture]
        return np.frombuffer(picture["pixels"], "<f4").reshape(1, *picture["shape"])

    @property
    def weight(self) -> NDArray[np.float32]:
        """The filter shown, (1, C, R, S): what conv2d_forward takes."""
        planes = np.asarray(self._filters[self.filter]["weight"], np.float32)
        channels = self._pictures[self.picture]["shape"][0]
        return np.broadcast_to(planes, (channels, *planes.shape[1:]))[None].copy()

    @traitlets.validate("stride", "padding", "dilation", "bias")
    def _valid_setting(self, proposal: Any) -> Any:
        return self._limited(proposal)

    @traitlets.validate("picture")
    def _valid_picture(self, proposal: Any) -> str:
        return one_of("picture", proposal["value"], self._pictures)

    @traitlets.validate("filter")
    def _valid_filter(self, proposal: Any) -> str:
        name = one_of("filter", proposal["value"], self._filters)
        planes, channels = len(self._filters[name]["weight"]), self.x.shape[1]
        if planes not in (1, channels):
            raise traitlets.TraitError(
                f"filter {name!r} has {planes} channels, picture {self.picture!r} has {channels}; "
                "choose a picture in colour first"
            )
        return name

    @traitlets.validate("row", "column")
    def _valid_place(self, proposal: Any) -> int:
        name, value = proposal["trait"].name, int(proposal["value"])
        rows, columns = self.output_shape
        last = max(0, (rows if name == "row" else columns) - 1)
        if not 0 <= value <= last:
            raise traitlets.TraitError(
                f"{name} {value} is outside the output of {rows} x {columns}; take 0 to {last}"
            )
        return value

    @traitlets.observe("picture", "filter", "stride", "padding", "dilation")
    def _stay_inside(self, _: Any) -> None:
        """The filter must fit the picture's channels, and a smaller output hold the place shown."""
        if len(self._filters[self.filter]["weight"]) not in (1, self.x.shape[1]):
            self.filter = "identity"
        rows, columns = self.output_shape
        self.row = min(self.row, max(0, rows - 1))
        self.column = min(self.column, max(0, columns - 1))


def _matching(pictures: Pictures, channels: int) -> Pictures:
    """Return the pictures that a filter of so many channels can slide over."""
    kept = {name: item for name, item in pictures.items() if channels in (1, item[0].shape[0])}
    if not kept:
        raise ValueError(
            f"weight has {channels} channels, the image has 1; a filter is as deep as its input"
        )
    return kept
