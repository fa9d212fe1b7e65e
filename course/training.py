"""The training loop: draw a batch, forward, loss, backward, step; and the numbers it leaves."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from course.functional import cross_entropy_loss
from course.functional._threads import one_blas_thread

__all__ = ["History", "accuracy", "evaluate", "fit", "minibatches"]

Array = NDArray[Any]
Loss = Callable[[Array, Array], tuple[float, Array]]
Augment = Callable[[Array, np.random.Generator], Array]

_EVALUATION_BATCH = 256  # images at once where no gradient is wanted: bounds the memory


class Network(Protocol):
    """What `fit` asks of a network; every `course.nn` layer has it."""

    training: bool

    def __call__(self, x: Array, /) -> Array:
        """Forward: x (N, ...) -> scores (N, K)."""

    def backward(self, dout: Array, /) -> Any:
        """Backward: dout (N, K); leaves each parameter's gradient where the optimizer looks."""

    def train(self) -> Any:
        """Switch to training mode."""

    def eval(self) -> Any:
        """Switch to evaluation mode."""


class Optimizer(Protocol):
    """What `fit` asks of an optimizer."""

    def step(self) -> Any:
        """Change the parameters by their gradients."""


@dataclass
class History:
    """What a training run leaves: `loss` of each step, the others of each epoch.

    `train_accuracy` is measured on the epoch's batches as they pass, each before its own step, so
    it lags a little behind `val_accuracy`, which is measured after the epoch. Accuracies stay empty
    where targets are not whole numbers. `diverged` says that the loss left the finite numbers.
    """

    loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    val_loss: list[float] = field(default_factory=list)
    val_accuracy: list[float] = field(default_factory=list)
    seconds: float = 0.0
    diverged: bool = False

    def __repr__(self) -> str:
        """One line: steps, time, first and last loss, last accuracies."""
        if not self.loss:
            return "History: nothing trained yet"
        parts = [f"{len(self.loss)} steps in {self.seconds:.1f} s"]
        parts.append(f"loss {self.loss[0]:.3f} -> {self.loss[-1]:.3f}")
        for name, values in (("training", self.train_accuracy), ("validation", self.val_accuracy)):
            parts += [f"{name} accuracy {values[-1]:.3f}"] if values else []
        return "History: " + ", ".join(parts) + (", diverged" if self.diverged else "")


