"""Every layer as a pair of plain functions, and every loss as one.

    out, cache = x_forward(x, ...)          # the cache is what the way back needs
    gradients = x_backward(dout, cache)     # one for each array that went in
    loss, dscores = some_loss(scores, y)

Images are (N, C, H, W) and filters (K, C, R, S), as in PyTorch, and so are the numbers; float32
stays float32. ``dname`` is the derivative of the loss by ``name`` and has its shape. Indices: n
image, k filter, c channel, i j output row and column, u v kernel row and column. No function
changes an array that it is given.
"""

from ._arguments import Array, Cache, Size, output_size, pair
from ._memory import keep_freed_memory
from ._random import Rng, generator, manual_seed
from .activations import (
    gelu_backward,
    gelu_forward,
    leaky_relu_backward,
    leaky_relu_forward,
    relu_backward,
    relu_forward,
    sigmoid_backward,
    sigmoid_forward,
    tanh_backward,
    tanh_forward,
)
from .convolution import conv2d_backward, conv2d_forward
from .linear import flatten_backward, flatten_forward, linear_backward, linear_forward
from .losses import cross_entropy_loss, hinge_loss, mse_loss, softmax
from .pooling import (
    avgpool2d_backward,
    avgpool2d_forward,
    global_avgpool_backward,
    global_avgpool_forward,
    maxpool2d_backward,
    maxpool2d_forward,
)
from .regularisation import batchnorm_backward, batchnorm_forward, dropout_backward, dropout_forward
from .shortcut import zero_pad_shortcut_backward, zero_pad_shortcut_forward

keep_freed_memory()

__all__ = [
    "Array",
    "Cache",
    "Rng",
    "Size",
    "avgpool2d_backward",
    "avgpool2d_forward",
    "batchnorm_backward",
    "batchnorm_forward",
    "conv2d_backward",
    "conv2d_forward",
    "cross_entropy_loss",
    "dropout_backward",
    "dropout_forward",
    "flatten_backward",
    "flatten_forward",
    "gelu_backward",
    "gelu_forward",
    "generator",
    "global_avgpool_backward",
    "global_avgpool_forward",
    "hinge_loss",
    "leaky_relu_backward",
    "leaky_relu_forward",
    "linear_backward",
    "linear_forward",
    "manual_seed",
    "maxpool2d_backward",
    "maxpool2d_forward",
    "mse_loss",
    "output_size",
    "pair",
    "relu_backward",
    "relu_forward",
    "sigmoid_backward",
    "sigmoid_forward",
    "softmax",
    "tanh_backward",
    "tanh_forward",
    "zero_pad_shortcut_backward",
    "zero_pad_shortcut_forward",
]
