"""The right answers: what each exercise's result is compared with.

They are written apart from `course.functional`, so that a slip there is not taken for the truth
here; a test holds both against PyTorch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any

import numpy as np

from .values import Unusable

Array = np.ndarray[Any, Any]
POINTS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float64)


def to_unit_range(image: Array) -> Array:
    """Bytes 0..255 to float32 in [0, 1]: image / 255."""
    return image.astype(np.float32) / np.float32(255)


def neuron_forward(x: Array, weight: Array, bias: float, activation: Callable[..., Any]) -> Array:
    """activation(x @ weight + bias): x (N, D), weight (D,) -> (N,)."""
    return np.asarray(activation(x @ weight + np.asarray(bias, dtype=x.dtype)))


def activations(z: Array, name: str) -> tuple[Array, Array]:
    """Value and derivative of the activation `name` at every element of z."""
    if name == "sigmoid":
        small = np.exp(-np.abs(z))  # never above 1, so it cannot overflow
        value = np.where(z >= 0, 1 / (1 + small), small / (1 + small))
        return value, value * (1 - value)
    if name == "tanh":
        value = np.tanh(z)
        return value, 1 - value * value
    slope = {"relu": 0.0, "leaky_relu": 0.01}[name]
    derivative = np.where(z > 0, 1.0, slope).astype(z.dtype)
    return z * derivative, derivative


def xor_by_hand() -> tuple[Array, Array, Array, float]:
    """One of the many right networks: (a OR b) minus twice (a AND b)."""
    weight1 = np.array([[1.0, 1.0], [1.0, 1.0]])
    return weight1, np.array([0.0, -1.0]), np.array([1.0, -2.0]), -0.5


def network_output(parts: tuple[Array, ...], points: Array = POINTS) -> Array:
    """relu(points W1^T + b1) w2 + b2: one number a point; the unit fires where it is above 0."""
    weight1, bias1, weight2, bias2 = (np.asarray(part, dtype=np.float64) for part in parts)
    hidden = np.maximum(points @ weight1.T + bias1, 0)
    return np.asarray(hidden @ weight2 + bias2)


def fires(parts: tuple[Array, ...]) -> Array:
    """1 where the network fires, for the points 00, 01, 10, 11."""
    return np.asarray(network_output(parts) > 1e-9, dtype=np.int64)


def fires_in_words(parts: tuple[Array, ...]) -> str:
    """The hidden values and the output at each point, as a learner would write them down."""
    weight1, bias1, weight2, bias2 = (np.asarray(part, dtype=np.float64) for part in parts)
    hidden = np.maximum(POINTS @ weight1.T + bias1, 0)
    out, wanted = hidden @ weight2 + bias2, (0, 1, 1, 0)
    lines = []
    for (a, b), (h0, h1), value, should in zip(POINTS, hidden, out, wanted, strict=True):
        says, right = ("silent", "fires")[int(value > 1e-9)], ("silent", "fires")[should]
        verdict = "right" if says == right else f"should be: {right}"
        lines.append(
            f"  point {a:.0f}{b:.0f}: hidden {h0:6.3g} {h1:6.3g}, output {value:7.3g} -> "
            f"{says} ({verdict})"
        )
    return "\n".join(lines)


def conv_output_size(size: int, kernel_size: int, stride: int = 1, padding: int = 0) -> int:
    """Places where the window fits: (size + 2 padding - kernel_size) // stride + 1."""
    if stride < 1:
        raise ValueError(f"stride must be at least 1, not {stride}")
    if kernel_size > size + 2 * padding:
        raise ValueError(f"a window of {kernel_size} does not fit into {size} + 2 x {padding}")
    return (size + 2 * padding - kernel_size) // stride + 1


def windows(
    x: Array, kernel_size: tuple[int, int], stride: int, padding: int, dilation: int = 1
) -> Array:
    """Every window of x as a view: (N, C, OH, OW, R, S)."""
    r, s = kernel_size
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    reach = (dilation * (r - 1) + 1, dilation * (s - 1) + 1)
    every = np.lib.stride_tricks.sliding_window_view(padded, reach, axis=(2, 3))
    return every[:, :, ::stride, ::stride, ::dilation, ::dilation]


def dilated_conv2d(
    x: Array, weight: Array, bias: Array, stride: int = 1, padding: int = 0, dilation: int = 1
) -> Array:
    """out[n,k,i,j] = bias[k] + sum over c,u,v of weight[k,c,u,v] times the dilated window."""
    r, s = weight.shape[2:]
    view = windows(x, (r, s), stride, padding, dilation)
    out = np.einsum("ncijuv,kcuv->nkij", view, weight, optimize=True)
    return np.asarray(out + bias[:, None, None])


def conv2d_forward_loops(
    x: Array, weight: Array, bias: Array, stride: int = 1, padding: int = 0
) -> Array:
    """The plain convolution layer: dilation 1."""
    return dilated_conv2d(x, weight, bias, stride, padding)


