"""Other NumPy libraries' convolutions behind one interface, for those that are installed.

    pip install numpy-ml mpneuralnetwork cranet graphviz autograd

A peer is a function (x, weight, bias, dout, stride, padding) -> step, and step() runs forward and
backward once and returns the gradient by x, (N, C, H, W). What it must rearrange to fit another
layout of the axes is done beforehand and not timed.
"""

from __future__ import annotations

import collections
import collections.abc
import importlib.metadata
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

SLOW = 0.5  # seconds a step: no peer that takes longer is the fastest of its row

Step = Callable[[], Any]
Peer = Callable[..., Step]


def numpy_ml(x: Any, weight: Any, bias: Any, dout: Any, stride: int, padding: int) -> Step:
    from numpy_ml.neural_nets.layers import Conv2D

    layer = Conv2D(len(weight), weight.shape[2:], pad=padding, stride=stride)
    image = np.ascontiguousarray(x.transpose(0, 2, 3, 1))  # this library wants channels last
    upstream = np.ascontiguousarray(dout.transpose(0, 2, 3, 1))
    layer.forward(image)  # makes the parameters
    layer.parameters["W"] = np.ascontiguousarray(weight.transpose(2, 3, 1, 0))
    layer.parameters["b"] = bias.reshape(layer.parameters["b"].shape)

    def step() -> Any:
        layer.flush_gradients()
        layer.forward(image)
        dx = layer.backward(upstream)
        return np.asarray(dx[0] if isinstance(dx, list) else dx).transpose(0, 3, 1, 2)

    return step


def mpneuralnetwork(x: Any, weight: Any, bias: Any, dout: Any, stride: int, padding: int) -> Step:
    from mpneuralnetwork.layers.layer2d import Convolutional

    layer = Convolutional(
        len(weight), weight.shape[2], x.shape[1:], "he", padding=padding, stride=stride
    )
    layer.kernels, layer.biases = weight, bias

    def step() -> Any:
        layer.forward(x)
        return layer.backward(dout)

    return step


def cranet(x: Any, weight: Any, bias: Any, dout: Any, stride: int, padding: int) -> Step:
    from cranet import Tensor
    from cranet.nn.functional import conv2d

    upstream = Tensor(dout)

    def step() -> Any:
        tensors = [Tensor(array, requires_grad=True) for array in (x, weight, bias)]
        out = conv2d(*tensors, stride=stride, padding=padding)
        (out * upstream).sum().backward()
        return tensors[0].grad.numpy()

    return step


def autograd(x: Any, weight: Any, bias: Any, dout: Any, stride: int, padding: int) -> Step:
    import autograd.numpy as anp
    from autograd import make_vjp
    from autograd.scipy.signal import convolve

    frame = ((0, 0), (0, 0), (padding, padding), (padding, padding))

    def conv(x: Any, weight: Any, bias: Any) -> Any:
        flipped = weight[:, :, ::-1, ::-1]  # a true convolution turns the filter round
        axes = {"axes": ([2, 3], [2, 3]), "dot_axes": ([1], [1])}
        out = convolve(anp.pad(x, frame, mode="constant"), flipped, mode="valid", **axes)
        return out[:, :, ::stride, ::stride] + bias[None, :, None, None]

    def step() -> Any:
        return [make_vjp(conv, place)(x, weight, bias)[0](dout) for place in (1, 2, 0)][-1]

    return step


def installed() -> dict[str, Peer]:
    """The peers that can be imported here, with their versions in the name."""
    for name in ("Hashable", "Mapping", "Sequence"):  # numpy-ml and cranet predate Python 3.10
        setattr(collections, name, getattr(collections.abc, name))
    found: dict[str, Peer] = {}
    for distribution, peer in (
        ("numpy-ml", numpy_ml),
        ("mpneuralnetwork", mpneuralnetwork),
        ("cranet", cranet),
        ("autograd", autograd),
    ):
        try:
            found[f"{distribution} {importlib.metadata.version(distribution)}"] = peer
        except importlib.metadata.PackageNotFoundError:
            print(f"{distribution} is not installed and is left out: pip install {distribution}")
    return found


def steps(
    x: Any, weight: Any, bias: Any, dout: Any, stride: int, padding: int, dx: Any
) -> dict[str, Step]:
    """The steps of those peers that run on this row and get its dx right; says which do not."""
    right: dict[str, Step] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, peer in installed().items():
            try:
                step = peer(x, weight, bias, dout, stride, padding)
                step()
                start = time.perf_counter()
                got = step()
                seconds = time.perf_counter() - start
            except Exception as error:  # a peer may fail in its own way: that is its result
                print(f"{name} fails here: {type(error).__name__}: {error}")
                continue
            if not np.allclose(got, dx, rtol=1e-2, atol=1e-2 * np.abs(dx).max()):
                print(f"{name} gives another gradient here and is left out")
                continue
            if seconds > SLOW:
                print(f"{name} takes {seconds:.1f} s here: too slow to be the fastest, left out")
                continue
            right[name] = step
    return right
