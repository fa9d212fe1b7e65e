"""Other NumPy libraries' layers behind one interface, for those that are installed.

    pip install numpy-ml mpneuralnetwork cranet graphviz autograd

A peer of a layer is a function (arrays, settings) -> step, and step() runs forward and backward
once and returns the gradient by x, (N, C, H, W); a network's step is one of training and returns
its loss. What must be rearranged to fit another layout of the axes is so beforehand, not timed.
"""

from __future__ import annotations

import collections
import collections.abc
import functools
import importlib.metadata
from collections.abc import Callable
from typing import Any

import numpy as np

SLOW = 0.5  # seconds a step: no peer that takes longer is the fastest of its row

Step = Callable[[], Any]
Peer = Callable[..., Step]
Peers = dict[str, Peer | str]  # by distribution; in words why one is not tried
LeftOut = dict[str, float | str]  # who is not measured: seconds of a step, or in words why
RATE, MOMENTUM = 0.01, 0.9  # of SGD, ours and every peer's


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
    from autograd.scipy.signal import convolve

    frame = ((0, 0), (0, 0), (padding, padding), (padding, padding))

    def conv(x: Any, weight: Any, bias: Any) -> Any:
        flipped = weight[:, :, ::-1, ::-1]  # a true convolution turns the filter round
        axes = {"axes": ([2, 3], [2, 3]), "dot_axes": ([1], [1])}
        out = convolve(anp.pad(x, frame, mode="constant"), flipped, mode="valid", **axes)
        return out[:, :, ::stride, ::stride] + bias[None, :, None, None]

    return autograd_layer(conv, dout, x, weight, bias)


def channels_last(array: Any) -> Any:
    return np.ascontiguousarray(array.transpose(0, 2, 3, 1))


def numpy_ml_layer(layer: Any, x: Any, dout: Any) -> Step:
    image, upstream = channels_last(x), channels_last(dout)

    def step() -> Any:
        layer.flush_gradients()
        layer.forward(image)
        return layer.backward(upstream).transpose(0, 3, 1, 2)

    return step


def numpy_ml_pool(kind: str, x: Any, dout: Any, size: int, stride: int) -> Step:
    from numpy_ml.neural_nets.layers import Pool2D

    return numpy_ml_layer(Pool2D((size, size), stride, mode=kind), x, dout)


def numpy_ml_batchnorm(x: Any, weight: Any, bias: Any, dout: Any) -> Step:
    from numpy_ml.neural_nets.layers import BatchNorm2D

    layer = BatchNorm2D()
    layer.forward(channels_last(x))  # makes the parameters
    layer.parameters |= {"scaler": weight, "intercept": bias}
    return numpy_ml_layer(layer, x, dout)


def numpy_ml_net(start: list[Any], x: Any, y: Any) -> Step:
    from numpy_ml.neural_nets.layers import (
        Add,
        BatchNorm2D,
        Conv2D,
        Flatten,
        FullyConnected,
        Pool2D,
        Softmax,
    )
    from numpy_ml.neural_nets.losses import CrossEntropy
    from numpy_ml.neural_nets.optimizers import SGD

    def sgd() -> Any:  # one for each layer: it knows parameters by their names alone
        return SGD(lr=RATE, momentum=MOMENTUM)

    net: list[Any] = []
    for out in (16, 32):
        net += [Conv2D(out, (3, 3), pad=1, optimizer=sgd()), BatchNorm2D(optimizer=sgd())]
        net += [Add("ReLU"), Pool2D((2, 2), 2)]  # a sum of one, since it can have an activation
    net += [Flatten(), FullyConnected(10, optimizer=sgd())]
    image, wanted, softmax, loss = channels_last(x), np.eye(10)[y], Softmax(), CrossEntropy()

    def forward() -> Any:
        out = image
        for layer in net:
            out = layer.forward([out] if isinstance(layer, Add) else out)
        return softmax.forward(out, retain_derived=False)

    def step() -> Any:
        found = forward()
        dout = loss.grad(wanted, found) / len(y)
        for layer in reversed(net):
            dout = layer.backward(dout)
            dout = dout[0] if isinstance(layer, Add) else dout
        for layer in net:
            layer.update()
        return loss(wanted, found) / len(y)

    forward()  # makes the parameters
    arrays = iter(start)
    for layer in net:
        layer.flush_gradients()
        for name in layer.gradients:  # W and b, or scaler and intercept
            array, old = next(arrays), layer.parameters[name]
            if isinstance(layer, FullyConnected) and name == "W":  # over (H, W, C) here
                array = array.reshape(10, 32, 7, 7).transpose(2, 3, 1, 0)
            elif name == "W":
                array = array.transpose(2, 3, 1, 0)
            layer.parameters[name] = np.ascontiguousarray(array).reshape(old.shape)
    return step


def mpneuralnetwork_layer(layer: Any, x: Any, dout: Any) -> Step:
    def step() -> Any:
        layer.forward(x)
        return layer.backward(dout)

    return step


def mpneuralnetwork_pool(kind: str, x: Any, dout: Any, size: int, stride: int) -> Step:
    from mpneuralnetwork.layers import AveragePooling2D, MaxPooling2D

    pool = {"max": MaxPooling2D, "average": AveragePooling2D}[kind]
    return mpneuralnetwork_layer(pool(size, stride), x, dout)


def mpneuralnetwork_batchnorm(x: Any, weight: Any, bias: Any, dout: Any) -> Step:
    from mpneuralnetwork.layers import BatchNormalization2D

    layer = BatchNormalization2D(epsilon=1e-5)
    layer.build(x.shape[1:])
    layer.load_params({"gamma": weight[:, None, None], "beta": bias[:, None, None]})
    return mpneuralnetwork_layer(layer, x, dout)


