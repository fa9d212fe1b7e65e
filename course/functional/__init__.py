"""Every layer as a pair of plain functions, and every loss as one.

out, cache = x_forward(x, ...)          # the cache is what the way back needs
gradients = x_backward(dout, cache)     # dout: the loss's gradient by out, in out's shape
loss, dscores = some_loss(scores, y)
"""

from ._arguments import Array as Array
from ._arguments import Cache as Cache
from ._arguments import Size as Size
from .activations import (
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
from .losses import cross_entropy_loss, softmax
from .pooling import maxpool2d_backward, maxpool2d_forward

__all__ = [
    "conv2d_backward",
    "conv2d_forward",
    "cross_entropy_loss",
    "flatten_backward",
    "flatten_forward",
    "leaky_relu_backward",
    "leaky_relu_forward",
    "linear_backward",
    "linear_forward",
    "maxpool2d_backward",
    "maxpool2d_forward",
    "relu_backward",
    "relu_forward",
    "sigmoid_backward",
    "sigmoid_forward",
    "softmax",
    "tanh_backward",
    "tanh_forward",
]
