"""Lesson 01: neurons, activations and XOR, wrong."""

import numpy as np

from . import wrong

ID = "neuron_forward"


@wrong(ID, "no-bias")
def _(x, weight, bias, activation):
    out = np.zeros(len(x), dtype=x.dtype)
    for n in range(len(x)):
        for d in range(len(weight)):
            out[n] += x[n, d] * weight[d]
    return activation(out)


@wrong(ID, "bias-subtracted")
def _(x, weight, bias, activation):
    return activation(np.dot(x, weight) - bias)


@wrong(ID, "bias-outside")
def _(x, weight, bias, activation):
    return np.array([activation(row @ weight) + bias for row in x])


@wrong(ID, "bias-on-inputs")
def _(x, weight, bias, activation):
    return activation(((x + bias) * weight).sum(1))


@wrong(ID, "no-activation")
def _(x, weight, bias, activation):
    return np.einsum("nd,d->n", x, weight) + bias


@wrong(ID, "activation-each")
def _(x, weight, bias, activation):
    out = []
    for row in x:
        total = bias
        for value, w in zip(row, weight, strict=True):
            total += activation(value * w)
        out.append(total)
    return np.array(out)


@wrong(ID, "activation-first")
def _(x, weight, bias, activation):
    a = activation(x)
    return np.matmul(a, weight) + bias


@wrong(ID, "mean")
def _(x, weight, bias, activation):
    z = np.mean(x * weight, axis=1) + bias
    return activation(z)


@wrong(ID, "always-sigmoid")
def _(x, weight, bias, activation):
    z = x @ weight + bias
    return np.exp(z) / (1 + np.exp(z))


@wrong(ID, "always-relu")
def _(x, weight, bias, activation):
    z = x @ weight + bias
    z[z < 0] = 0
    return z


@wrong(ID, "no-weights")
def _(x, weight, bias, activation):
    return activation(np.sum(x, axis=-1) + bias)


@wrong(ID, "one-for-all")
def _(x, weight, bias, activation):
    z = np.sum(x * weight) + bias
    return activation(z)


@wrong(ID, "wrong-axis")
def _(x, weight, bias, activation):
    z = (weight * x).sum(0)
    return activation(z + bias)


@wrong(ID, "column")
def _(x, weight, bias, activation):
    return activation(x @ weight.reshape(-1, 1) + bias)


@wrong(ID, "changed-input")
def _(x, weight, bias, activation):
    x *= weight
    return activation(x.sum(axis=1) + bias)


@wrong(ID, "exception")
def _(x, weight, bias, activation):
    return activation(weight @ x + bias)[: len(x), 0]


ID = "activations"


def _four(z, name, **other):
    """The four done right, but for what `other` replaces."""
    z = np.asarray(z)
    if name in other:
        return other[name](z)
    if name == "sigmoid":
        s = 1 / (1 + np.exp(-np.clip(z, -700, 700)))
        return s, s * (1 - s)
    if name == "tanh":
        return np.tanh(z), 1 - np.tanh(z) ** 2
    if name == "relu":
        return np.maximum(0, z), (z > 0) * 1.0
    return np.where(z > 0, z, 0.01 * z), np.where(z > 0, 1.0, 0.01)


@wrong(ID, "sigmoid-overflow")
def _(z, name):
    def sigmoid(z):
        e = np.exp(z)
        s = e / (e + 1)
        return s, s * (1 - s)

    return _four(z, name, sigmoid=sigmoid)


@wrong(ID, "tanh-overflow")
def _(z, name):
    def tanh(z):
        t = (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))
        return t, 1 - t * t

    return _four(z, name, tanh=tanh)


@wrong(ID, "sigmoid-of-input")
def _(z, name):
    return _four(z, name, sigmoid=lambda z: (_four(z, "sigmoid")[0], z - z * z))


@wrong(ID, "sigmoid-twice")
def _(z, name):
    def sigmoid(z):
        return 1 / (1 + np.exp(-z))

    def derivative(z):
        return sigmoid(z) * (1 - sigmoid(z))

    return _four(z, name, sigmoid=lambda z: (sigmoid(z), derivative(sigmoid(z))))


@wrong(ID, "sigmoid-half")
def _(z, name):
    return _four(z, name, sigmoid=lambda z: (_four(z, "sigmoid")[0], 1 - _four(z, "sigmoid")[0]))


@wrong(ID, "sigmoid-sign")
def _(z, name):
    def sigmoid(z):
        s = 1 / (1 + np.exp(z))
        return s, s * (1 - s)

    return _four(z, name, sigmoid=sigmoid)


@wrong(ID, "tanh-not-squared")
def _(z, name):
    return _four(z, name, tanh=lambda z: (np.tanh(z), 1 - np.tanh(z)))


@wrong(ID, "tanh-of-input")
def _(z, name):
    return _four(z, name, tanh=lambda z: (np.tanh(z), 1 - np.power(z, 2)))


@wrong(ID, "tanh-as-sigmoid")
def _(z, name):
    def tanh(z):
        t = np.tanh(z)
        return t, t - t**2

    return _four(z, name, tanh=tanh)


@wrong(ID, "relu-at-zero")
def _(z, name):
    def relu(z):
        slope = np.ones_like(z)
        slope[z < 0] = 0
        return z * slope, slope

    return _four(z, name, relu=relu)