def mpneuralnetwork_net(start: list[Any], x: Any, y: Any) -> Step:
    from mpneuralnetwork.activations import ReLU
    from mpneuralnetwork.layers import (
        BatchNormalization2D,
        Convolutional,
        Dense,
        Flatten,
        MaxPooling2D,
    )
    from mpneuralnetwork.losses import CategoricalCrossEntropy
    from mpneuralnetwork.optimizers import SGD

    net: list[Any] = []
    for out in (16, 32):
        net += [Convolutional(out, 3, initialization="he", padding=1)]
        net += [BatchNormalization2D(epsilon=1e-5), ReLU(), MaxPooling2D(2)]
    net += [Flatten(), Dense(10, initialization="he")]
    arrays, shape = iter(start), x.shape[1:]
    for layer in net:
        layer.build(shape)
        shape = layer.output_shape
        for old, _ in layer.params.values():  # in our order; Dense has (inputs, outputs)
            array = next(arrays)
            old[...] = (array.T if isinstance(layer, Dense) else array).reshape(old.shape)
    sgd = SGD(RATE, weight_decay=0.0, momentum=MOMENTUM)
    wanted, loss = np.eye(10, dtype="f4")[y], CategoricalCrossEntropy()

    def step() -> Any:
        out = x
        for layer in net:
            out = layer.forward(out)
        dout = loss.prime(out, wanted)
        for layer in reversed(net):
            dout = layer.backward(dout)
        sgd.step(net)
        return loss.direct(out, wanted)

    return step


def cranet_layer(forward: Callable[..., Any], dout: Any, *arrays: Any) -> Step:
    from cranet import Tensor

    def step() -> Any:
        tensors = [Tensor(array, requires_grad=True) for array in arrays]
        forward(*tensors).backward(Tensor(dout))
        return tensors[0].grad.numpy()

    return step


def cranet_pool(_: str, x: Any, dout: Any, size: int, stride: int) -> Step:
    from cranet.nn.functional import max_pool2d

    return cranet_layer(lambda x: max_pool2d(x, size, stride), dout, x)


def cranet_batchnorm(x: Any, weight: Any, bias: Any, dout: Any) -> Step:
    from cranet.nn.functional import batch_norm

    return cranet_layer(
        lambda x, weight, bias: batch_norm(x, None, None, weight, bias, training=True),
        dout, x, weight, bias,
    )  # fmt: skip


def autograd_layer(forward: Callable[..., Any], dout: Any, *arrays: Any) -> Step:
    from autograd import make_vjp

    vjp = make_vjp(forward, tuple(range(len(arrays))))
    return lambda: vjp(*arrays)[0](dout)[0]


def autograd_pool(kind: str, x: Any, dout: Any, size: int, stride: int) -> Step:
    """As its examples pool, where windows do not overlap; else with one slice a window's place."""
    import autograd.numpy as anp

    n, c, h, w = dout.shape

    def blocks(x: Any) -> Any:
        x = anp.reshape(x, (n, c, h, size, w, size))
        return anp.max(x, axis=(3, 5)) if kind == "max" else anp.mean(x, axis=(3, 5))

    def slices(x: Any) -> Any:
        places = [
            x[:, :, i : i + stride * h : stride, j : j + stride * w : stride]
            for i in range(size)
            for j in range(size)
        ]
        return functools.reduce(anp.maximum, places) if kind == "max" else sum(places) / size**2

    return autograd_layer(blocks if size == stride else slices, dout, x)


def autograd_batchnorm(x: Any, weight: Any, bias: Any, dout: Any) -> Step:
    import autograd.numpy as anp

    def forward(x: Any, weight: Any, bias: Any) -> Any:
        mean, var = (f(x, axis=(0, 2, 3), keepdims=True) for f in (anp.mean, anp.var))
        scaled = (x - mean) / anp.sqrt(var + 1e-5) * weight[:, None, None]
        return scaled + bias[:, None, None]

    return autograd_layer(forward, dout, x, weight, bias)


NONE = "no such layer"
CONVS: Peers = {
    "numpy-ml": numpy_ml,
    "mpneuralnetwork": mpneuralnetwork,
    "cranet": cranet,
    "autograd": autograd,
}
MAX_POOLS: Peers = {
    "numpy-ml": numpy_ml_pool,
    "mpneuralnetwork": mpneuralnetwork_pool,
    "cranet": cranet_pool,
    "autograd": autograd_pool,
}
POOLS = {"max": MAX_POOLS, "average": MAX_POOLS | {"cranet": NONE}}
NORMS: Peers = {
    "numpy-ml": numpy_ml_batchnorm,
    "mpneuralnetwork": mpneuralnetwork_batchnorm,
    "cranet": cranet_batchnorm,
    "autograd": autograd_batchnorm,
}
NETS: Peers = {
    "numpy-ml": numpy_ml_net,
    "mpneuralnetwork": mpneuralnetwork_net,
    "cranet": "no end in ten minutes",  # goes back along every path of the graph, one by one
    "autograd": "has no layers",
}


def installed() -> list[str]:
    """The libraries that are here, with their versions in the name."""
    for name in ("Hashable", "Mapping", "Sequence"):  # numpy-ml and cranet predate Python 3.10
        setattr(collections, name, getattr(collections.abc, name))
    found = []
    for distribution in CONVS:
        try:
            found.append(f"{distribution} {importlib.metadata.version(distribution)}")
        except importlib.metadata.PackageNotFoundError:
            print(f"{distribution} is not installed and is left out: pip install {distribution}")
    return found


def in_words(why: float | str) -> str:
    """Why a peer is not measured."""
    return why if isinstance(why, str) else f"slower than {SLOW} s: {why:.2f} s"
