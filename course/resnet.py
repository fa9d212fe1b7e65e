"""The residual network for small images, as in the paper, built with either library."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from . import nn


def build_resnet(
    depth: int = 20,
    in_channels: int = 3,
    classes: int = 10,
    *,
    width: int = 16,
    projection: bool = True,
    residual: bool = True,
    lib: ModuleType = nn,
) -> Any:
    """Build a ResNet of 6 n + 2 layers with weights: three stages of n blocks of two convolutions.

    conv -> n blocks of ``width`` -> n of 2 width, stride 2 -> n of 4 width, stride 2 -> mean -> FC
    block:  out = relu(conv-bn-relu-conv-bn(x) + shortcut(x))

    depth       20, 32, 44, 56, 110 in the paper
    projection  where the size changes: a 1x1 convolution (option B), else zero padding (option A)
    residual    False leaves every shortcut out: the plain network of the same depth
    lib         `course.nn` or ``torch.nn``

    Raises ValueError unless depth is 6 n + 2.
    Source: He, Zhang, Ren and Sun, 2016, section 4.2.
    """
    n, rest = divmod(depth - 2, 6)
    if n < 1 or rest:
        raise ValueError(f"depth is {depth}: it must be 6 n + 2, such as 20, 32, 44, 56 or 110")
    layers = [_conv(lib, in_channels, width, 1), lib.BatchNorm2d(width), lib.ReLU()]
    channels = width
    for stage in range(3):
        for block in range(n):
            stride = 2 if stage > 0 and block == 0 else 1
            out = width * 2**stage
            layers += _block(lib, channels, out, stride, projection, residual)
            channels = out
    layers += [lib.AdaptiveAvgPool2d(1), lib.Flatten(), lib.Linear(channels, classes)]
    return lib.Sequential(*layers)


def _block(
    lib: Any, channels: int, out: int, stride: int, projection: bool, residual: bool
) -> list[Any]:
    """Two convolutions and what goes round them; the ReLU comes after the sum."""
    body = [_conv(lib, channels, out, stride), lib.BatchNorm2d(out), lib.ReLU()]
    body += [_conv(lib, out, out, 1), lib.BatchNorm2d(out)]
    if not residual:
        return [*body, lib.ReLU()]
    parts = lib if hasattr(lib, "Residual") else _torch_parts(lib)
    shortcut = []
    if channels != out and projection:
        one = lib.Conv2d(channels, out, 1, stride, bias=False)
        shortcut = [lib.Sequential(one, lib.BatchNorm2d(out))]
    elif channels != out:
        shortcut = [parts.ZeroPadShortcut(out, stride)]
    return [parts.Residual(lib.Sequential(*body), *shortcut), lib.ReLU()]


def _conv(lib: Any, channels: int, out: int, stride: int) -> Any:
    """3x3, size kept; no bias, since batch normalisation takes any mean away again."""
    return lib.Conv2d(channels, out, 3, stride, 1, bias=False)


def _torch_parts(lib: Any) -> Any:
    """The two parts that ``torch.nn`` does not have, as torch modules with the same names."""

    class Residual(lib.Module):  # type: ignore[misc]
        def __init__(self, body: Any, shortcut: Any = None) -> None:
            super().__init__()
            self.body = body
            self.shortcut = shortcut

        def forward(self, x: Any) -> Any:
            return self.body(x) + (x if self.shortcut is None else self.shortcut(x))

    class ZeroPadShortcut(lib.Module):  # type: ignore[misc]
        def __init__(self, channels: int, stride: int) -> None:
            super().__init__()
            self.channels, self.stride = channels, stride

        def forward(self, x: Any) -> Any:
            seen = x[:, :, :: self.stride, :: self.stride]
            missing = (0, 0, 0, 0, 0, self.channels - x.shape[1])
            return lib.functional.pad(seen, missing)

    class Parts:
        pass

    parts = Parts()
    parts.Residual, parts.ZeroPadShortcut = Residual, ZeroPadShortcut  # type: ignore[attr-defined]
    return parts
