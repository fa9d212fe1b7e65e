"""Images to learn from: arrays (N, C, H, W), the same shape of answer for every data set.

`digits` and a subset of `fashion_mnist` come with the package, so every lesson runs offline. The
full sets are looked for in the folder named by the environment variable `COURSE_DATA`, then among
earlier downloads, then fetched once from where their authors published them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from course._download import DataDamaged, DataUnavailable, cache_folder
from course._formats import Bytes
from course._sources import EMBEDDED, Files, embedded, first_of_each_class, read

__all__ = [
    "NAMES",
    "DataDamaged",
    "DataUnavailable",
    "Dataset",
    "cache_folder",
    "first_of_each_class",
    "load",
]

NAMES = ("digits", "fashion_mnist", "cifar10")


@dataclass(frozen=True, repr=False)
class Dataset:
    """Images float32 in [0, 1] of shape (N, C, H, W), labels int64 of shape (N,), and their story.

    `source` says where the files came from, `split` how the images were divided.
    """

    name: str
    x_train: NDArray[np.float32]
    y_train: NDArray[np.int64]
    x_val: NDArray[np.float32]
    y_val: NDArray[np.int64]
    x_test: NDArray[np.float32]
    y_test: NDArray[np.int64]
    classes: tuple[str, ...]
    source: str
    split: str

    def __repr__(self) -> str:
        """Name, shapes, classes, source and split, one a line."""
        return "\n".join(
            (
                f"Dataset {self.name}: images float32 in [0, 1], labels int64",
                f"  x_train {self.x_train.shape}  x_val {self.x_val.shape}"
                f"  x_test {self.x_test.shape}",
                f"  {len(self.classes)} classes: {', '.join(self.classes)}",
                f"  source: {self.source}",
                f"  split: {self.split}",
            )
        )


def load(
    name: str,
    *,
    size: str = "subset",
    val_fraction: float = 0.1,
    seed: int = 0,
    substitute: bool = False,
    progress: bool = True,
) -> Dataset:
    """Load a data set by name, in the same form whichever it is.

    name: "digits" (8x8 handwriting), "fashion_mnist" (28x28 clothes), "cifar10" (32x32 colour).
    size: "subset" is 1,000 training and 200 test images of each class, the first of each in the
        original order; "full" is everything. Digits has one size.
    val_fraction: share of the training images set aside, from each class alike; 0 for none.
    seed: of that draw. The test images never depend on it.
    substitute: where the data cannot be had, say so and give the embedded fashion_mnist.

    Raises: `ValueError` for an unknown name, size or fraction; `DataUnavailable` when the files are
        not here and cannot be fetched; `DataDamaged` when a file is not what it should be.
    """
    if name not in NAMES:
        raise ValueError(f"no data set is called {name!r}; choose one of: {', '.join(NAMES)}")
    if size not in ("subset", "full"):
        raise ValueError(f"size must be 'subset' or 'full', not {size!r}")
    if not 0 <= val_fraction < 1:
        raise ValueError(f"val_fraction must be at least 0 and below 1, not {val_fraction}")
    try:
        files = read(name, size, progress)
    except DataUnavailable as error:
        if not substitute:
            raise type(error)(f"{error}\n{_REMEDIES[name]}") from None
        print(f"{name} cannot be had: {error}\nIn its place: {EMBEDDED}.")
        return _divide(embedded(f"{EMBEDDED}, in place of {name}"), val_fraction, seed)
    return _divide(files, val_fraction, seed)


def _divide(files: Files, val_fraction: float, seed: int) -> Dataset:
    """Set validation images aside and scale: x = bytes / top."""
    x_train, y_train, x_test, y_test = files.arrays
    rng = np.random.default_rng(seed)
    val = np.zeros(len(y_train), bool)
    for k in range(len(files.classes)):
        members = np.flatnonzero(y_train == k)
        val[rng.permutation(members)[: round(val_fraction * len(members))]] = True
    split = (
        f"{(~val).sum():,} training and {val.sum():,} validation images (the same share of each "
        f"class, seed {seed}), {len(y_test):,} test images that no setting changes"
    )
    return Dataset(
        name=files.name,
        x_train=_scaled(x_train[~val], files.top),
        y_train=y_train[~val].astype(np.int64),
        x_val=_scaled(x_train[val], files.top),
        y_val=y_train[val].astype(np.int64),
        x_test=_scaled(x_test, files.top),
        y_test=y_test.astype(np.int64),
        classes=files.classes,
        source=files.source,
        split=split,
    )


def _scaled(images: Bytes, top: int) -> NDArray[np.float32]:
    return images.astype(np.float32) / np.float32(top)


_REMEDIES = {
    "digits": "Install scikit-learn, which brings the digits.",
    "fashion_mnist": "What to do: go online and run this again; or put the four original files in "
    "a folder and name it in the environment variable COURSE_DATA; or leave out size='full': the "
    "subset comes with the course.",
    "cifar10": "What to do: go online and run this again; or put cifar-10-python.tar.gz in a "
    "folder and name it in the environment variable COURSE_DATA; or add substitute=True to go on "
    "with the embedded fashion_mnist.",
}
