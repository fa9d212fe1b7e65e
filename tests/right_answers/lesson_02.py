"""Lesson 02, right."""

import numpy as np

from . import right

ID = "numerical_gradient"


@right(ID, "copies")
def _(f, x, eps=1e-5):
    grad = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[index] = eps
        grad[index] = (f(x + step) - f(x - step)) / (2 * eps)
    return grad


@right(ID, "moved and put back")
def _(f, x, eps=1e-5):
    grad = np.empty_like(x)
    for index in np.ndindex(*x.shape):
        old = x[index]
        x[index] = old + eps
        up = f(x)
        x[index] = old - eps
        grad[index] = (up - f(x)) / (2 * eps)
        x[index] = old
    return grad


@right(ID, "rows of an identity")
def _(f, x, eps=1e-5):
    steps = eps * np.eye(x.size).reshape(-1, *x.shape)
    return np.array([f(x + s) - f(x - s) for s in steps]).reshape(x.shape) / (2 * eps)


ID = "linear_forward"


@right(ID, "matrix product")
def _(x, weight, bias):
    return x @ weight.T + bias


@right(ID, "einsum")
def _(x, weight, bias):
    return np.einsum("nd,kd->nk", x, weight) + bias[None]


@right(ID, "loops")
def _(x, weight, bias):
    out = np.zeros((len(x), len(weight)), dtype=x.dtype)
    for n in range(len(x)):
        for k in range(len(weight)):
            out[n, k] = (x[n] * weight[k]).sum() + bias[k]
    return out


ID = "linear_backward"


@right(ID, "matrix products")
def _(dout, x, weight):
    return dout @ weight, dout.T @ x, dout.sum(0)


@right(ID, "einsum")
def _(dout, x, weight):
    dx = np.einsum("nk,kd->nd", dout, weight)
    return dx, np.einsum("nk,nd->kd", dout, x), np.einsum("nk->k", dout)


@right(ID, "sample by sample")
def _(dout, x, weight):
    dx, dweight, dbias = np.zeros_like(x), np.zeros_like(weight), np.zeros_like(dout[0])
    for n in range(len(x)):
        dx[n] = weight.T @ dout[n]
        dweight += np.outer(dout[n], x[n])
        dbias += dout[n]
    return dx, dweight, dbias


ID = "sgd_momentum_step"


@right(ID, "two lines")
def _(weight, grad, velocity, lr, momentum):
    new = momentum * velocity + grad
    return weight - lr * new, new


@right(ID, "copies changed in place")
def _(weight, grad, velocity, lr, momentum):
    weight, velocity = weight.copy(), velocity.copy()
    velocity *= momentum
    velocity += grad
    weight -= lr * velocity
    return weight, velocity


@right(ID, "multiplied out, as a list")
def _(weight, grad, velocity, lr, momentum):
    return [weight - lr * grad - lr * momentum * velocity, grad + velocity * momentum]


ID = "minibatches"


@right(ID, "slices of a permutation")
def _(n, batch_size, rng):
    order = rng.permutation(n)
    return [order[i : i + batch_size] for i in range(0, n, batch_size)]


@right(ID, "split at places")
def _(n, batch_size, rng):
    order = np.arange(n)
    rng.shuffle(order)
    return np.split(order, range(batch_size, n, batch_size))


@right(ID, "a sorted draw, in a tuple")
def _(n, batch_size, rng):
    rest, batches = np.argsort(rng.random(n)), []
    while len(rest):
        batches.append(rest[:batch_size])
        rest = rest[batch_size:]
    return tuple(batches)
