"""Layers by name: the functions of `functional`, with their parameters drawn and kept.

Names and argument order are those of ``torch.nn``: code that builds a network works with either.
Keywords beyond PyTorch's: ``rng`` (a generator, a seed, or None for the course's own generator,
see `manual_seed`), ``init`` for the weights (see `initialise`; biases start as in PyTorch).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from . import functional as F
from . import initialise as _initialise
from .functional import Array, Rng, Size, manual_seed
from .initialise import Initialiser
from .layer import Layer, Module, Parameter, Residual, Sequential
from .summary import Summary

__all__ = [
    "GELU",
    "AdaptiveAvgPool2d",
    "AvgPool2d",
    "BatchNorm1d",
    "BatchNorm2d",
    "Conv2d",
    "CrossEntropyLoss",
    "Dropout",
    "Dropout2d",
    "Flatten",
    "Layer",
    "LeakyReLU",
    "Linear",
    "MSELoss",
    "MaxPool2d",
    "Module",
    "MultiMarginLoss",
    "Parameter",
    "ReLU",
    "Residual",
    "Sequential",
    "Sigmoid",
    "Summary",
    "Tanh",
    "ZeroPadShortcut",
    "manual_seed",
]

Loss = Callable[[Array, Array], tuple[float, Array]]


def Linear(
    in_features: int,
    out_features: int,
    bias: bool = True,
    *,
    rng: Rng = None,
    init: Initialiser = _initialise.uniform,
    dtype: npt.DTypeLike = np.float32,
) -> Layer:
    """Fully connected: (N, in_features) -> (N, out_features)."""
    params = _draw((out_features, in_features), bias, rng, init, dtype)
    return Layer(F.linear_forward, F.linear_backward, params, name="Linear")


def Conv2d(
    in_channels: int,
    out_channels: int,
    kernel_size: Size,
    stride: Size = 1,
    padding: Size = 0,
    dilation: Size = 1,
    *,
    bias: bool = True,
    rng: Rng = None,
    init: Initialiser = _initialise.uniform,
    dtype: npt.DTypeLike = np.float32,
) -> Layer:
    """Convolution: (N, in_channels, H, W) -> (N, out_channels, OH, OW)."""
    shape = (out_channels, in_channels, *F.pair(kernel_size, "kernel_size", 1))
    options: dict[str, Any] = {"stride": stride, "padding": padding, "dilation": dilation}
    params = _draw(shape, bias, rng, init, dtype)
    return Layer(F.conv2d_forward, F.conv2d_backward, params, name="Conv2d", **options)


def BatchNorm2d(
    num_features: int,
    eps: float = 1e-5,
    momentum: float = 0.1,
    *,
    dtype: npt.DTypeLike = np.float32,
) -> Layer:
    """Batch normalisation, channel by channel: (N, C, H, W) -> the same."""
    one, zero = np.ones(num_features, dtype), np.zeros(num_features, dtype)
    return Layer(
        F.batchnorm_forward,
        F.batchnorm_backward,
        {"weight": one, "bias": zero},
        {"running_mean": zero.copy(), "running_var": one.copy()},
        name="BatchNorm2d",
        training=True,
        momentum=momentum,
        eps=eps,
    )


def BatchNorm1d(
    num_features: int,
    eps: float = 1e-5,
    momentum: float = 0.1,
    *,
    dtype: npt.DTypeLike = np.float32,
) -> Layer:
    """Batch normalisation, feature by feature: (N, C) -> the same."""
    layer = BatchNorm2d(num_features, eps, momentum, dtype=dtype)
    layer.name = "BatchNorm1d"
    return layer


def Dropout(p: float = 0.5, *, rng: Rng = None) -> Layer:
    """Set each value to 0 with probability p while training."""
    options: dict[str, Any] = {"p": p, "training": True, "rng": F.generator(rng)}
    return Layer(F.dropout_forward, F.dropout_backward, name="Dropout", **options)


def Dropout2d(p: float = 0.5, *, rng: Rng = None) -> Layer:
    """Set each whole channel to 0 with probability p while training."""
    options: dict[str, Any] = {"p": p, "training": True, "rng": F.generator(rng)}
    options["per_channel"] = True
    return Layer(F.dropout_forward, F.dropout_backward, name="Dropout2d", **options)


def MaxPool2d(kernel_size: Size, stride: Size | None = None, padding: Size = 0) -> Layer:
    """The largest value of each window; the stride is the window's size unless given."""
    options: dict[str, Any] = {"kernel_size": kernel_size, "stride": stride, "padding": padding}
    return Layer(F.maxpool2d_forward, F.maxpool2d_backward, name="MaxPool2d", **options)


