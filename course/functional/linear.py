"""The fully connected layer and the flattening before it."""

from __future__ import annotations

import numpy as np

from ._arguments import Array, Cache, expect_shape
from ._threads import one_blas_thread


def linear_forward(x: Array, weight: Array, bias: Array | None = None) -> tuple[Array, Cache]:
    """Give each of K units its own weighted sum of all D inputs.

    out[n, k] = sum_d x[n, d] weight[k, d] + bias[k]

    x       (N, D)   one row an image
    weight  (K, D)   one row a unit
    bias    (K,)     or None
    out     (N, K)

    Raises ValueError where the widths D or the numbers of units K differ.
    """
    expect_shape(x, "x", "N D")
    expect_shape(weight, "weight", "K D")
    if x.shape[1] != weight.shape[1]:
        raise ValueError(
            f"x has {x.shape[1]} features but weight, of shape {weight.shape}, expects "
            f"{weight.shape[1]}: weight must be (units, {x.shape[1]})"
        )
    expect_bias(bias, weight)
    with one_blas_thread():
        out = x @ weight.T  # (N, K)
    if bias is not None:
        out += bias
    return out, (x, weight, bias)


def linear_backward(dout: Array, cache: Cache) -> tuple[Array, Array, Array | None]:
    """Return (dx, dweight, dbias) of `linear_forward`; dbias is None where there was no bias.

    dx[n, d]      = sum_k dout[n, k] weight[k, d]
    dweight[k, d] = sum_n dout[n, k] x[n, d]
    dbias[k]      = sum_n dout[n, k]
    """
    x, weight, bias = cache
    with one_blas_thread():
        dx = dout @ weight  # (N, K) @ (K, D)
        dweight = dout.T @ x  # (K, N) @ (N, D)
    return dx, dweight, None if bias is None else dout.sum(axis=0)


def expect_bias(bias: Array | None, weight: Array) -> None:
    """Raise unless ``bias`` is None or holds one number for each of the K rows of ``weight``."""
    if bias is not None and np.shape(bias) != (len(weight),):
        raise ValueError(
            f"bias has shape {np.shape(bias)} but weight has {len(weight)} units: "
            f"bias must have shape ({len(weight)},)"
        )


def flatten_forward(x: Array) -> tuple[Array, Cache]:
    """Lay each image's features out in one row: (N, C, H, W) -> (N, C*H*W)."""
    return x.reshape(len(x), int(np.prod(x.shape[1:]))), (x.shape,)


def flatten_backward(dout: Array, cache: Cache) -> Array:
    """Give the gradient the shape that the input had."""
    (shape,) = cache
    return dout.reshape(shape)
