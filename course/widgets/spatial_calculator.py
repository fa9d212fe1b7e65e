"""The spatial calculator: what a convolution layer does to the size of a volume, drawn to scale."""

from __future__ import annotations

from typing import Any, ClassVar

import traitlets

from course.widgets._base import BrowserWidget, windows


class SpatialCalculator(BrowserWidget):
    """Choose input size, filters, stride, padding and dilation; see the volumes and their cost.

    output width = floor((W - D (F - 1) - 1 + 2 P) / S) + 1, parameters = (F F C + 1) K,
    multiply-adds = output width * output height * K * F F C

    A filter larger than the padded input and windows that do not tile it are shown as what they
    are, with the reason and a remedy. Without a height, the input is square.

    Settable from Python: width, height, square, depth, kernel_size, filters, stride, padding,
    dilation, window. Raises TraitError naming the value and what is allowed.

    Source: Dumoulin and Visin (2016), section 2.4.
    """

    _js = "spatial_calculator.js"
    _parts = ("_volumes.js",)
    LIMITS: ClassVar[dict[str, tuple[float, float]]] = {
        "width": (1, 512),
        "height": (1, 512),
        "depth": (1, 1024),
        "kernel_size": (1, 64),
        "filters": (1, 1024),
        "stride": (1, 32),
        "padding": (0, 32),
        "dilation": (1, 16),
    }

    width = traitlets.Int(32).tag(sync=True)
    height = traitlets.Int(32).tag(sync=True)
    square = traitlets.Bool(True).tag(sync=True)
    depth = traitlets.Int(3).tag(sync=True)
    kernel_size = traitlets.Int(5).tag(sync=True)
    filters = traitlets.Int(16).tag(sync=True)
    stride = traitlets.Int(1).tag(sync=True)
    padding = traitlets.Int(0).tag(sync=True)
    dilation = traitlets.Int(1).tag(sync=True)
    window = traitlets.Int(0).tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        """Start with 16 filters of 5 x 5 on a 32 x 32 image in colour, as on CIFAR-10."""
        width = traits.get("width", 32)
        traits.setdefault("height", width)
        traits.setdefault("square", traits["height"] == width)
        super().__init__(**traits)

    @property
    def output_shape(self) -> tuple[int, int, int]:
        """(K, OH, OW) of the settings; 0 where the filter is larger than the padded input."""
        options = (self.kernel_size, self.stride, self.padding, self.dilation)
        return self.filters, windows(self.height, *options), windows(self.width, *options)

    @property
    def parameters(self) -> int:
        """Weights and biases of the layer: (F F C + 1) K."""
        return (self.kernel_size**2 * self.depth + 1) * self.filters

    @traitlets.validate(
        "width", "height", "depth", "kernel_size", "filters", "stride", "padding", "dilation"
    )
    def _valid_number(self, proposal: Any) -> Any:
        return self._limited(proposal)

    @traitlets.validate("window")
    def _valid_window(self, proposal: Any) -> int:
        value, last = int(proposal["value"]), max(0, self.output_shape[2] - 1)
        if not 0 <= value <= last:
            raise traitlets.TraitError(f"window {value} does not exist; take 0 to {last}")
        return value

    @traitlets.observe("width", "kernel_size", "stride", "padding", "dilation")
    def _stay_inside(self, change: Any) -> None:
        """Fewer windows must still hold the one shown; a square stays a square."""
        if self.square and change["name"] == "width":
            self.height = self.width
        self.window = min(self.window, max(0, self.output_shape[2] - 1))

    @traitlets.observe("square")
    def _stay_square(self, _: Any) -> None:
        if self.square:
            self.height = self.width
