"""The pooling stepper: one window of a table or picture, what it hands on, and the way back."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from course.widgets._base import BrowserWidget, one_of, windows
from course.widgets._pictures import own_or_samples, packed, small_samples

LARGEST = 64  # height or width of a picture
MOST = 8  # rows or columns of a table: more numbers cannot be read

# name -> (kind that the table is worked with, rows)
TABLES: dict[str, tuple[str, str]] = {
    "table for the maximum": ("max", "29 15 28 184; 0 100 70 38; 12 12 7 2; 12 12 45 6"),
    "table for the average": ("average", "31 15 28 184; 0 100 70 38; 12 12 7 2; 12 12 45 6"),
    "ties": ("max", "0 0 5 5; 0 0 5 1; 2 7 7 0; 7 1 0 0"),
    "negative": ("max", "-3 -1 -4; -1 -5 -9; -2 -6 -5"),
}
KINDS = ("max", "average")
UPSTREAM = ("count", "ones")


class PoolingStepper(BrowserWidget):
    """Step a pooling window over a table of numbers or a picture, forward and on the way back.

    max:     out[c, i, j] = max over u, v of x[c, i * stride + u, j * stride + v]
    average: out[c, i, j] = the mean of the same numbers

    On the way back a maximum sends its window's gradient to the winner, the first of equal ones in
    reading order; the average gives each number an equal share; where windows overlap, they add.

    image: (H, W), (C, H, W) or (H, W, C), at most 64 x 64, as for ConvolutionStepper; default:
    tables and sample pictures.

    Settable from Python: picture, table ("1 2; 3 4": rows separated by semicolons), kind ("max" or
    "average"), kernel_size, stride, row, column, whole_output, way_back, upstream ("count": 1, 2,
    3, ...; or "ones"). Raises TraitError or ValueError naming the value and a remedy.

    Source: Ranzato et al. (2007); Goodfellow, Bengio and Courville (2016), section 9.3.
    """

    _js = "pooling_stepper.js"
    LIMITS: ClassVar[dict[str, tuple[float, float]]] = {"kernel_size": (1, 5), "stride": (1, 5)}

    _pictures = traitlets.Dict().tag(sync=True)
    _tables = traitlets.Dict({name: list(entry) for name, entry in TABLES.items()}).tag(sync=True)
    picture = traitlets.Unicode().tag(sync=True)
    table = traitlets.Unicode(TABLES["table for the maximum"][1]).tag(sync=True)
    kind = traitlets.Unicode("max").tag(sync=True)
    kernel_size = traitlets.Int(2).tag(sync=True)
    stride = traitlets.Int(2).tag(sync=True)
    row = traitlets.Int(0).tag(sync=True)
    column = traitlets.Int(0).tag(sync=True)
    whole_output = traitlets.Bool(False).tag(sync=True)
    way_back = traitlets.Bool(False).tag(sync=True)
    upstream = traitlets.Unicode("count").tag(sync=True)

    def __init__(self, image: ArrayLike | None = None, **traits: Any) -> None:
        """Begin with one's own image, or with the first table."""
        pictures = own_or_samples(image, LARGEST, small_samples)
        first = next(iter(TABLES)) if image is None else next(iter(pictures))
        name = traits.pop("picture", first)
        if name in TABLES:
            traits.setdefault("kind", TABLES[name][0])
            traits.setdefault("table", TABLES[name][1])
        super().__init__(_pictures=packed(pictures), picture=name, **traits)

    @property
    def x(self) -> NDArray[np.float32]:
        """The numbers shown, (1, C, H, W): what maxpool2d_forward takes."""
        if self.picture in self._tables:
            return np.array(_numbers(self.table), np.float32)[None, None]
        picture = self._pictures[self.picture]
        return np.frombuffer(picture["pixels"], "<f4").reshape(1, *picture["shape"])

    @property
    def output_shape(self) -> tuple[int, int]:
        """(OH, OW) of the present settings; 0 where the window is larger than the input."""
        height, width = self.x.shape[2:]
        options = (self.kernel_size, self.stride, 0, 1)
        return windows(height, *options), windows(width, *options)

    @traitlets.validate("kernel_size", "stride")
    def _valid_setting(self, proposal: Any) -> Any:
        return self._limited(proposal)

    @traitlets.validate("picture")
    def _valid_picture(self, proposal: Any) -> str:
        return one_of("picture", proposal["value"], [*self._tables, *self._pictures])

    @traitlets.validate("kind")
    def _valid_kind(self, proposal: Any) -> str:
        return one_of("kind", proposal["value"], KINDS)

    @traitlets.validate("upstream")
    def _valid_upstream(self, proposal: Any) -> str:
        return one_of("upstream", proposal["value"], UPSTREAM)

    @traitlets.validate("table")
    def _valid_table(self, proposal: Any) -> str:
        _numbers(proposal["value"])
        return str(proposal["value"])

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

    @traitlets.observe("picture")
    def _its_table(self, change: Any) -> None:
        """A table that is chosen by name brings its numbers."""
        if change["old"] and change["new"] in self._tables:
            self.table = self._tables[change["new"]][1]

    @traitlets.observe("picture", "table", "kernel_size", "stride")
    def _stay_inside(self, _: Any) -> None:
        """A smaller output must still hold the place shown."""
        if self.picture:
            rows, columns = self.output_shape
            self.row = min(self.row, max(0, rows - 1))
            self.column = min(self.column, max(0, columns - 1))


def _numbers(text: str) -> list[list[float]]:
    """Return the rows of a table, or raise TraitError that says what is wrong with it."""
    try:
        rows = [
            [float(word) for word in line.replace(",", " ").split()] for line in text.split(";")
        ]
    except ValueError as error:
        raise traitlets.TraitError(
            f"table {text!r} holds something that is no number; write it as '1 2; 3 4'"
        ) from error
    if not rows[0] or any(len(row) != len(rows[0]) for row in rows):
        raise traitlets.TraitError(
            f"table {text!r} has rows of different length; write it as '1 2; 3 4'"
        )
    if len(rows) > MOST or len(rows[0]) > MOST:
        raise traitlets.TraitError(f"table has {len(rows)} x {len(rows[0])} numbers; 8 x 8 fit")
    if not all(math.isfinite(value) and abs(value) < 10_000 for row in rows for value in row):
        raise traitlets.TraitError("table must hold finite numbers below 10,000")
    return rows