def fit(
    net: Network,
    train: tuple[Array, Array],
    val: tuple[Array, Array] | None = None,
    *,
    epochs: int,
    batch_size: int,
    optimizer: Optimizer,
    loss: Loss = cross_entropy_loss,
    seed: int = 0,
    progress: bool = True,
    augment: Augment | None = None,
) -> History:
    """Train a network by minibatch gradient descent.

    Each step: scores = net(x[batch]);  L, dscores = loss(scores, y[batch]);  backward;  step.
    An epoch passes once over all images in a new random order.

    train, val: images (N, ...) and labels (N,). seed: of the order and of `augment`.
    augment: (x, rng) -> x of the same shape, applied to each training batch.

    Stops early, and says so, when the loss is no longer a finite number.
    Raises: `ValueError` for images and labels of different number, or a count below one.
    Source: H. Robbins, S. Monro, "A stochastic approximation method" (1951).
    """
    x, y = _checked("train", *train)
    if val is not None:
        val = _checked("val", *val)
    for name, count in (("epochs", epochs), ("batch_size", batch_size)):
        if count < 1:
            raise ValueError(f"{name} must be at least 1, not {count}")
    rng = np.random.default_rng(seed)
    history = History()
    start = time.perf_counter()
    steps = epochs * -(-len(x) // batch_size)
    bar = tqdm(total=steps, unit="step", disable=not progress)
    with bar, _mode(net, training=True), one_blas_thread():
        for epoch in range(1, epochs + 1):
            bar.set_description(f"epoch {epoch}/{epochs}")
            right = 0
            for batch in minibatches(len(x), batch_size, rng):
                images = x[batch] if augment is None else augment(x[batch], rng)
                value, hits = _step(net, images, y[batch], loss, optimizer)
                history.loss.append(value)
                right += hits
                history.diverged = not math.isfinite(value)
                if history.diverged:
                    break
                bar.set_postfix_str(_postfix(history), refresh=False)
                bar.update()
            if history.diverged:
                break
            if _labels(y):
                history.train_accuracy.append(right / len(x))
            if val is not None:
                _validate(net, val, loss, history)
            bar.set_postfix_str(_postfix(history))
    history.seconds = time.perf_counter() - start
    if history.diverged:
        rate = getattr(optimizer, "lr", None)
        advice = "Is the learning rate" + ("" if rate is None else f" of {rate:g}") + " too large?"
        print(f"Stopped: the loss became {history.loss[-1]} at step {len(history.loss)}. {advice}")
    return history


def accuracy(net: Network, x: Array, y: Array, batch_size: int = _EVALUATION_BATCH) -> float:
    """Share of images whose largest score is the right class: mean(argmax_k scores_k = y).

    x (N, ...), y (N,) whole numbers. The network is used in evaluation mode and put back.
    Raises: `ValueError` for no images, or as many labels as there are not images.
    """
    return evaluate(net, x, y, batch_size=batch_size)[1]


def evaluate(
    net: Network,
    x: Array,
    y: Array,
    *,
    loss: Loss = cross_entropy_loss,
    batch_size: int = _EVALUATION_BATCH,
) -> tuple[float, float]:
    """Mean loss and accuracy over images, in evaluation mode and in batches.

    x (N, ...), y (N,). Returns: (loss, accuracy); accuracy is nan for targets that are no labels.
    Raises: `ValueError` for no images, or as many labels as there are not images.
    """
    x, y = _checked("evaluate", x, y)
    total, right = 0.0, 0
    with _mode(net, training=False), one_blas_thread():
        for batch in minibatches(len(x), batch_size):
            scores = net(x[batch])
            total += loss(scores, y[batch])[0] * len(batch)
            right += _right(scores, y[batch])
    return total / len(x), right / len(x) if _labels(y) else float("nan")


def minibatches(
    n: int, batch_size: int, rng: np.random.Generator | None = None
) -> Iterator[NDArray[np.intp]]:
    """Divide the indices 0 ... n-1 into batches; the last one may be smaller.

    rng: draws a random order; None keeps the order. Yields: index arrays (batch_size,).
    Raises: `ValueError` for a batch size below one.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size must be at least 1, not {batch_size}")
    order = np.arange(n) if rng is None else rng.permutation(n)
    for first in range(0, n, batch_size):
        yield order[first : first + batch_size]


def _step(net: Network, x: Array, y: Array, loss: Loss, optimizer: Optimizer) -> tuple[float, int]:
    """Forward, loss, backward, step; no step where the loss is not finite, which spoils it all.

    Returns: (loss, number of images classified rightly), both from before the step.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # told once by `fit`, not by every layer
        scores = net(x)
        value, dscores = loss(scores, y)
        if math.isfinite(value):
            net.backward(dscores)
            optimizer.step()
    return float(value), _right(scores, y)


def _validate(net: Network, val: tuple[Array, Array], loss: Loss, history: History) -> None:
    value, share = evaluate(net, *val, loss=loss)
    history.val_loss.append(value)
    if _labels(val[1]):
        history.val_accuracy.append(share)


def _postfix(history: History) -> str:
    text = f"loss {history.loss[-1]:.3f}"
    for name, values in (("train", history.train_accuracy), ("val", history.val_accuracy)):
        text += f", {name} {values[-1]:.1%}" if values else ""
    return text


def _labels(y: Array) -> bool:
    return y.ndim == 1 and y.dtype.kind in "iu"


def _right(scores: Array, y: Array) -> int:
    return int((scores.argmax(axis=1) == y).sum()) if _labels(y) else 0


def _checked(name: str, x: Array, y: Array) -> tuple[Array, Array]:
    x, y = np.asarray(x), np.asarray(y)
    if len(x) != len(y):
        raise ValueError(f"{name}: {len(x)} images but {len(y)} labels; there must be one for each")
    if not len(x):
        raise ValueError(f"{name}: there are no images")
    return x, y


@contextmanager
def _mode(net: Network, *, training: bool) -> Iterator[None]:
    """Put the network into a mode, and back into the mode it had."""
    before = net.training
    (net.train if training else net.eval)()
    try:
        yield
    finally:
        (net.train if before else net.eval)()