def conv2d_backward_loops(
    dout: Array, x: Array, weight: Array, stride: int = 1, padding: int = 0
) -> tuple[Array, Array, Array]:
    """dx, dweight, dbias: each filter position hands its gradient back to its window."""
    (_n, _c, h, w), (r, s) = x.shape, weight.shape[2:]
    oh, ow = dout.shape[2:]
    view = windows(x, (r, s), stride, padding)
    dweight = np.einsum("nkij,ncijuv->kcuv", dout, view, optimize=True)
    dpadded = np.zeros((*x.shape[:2], h + 2 * padding, w + 2 * padding), dtype=x.dtype)
    for u in range(r):
        for v in range(s):
            share = np.einsum("nkij,kc->ncij", dout, weight[:, :, u, v], optimize=True)
            dpadded[:, :, u : u + stride * oh : stride, v : v + stride * ow : stride] += share
    dx = dpadded[:, :, padding : padding + h, padding : padding + w]
    return dx, dweight, dout.sum(axis=(0, 2, 3))


def im2col(x: Array, kernel_size: tuple[int, int], stride: int = 1, padding: int = 0) -> Array:
    """Every window as a column: (N, C*R*S, OH*OW), rows in the order c, u, v."""
    view = windows(x, kernel_size, stride, padding)
    n, c, oh, ow, r, s = view.shape
    columns = np.array(view.transpose(0, 1, 4, 5, 2, 3), order="C")  # an array of its own
    return columns.reshape(n, c * r * s, oh * ow)


def numerical_gradient(f: Callable[[Array], float], x: Array, eps: float = 1e-5) -> Array:
    """Central differences: (f(x + eps e) - f(x - eps e)) / (2 eps) for every element."""
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += eps
        down[index] -= eps
        grad[index] = (float(f(up)) - float(f(down))) / (2 * eps)
    return grad


def linear_forward(x: Array, weight: Array, bias: Array) -> Array:
    """x (N, D), weight (K, D), bias (K,) -> (N, K)."""
    return np.asarray(np.einsum("nd,kd->nk", x, weight) + bias)


def linear_backward(dout: Array, x: Array, weight: Array) -> tuple[Array, Array, Array]:
    """dx (N, D), dweight (K, D), dbias (K,) from dout (N, K)."""
    dx, dweight = np.einsum("nk,kd->nd", dout, weight), np.einsum("nk,nd->kd", dout, x)
    return dx, dweight, dout.sum(axis=0)


def sgd_momentum_step(
    weight: Array, grad: Array, velocity: Array, lr: float, momentum: float
) -> tuple[Array, Array]:
    """v = momentum v + grad; w = w - lr v, as new arrays."""
    velocity = momentum * velocity + grad
    return weight - lr * velocity, velocity


def minibatches(n: int, batch_size: int, rng: np.random.Generator) -> list[Array]:
    """Every index 0 ... n-1 once, in random order, in pieces of batch_size."""
    order = rng.permutation(n)
    return [order[first : first + batch_size] for first in range(0, n, batch_size)]


def batches_as_rows(batches: Any, inputs: Mapping[str, Any]) -> Array:
    """Index arrays of different lengths as one array, a row each, filled up with -1.

    batches: any iterable of them, a generator too; one without end is cut off.
    """
    if not isinstance(batches, Iterable) or isinstance(batches, str | dict):
        raise Unusable("batches should be a list of index arrays, one for each batch")
    rows = [np.asarray(row) for row in islice(batches, 2 * inputs["n"] + 2)]
    if any(row.ndim != 1 or (row.size and row.dtype.kind not in "iu") for row in rows):
        raise Unusable("batches should hold arrays of whole numbers, one axis each")
    widest = max((row.size for row in rows), default=0)
    full = np.full((len(rows), widest), -1)
    for line, row in zip(full, rows, strict=True):
        line[: row.size] = row
    return full


def epoch_seen(parts: tuple[Array, ...]) -> Array:
    """What is the same for every right epoch, whatever its order.

    The sizes of the batches (64 places), how many different samples came, whether they are just
    0 ... n-1, and whether ten or more stand in their old order, which chance hardly does.
    """
    batches = np.atleast_2d(parts[0])
    used = batches[batches >= 0]
    sizes = np.zeros(64)
    sizes[: len(batches)] = (batches >= 0).sum(axis=1)[:64]
    kinds = np.unique(used)
    whole = np.array_equal(kinds, np.arange(used.size))
    old_order = used.size >= 10 and bool((np.diff(used) > 0).all())
    return np.concatenate([sizes, [kinds.size, int(whole), int(old_order)]])


def epoch_in_words(parts: tuple[Array, ...]) -> str:
    """The sizes of the batches, for messages."""
    sizes = (np.atleast_2d(parts[0]) >= 0).sum(axis=1)
    return f"batch sizes: {', '.join(str(size) for size in sizes)}"
