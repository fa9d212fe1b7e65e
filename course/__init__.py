"""Convolutional neural networks, layer by layer: the package that every lesson imports."""

__version__ = "0.1.0"