def AvgPool2d(kernel_size: Size, stride: Size | None = None, padding: Size = 0) -> Layer:
    """The mean of each window; the stride is the window's size unless given."""
    options: dict[str, Any] = {"kernel_size": kernel_size, "stride": stride, "padding": padding}
    return Layer(F.avgpool2d_forward, F.avgpool2d_backward, name="AvgPool2d", **options)


def AdaptiveAvgPool2d(output_size: Size = 1) -> Layer:
    """The mean of each channel: (N, C, H, W) -> (N, C, 1, 1). Only size 1, global, is here."""
    if output_size not in (1, (1, 1)):
        raise ValueError(f"output_size is {output_size!r}: only 1, the global average, is here")
    return Layer(F.global_avgpool_forward, F.global_avgpool_backward, name="AdaptiveAvgPool2d")


def ReLU() -> Layer:
    """max(0, x)."""
    return Layer(F.relu_forward, F.relu_backward, name="ReLU")


def LeakyReLU(negative_slope: float = 0.01) -> Layer:
    """x where it is positive, else negative_slope x."""
    functions = F.leaky_relu_forward, F.leaky_relu_backward
    return Layer(*functions, name="LeakyReLU", negative_slope=negative_slope)


def Sigmoid() -> Layer:
    """1 / (1 + exp(-x))."""
    return Layer(F.sigmoid_forward, F.sigmoid_backward, name="Sigmoid")


def Tanh() -> Layer:
    """tanh(x)."""
    return Layer(F.tanh_forward, F.tanh_backward, name="Tanh")


def GELU() -> Layer:
    """x times the normal distribution's Phi(x)."""
    return Layer(F.gelu_forward, F.gelu_backward, name="GELU")


def Flatten() -> Layer:
    """(N, C, H, W) -> (N, C*H*W)."""
    return Layer(F.flatten_forward, F.flatten_backward, name="Flatten")


def ZeroPadShortcut(channels: int, stride: int = 1) -> Layer:
    """Every stride-th pixel, and zeros for the channels that are missing (no parameter)."""
    functions = F.zero_pad_shortcut_forward, F.zero_pad_shortcut_backward
    return Layer(*functions, name="ZeroPadShortcut", channels=channels, stride=stride)


def CrossEntropyLoss() -> Loss:
    """`functional.cross_entropy_loss`: (scores, y) -> (loss, dscores)."""
    return F.cross_entropy_loss


def MSELoss() -> Loss:
    """`functional.mse_loss`: (out, target) -> (loss, dout)."""
    return F.mse_loss


def MultiMarginLoss(*, margin: float = 1.0) -> Loss:
    """`functional.hinge_loss` divided by the number of classes, as PyTorch has it."""

    def loss(scores: Array, y: Array) -> tuple[float, Array]:
        value, dscores = F.hinge_loss(scores, y, margin)
        return value / scores.shape[1], dscores / scores.shape[1]

    return loss


def _draw(
    shape: tuple[int, ...], bias: bool, rng: Rng, init: Initialiser, dtype: npt.DTypeLike
) -> dict[str, Array]:
    """Draw a weight of this shape and, if wanted, one bias for each of its rows."""
    for size in shape:
        if size < 1:
            raise ValueError(f"a weight of shape {shape} is empty: every size must be at least 1")
    rng = F.generator(rng)
    params = {"weight": init(shape, rng).astype(dtype)}
    if bias:
        bound = 1 / np.sqrt(_initialise.fans(shape)[0])
        params["bias"] = rng.uniform(-bound, bound, shape[0]).astype(dtype)
    return params
