"""What a network costs, layer by layer: shapes, parameters, multiply-adds, memory, what it sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from .functional import Array, pair
from .layer import Layer, Module, Residual


class View(NamedTuple):
    """How much of the image one value depends on, in one direction, in pixels."""

    field: float = 1  # how many pixels it sees
    jump: float = 1  # how many pixels lie between two neighbours

    def through(self, kernel: int, stride: int, dilation: int) -> View:
        """The view after a window: (kernel - 1) dilation jumps wider, stride jumps apart."""
        return View(self.field + (kernel - 1) * dilation * self.jump, self.jump * stride)


@dataclass(frozen=True)
class Row:
    """One layer's line of the table."""

    name: str
    layer: str
    shape: tuple[int, ...]
    parameters: int
    macs: int
    memory: int
    field: tuple[float, float]


@dataclass(frozen=True)
class Summary:
    """The table: one row a layer, for one input image."""

    input_shape: tuple[int, ...]
    rows: tuple[Row, ...]

    @classmethod
    def of(cls, net: Module, input_shape: tuple[int, ...]) -> Summary:
        """Send one image of zeros through the network, in inference mode, and note what happens."""
        before = [(module, vars(module).copy()) for _, module in net.modules()]  # mode and cache
        dtype = next((p.value.dtype for p in net.parameters()), np.dtype(np.float32))
        net.eval()
        try:
            rows: list[Row] = []
            _follow(net, "", np.zeros((1, *input_shape), dtype), (View(), View()), rows)
        finally:
            for module, state in before:
                vars(module).update(state)
        return cls(tuple(input_shape), tuple(rows))

    @property
    def parameters(self) -> int:
        """Learned numbers in all layers."""
        return sum(row.parameters for row in self.rows)

    @property
    def macs(self) -> int:
        """Multiply-adds of all convolutions and linear layers for one image."""
        return sum(row.macs for row in self.rows)

    @property
    def memory(self) -> int:
        """Bytes of all layers' outputs for one image."""
        return sum(row.memory for row in self.rows)

    def __str__(self) -> str:
        """The table as text."""
        head = ("", "layer", "output (C, H, W)", "parameters", "multiply-adds", "memory", "sees")
        lines = [head, ("", "input", _times(self.input_shape), "", "", "", "1 x 1")]
        for row in self.rows:
            lines.append(
                (
                    row.name,
                    row.layer,
                    _times(row.shape),
                    f"{row.parameters:,}",
                    f"{row.macs:,}",
                    f"{row.memory / 1024:,.1f} KiB",
                    "all" if np.isinf(row.field[0]) else f"{row.field[0]:g} x {row.field[1]:g}",
                )
            )
        totals = f"{self.parameters:,}", f"{self.macs:,}", f"{self.memory / 1024:,.1f} KiB"
        lines.append(("", "total", "", *totals, ""))
        widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
        text = [
            "  ".join(
                cell.ljust(width) if column < 3 else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        ]
        rule = "-" * max(map(len, text))
        return "\n".join([text[0], rule, *text[1:-1], rule, text[-1]])

    __repr__ = __str__


def _follow(
    module: Module, name: str, x: Array, views: tuple[View, View], rows: list[Row]
) -> tuple[Array, tuple[View, View]]:
    """Send x through a module and add its rows; return the output and what one value sees."""
    if isinstance(module, Layer):
        out = module(x)
        views = _look(module, views)
        parameters = sum(array.size for array in module.params.values())
        field = (views[0].field, views[1].field)
        shape = out.shape[1:]
        rows.append(
            Row(name, module.name, shape, parameters, _macs(module, out), out.nbytes, field)
        )
        return out, views
    if isinstance(module, Residual):
        body = _follow(module.children["body"], _dot(name, "body"), x, views, rows)
        short = x, views
        if "shortcut" in module.children:
            short = _follow(module.children["shortcut"], _dot(name, "shortcut"), x, views, rows)
        out = module(x)
        wide = max(body[1][0], short[1][0]), max(body[1][1], short[1][1])
        field = (wide[0].field, wide[1].field)
        rows.append(Row(name, "Residual (sum)", out.shape[1:], 0, 0, out.nbytes, field))
        return out, wide
    for child_name, child in module.children.items():
        x, views = _follow(child, _dot(name, child_name), x, views, rows)
    return x, views


def _look(layer: Layer, views: tuple[View, View]) -> tuple[View, View]:
    """The view after a layer: a window's, the whole image's, or unchanged."""
    options: dict[str, Any] = layer.options
    weight = layer.params.get("weight", np.empty(0))
    if weight.ndim == 4:
        kernel: tuple[int, int] = (weight.shape[2], weight.shape[3])
    elif "kernel_size" in options:
        kernel = pair(options["kernel_size"], "kernel_size", 1)
    elif weight.ndim == 2 or layer.name == "AdaptiveAvgPool2d":
        return View(np.inf), View(np.inf)
    else:
        kernel = (1, 1)
    stride = options.get("stride", 1)
    strides = kernel if stride is None else pair(stride, "stride", 1)
    dilations = pair(options.get("dilation", 1), "dilation", 1)
    down, across = zip(views, kernel, strides, dilations, strict=True)
    return down[0].through(*down[1:]), across[0].through(*across[1:])


def _macs(layer: Layer, out: Array) -> int:
    """Each weight of a linear or convolution layer is used once at every place of the output."""
    weight = layer.params.get("weight", np.empty(0))
    return weight.size * int(np.prod(out.shape[2:])) if weight.ndim >= 2 else 0


def _dot(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def _times(shape: tuple[int, ...]) -> str:
    return " x ".join(map(str, shape))