@wrong(ID, "leaky-at-zero")
def _(z, name):
    def leaky(z):
        slope = np.ones_like(z)
        slope[z < 0] = 0.01
        return z * slope, slope

    return _four(z, name, leaky_relu=leaky)


@wrong(ID, "relu-of-value")
def _(z, name):
    return _four(z, name, relu=lambda z: (z.clip(0), z.clip(0)))


@wrong(ID, "relu-absolute")
def _(z, name):
    def relu(z):
        out = z.copy()
        out[z < 0] *= -1
        return out, np.sign(z)

    return _four(z, name, relu=relu)


@wrong(ID, "leaky-is-relu")
def _(z, name):
    return _four(z, name, leaky_relu=lambda z: _four(z, "relu"))


@wrong(ID, "leaky-flat")
def _(z, name):
    return _four(z, name, leaky_relu=lambda z: (np.maximum(z, 0.01 * z), (z > 0).astype(z.dtype)))


@wrong(ID, "leaky-constant")
def _(z, name):
    def leaky(z):
        out = z.copy()
        out[z <= 0] = 0.01
        return out, np.where(z > 0, 1.0, 0.01)

    return _four(z, name, leaky_relu=leaky)


@wrong(ID, "leaky-slope")
def _(z, name):
    return _four(z, name, leaky_relu=lambda z: (np.maximum(z, 0.1 * z), np.where(z > 0, 1, 0.1)))


@wrong(ID, "swapped")
def _(z, name):
    value, derivative = _four(z, name)
    return derivative, value


@wrong(ID, "only-first-branch")
def _(z, name):
    if name == "sigmoid" or "tanh" or "relu":  # noqa: SIM222 - the learner's mistake
        return _four(z, "sigmoid")
    return _four(z, name)


@wrong(ID, "wrong-dtype")
def _(z, name):
    value, derivative = _four(z, name)
    return value, derivative > 0 if name == "relu" else derivative


@wrong(ID, "wrong-type")
def _(z, name):
    return _four(z, name)[0]


@wrong(ID, "changed-input")
def _(z, name):
    if name == "relu":
        z[z < 0] = 0
        return z, (z > 0) * 1.0
    return _four(z, name)


ID = "xor_by_hand"


@wrong(ID, "columns")
def _():
    # hidden 0 counts the inputs, hidden 1 counts double and waits for both
    weight1 = np.array([[1, 3], [1, 3]])
    return weight1, np.array([0, -3]), np.array([1, -1]), -0.5


@wrong(ID, "step-units")
def _():
    weight1 = np.ones((2, 2))
    bias1 = np.array([-0.5, -1.5])
    return weight1, bias1, np.array([1.0, -1.0]), -0.5


@wrong(ID, "thresholds")
def _():
    return [[1, 1], [1, 1]], [0, 1], [1, -2], 0.25


@wrong(ID, "fires-at-zero")
def _():
    return np.array([[1, -1], [-1, 1]]), np.array([0, 0]), np.array([1, 1]), -1


@wrong(ID, "above-half")
def _():
    return np.array([[1, 1], [1, 1]]), np.array([0.25, -0.75]), np.array([1, -2]), 0.0


@wrong(ID, "xnor")
def _():
    return np.array([[1, -1], [-1, 1]]), np.zeros(2), np.array([-1, -1]), 0.5


@wrong(ID, "or")
def _():
    return np.eye(2), np.zeros(2), np.ones(2), 0.0


@wrong(ID, "and")
def _():
    return np.array([[1, 1], [0, 0]]), np.array([-1.5, 0]), np.array([1, 0]), 0.0


@wrong(ID, "nand")
def _():
    return np.eye(2), np.zeros(2), -np.ones(2), 1.5


@wrong(ID, "one-input")
def _():
    return np.array([[1.0, 0.0], [1.0, 0.0]]), np.zeros(2), np.array([2.0, 1.0]), -0.5


@wrong(ID, "half-xor")
def _():
    return np.array([[1.0, -1.0], [1.0, -1.0]]), np.zeros(2), np.array([2.0, 1.0]), -0.5


@wrong(ID, "silent")
def _():
    return np.zeros((2, 2)), np.zeros(2), np.zeros(2), 0.0


@wrong(ID, "always")
def _():
    return np.ones((2, 2)), np.ones(2), np.ones(2), 1.0


@wrong(ID, "wrong-shape")
def _():
    return np.ones((2, 2)), np.zeros((2, 1)), np.array([1.0, -2.0]), -0.5


@wrong(ID, "wrong-type")
def _():
    return np.ones((2, 2)), np.zeros(2), np.array([1.0, -2.0])


@wrong("question_bias", "answer-a")
def _():
    return "a"


@wrong("question_bias", "answer-b")
def _():
    return "b"


@wrong("question_bias", "answer-d")
def _():
    return "d"


@wrong("question_dead_relu", "answer-b")
def _():
    return "b"


@wrong("question_dead_relu", "answer-c")
def _():
    return "c"


@wrong("question_dead_relu", "answer-d")
def _():
    return "d"


@wrong("question_linear_stack", "answer-a")
def _():
    return "a"


@wrong("question_linear_stack", "answer-b")
def _():
    return "b"


@wrong("question_linear_stack", "answer-c")
def _():
    return "c"
