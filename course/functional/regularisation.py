"""Layers that act differently in training: batch normalisation and dropout."""

from __future__ import annotations

import math

import numpy as np

from ._arguments import Array, Cache
from ._random import Rng, generator


def batchnorm_forward(
    x: Array,
    weight: Array,
    bias: Array,
    running_mean: Array,
    running_var: Array,
    training: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> tuple[Array, Cache, tuple[Array, Array]]:
    """Give every channel mean 0 and variance 1 over the batch, then a learned scale and shift.

    mean[c] = average of x[:, c],   var[c] = average of (x[:, c] - mean[c])**2
    out[:, c] = weight[c] (x[:, c] - mean[c]) / sqrt(var[c] + eps) + bias[c]

    x             (N, C) or (N, C, H, W): the average runs over all axes but the second
    weight, bias  (C,)  gamma and beta in the paper
    running_mean, running_var  (C,)  the averages that inference uses in place of the batch's
    momentum      how far the running averages move towards the batch's; their variance is the
                  unbiased one, m / (m - 1) of var, where m numbers were averaged (Bessel)
    returns       out, cache, (running_mean, running_var) after this batch: new arrays

    Raises ValueError where channels differ, or training sees only one number a channel.
    Source: Ioffe and Szegedy, 2015, Algorithms 1 and 2.
    """
    _expect_norm(x, weight, bias, running_mean, running_var)
    flat = x.reshape(*x.shape[:2], math.prod(x.shape[2:]))  # (N, C, L)
    m = flat.shape[0] * flat.shape[2]
    running = (running_mean, running_var)
    if training and m == 1:
        raise ValueError(
            f"x has shape {x.shape}, one number a channel: its variance is 0 and training cannot "
            "go on; use a larger batch, or eval() mode"
        )
    mean = np.einsum("ncl->c", flat) / max(m, 1) if training else running_mean
    centred = flat - _maps(mean, flat)
    if training:
        drift = np.einsum("ncl->c", centred) / max(m, 1)  # by which rounding missed the mean
        mean, centred = mean + drift, np.subtract(centred, _maps(drift, flat), out=centred)
        var = np.vecdot(centred, centred).sum(axis=0) / max(m, 1)
        if m:
            unbiased = var * (m / (m - 1))
            running = tuple(
                (old + momentum * (new - old)).astype(old.dtype)
                for old, new in zip(running, (mean, unbiased), strict=True)
            )
    else:
        var = running_var
    inv_std = 1 / np.sqrt(var + float(eps))
    out = centred * _maps(weight * inv_std, flat)
    out += _maps(bias, flat)
    return out.reshape(x.shape), (centred, inv_std, weight, training), running


def batchnorm_backward(dout: Array, cache: Cache) -> tuple[Array, Array, Array]:
    """Return (dx, dweight, dbias) of `batchnorm_forward`.

    with x_hat the normalised x, and all means over the m numbers of one channel:
    dbias   = sum dout
    dweight = sum dout x_hat
    dx      = weight / std (dout - mean(dout) - x_hat mean(dout x_hat))    in training
    dx      = weight / std dout                                            in inference
    """
    centred, inv_std, weight, training = cache
    flat = dout.reshape(centred.shape)
    m = max(1, flat.shape[0] * flat.shape[2])
    dbias = np.einsum("ncl->c", flat)
    dweight = inv_std * np.vecdot(flat, centred).sum(axis=0)
    dx = flat * _maps(scale := weight * inv_std, flat)
    if training:
        dx -= centred * _maps(scale * inv_std * dweight / m, flat)
        dx -= _maps(scale * dbias / m, flat)
    return dx.reshape(dout.shape), dweight, dbias


def _maps(values: Array, flat: Array) -> Array:
    """Write a number a channel, (C,), into all its pixels, (C, L), or one column where L is large.

    NumPy would spread a column by itself, row by row; with rows of less than a few thousand
    numbers, that takes longer than what is done with them.
    """
    length = flat.shape[2]
    return np.repeat(values[:, None], length if length < 4096 else 1, axis=1)


def _expect_norm(x: Array, *arrays: Array) -> None:
    """Raise unless x has two or four axes, and every other array one number a channel."""
    if x.ndim not in (2, 4):
        raise ValueError(f"x has shape {x.shape}: (N, C) or (N, C, H, W) is needed")
    for name, array in zip(("weight", "bias", "running_mean", "running_var"), arrays, strict=True):
        if array.shape != (x.shape[1],):
            raise ValueError(
                f"x has {x.shape[1]} channels but {name} has shape {array.shape}: "
                f"it must be ({x.shape[1]},)"
            )


def dropout_forward(
    x: Array,
    p: float = 0.5,
    training: bool = True,
    rng: Rng = None,
    per_channel: bool = False,
) -> tuple[Array, Cache]:
    """Silence each value with probability p; make up for it by enlarging the others.

    out = x keep / (1 - p),  keep = 1 with probability 1 - p, else 0      in training
    out = x                                                               in inference

    x    any shape; with ``per_channel`` (N, C, ...), and a channel is kept or dropped whole
    p    probability to *drop*, as in PyTorch; Srivastava et al. write p for that to keep
    rng  a generator, a seed, or None for the course's own generator

    Because of the division ("inverted" dropout) the expected output is x in both modes.

    Raises ValueError unless 0 <= p <= 1.
    Source: Srivastava et al., 2014, sections 4 and 10; per channel: Tompson et al., 2015.
    """
    if not 0 <= p <= 1:
        raise ValueError(f"p is {p}: the probability to drop a value must be from 0 to 1")
    if not training or p == 0:
        return x.copy(), (None,)
    shape = (*x.shape[:2], *(1 for _ in x.shape[2:])) if per_channel else x.shape
    keep = (generator(rng).random(shape) >= p).astype(x.dtype)
    if p < 1:
        keep /= 1 - p
    return x * keep, (keep,)


def dropout_backward(dout: Array, cache: Cache) -> Array:
    """Send the gradient through the values that were kept, enlarged as they were."""
    (keep,) = cache
    return dout.copy() if keep is None else dout * keep
