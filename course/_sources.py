"""Where each data set's files are found, and their images and labels as those files hold them."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course._download import DataDamaged, DataUnavailable, fetch
from course._formats import CIFAR_FOLDER, Bytes, read_cifar, read_idx
from course._samples import handwriting

FASHION_CLASSES = (
    *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
    *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
)
CIFAR_CLASSES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
SUBSET_TRAIN, SUBSET_TEST = 1000, 200  # images a class

_FASHION_URLS = (
    "https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion/",
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
)
_FASHION_SHA256 = {
    "train-images-idx3-ubyte": "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    "train-labels-idx1-ubyte": "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    "t10k-images-idx3-ubyte": "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    "t10k-labels-idx1-ubyte": "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
}
EMBEDDED = "the Fashion-MNIST subset inside this package (Zalando SE, 2017, MIT licence)"
_CIFAR_FILE = "cifar-10-python.tar.gz"
_CIFAR_URLS = ("https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",)
_CIFAR_SHA256 = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"

_Arrays = tuple[Bytes, Bytes, Bytes, Bytes]  # training images and labels, test images and labels


@dataclass(frozen=True)
class Files:
    """Images and labels as their files hold them: bytes from 0 to `top`."""

    name: str
    arrays: _Arrays
    top: int
    classes: tuple[str, ...]
    source: str


def read(name: str, size: str, progress: bool) -> Files:
    if name == "digits":
        return digits()
    if name == "fashion_mnist" and size == "subset":
        return embedded(EMBEDDED)
    files = fashion(progress) if name == "fashion_mnist" else cifar(progress)
    if size == "full":
        return files
    x_train, y_train, x_test, y_test = files.arrays
    train = first_of_each_class(y_train, SUBSET_TRAIN)
    test = first_of_each_class(y_test, SUBSET_TEST)
    return replace(files, arrays=(x_train[train], y_train[train], x_test[test], y_test[test]))


def digits() -> Files:
    """1,797 digits of 8x8 pixels, values 0 to 16; the last 36 of each class are the test images."""
    images, labels = handwriting()
    test = np.zeros(len(labels), bool)
    test[len(labels) - 1 - first_of_each_class(labels[::-1], 36)] = True
    source = "scikit-learn's copy of the UCI handwritten digits (Alpaydin and Kaynak, 1998)"
    images = images[:, None]
    arrays = (images[~test], labels[~test], images[test], labels[test])
    return Files("digits", arrays, 16, tuple("0123456789"), source)


def embedded(source: str) -> Files:
    path = resources.files("course") / "_data" / "fashion_mnist_subset.npz"
    with path.open("rb") as stream, np.load(stream, allow_pickle=False) as npz:
        keys = ("train_images", "train_labels", "test_images", "test_labels")
        x_train, y_train, x_test, y_test = (npz[key] for key in keys)
    arrays = (x_train[:, None], y_train, x_test[:, None], y_test)
    return Files("fashion_mnist", arrays, 255, FASHION_CLASSES, source)


def fashion(progress: bool) -> Files:
    """The 60,000 + 10,000 images: from COURSE_DATA, or else downloaded."""
    folders = _folders("fashion-mnist")
    found = {stem: _find(folders, (stem, f"{stem}.gz")) for stem in _FASHION_SHA256}
    paths = {stem: path for stem, path in found.items() if path is not None}
    if paths and len(paths) < len(found):
        missing = ", ".join(f"{stem}.gz" for stem in found if stem not in paths)
        raise DataUnavailable(f"COURSE_DATA has a part of Fashion-MNIST but lacks {missing}.")
    source = f"COURSE_DATA: {next(iter(paths.values())).parent}" if paths else _FASHION_URLS[0]
    for stem, sha256 in _FASHION_SHA256.items():
        if stem not in paths:
            urls = [f"{url}{stem}.gz" for url in _FASHION_URLS]
            paths[stem] = fetch(f"fashion-mnist-{stem}.gz", urls, sha256, progress=progress)
    train = _pair(paths, "train-images-idx3-ubyte", "train-labels-idx1-ubyte")
    test = _pair(paths, "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
    return Files("fashion_mnist", (*train, *test), 255, FASHION_CLASSES, source)


def _pair(paths: dict[str, Path], images: str, labels: str) -> tuple[Bytes, Bytes]:
    """Read an images file and its labels file and see that they belong together."""
    x, y = read_idx(paths[images]), read_idx(paths[labels])
    if x.ndim != 3 or y.shape != x.shape[:1]:
        raise DataDamaged(
            f"{paths[images]} {x.shape} and {paths[labels].name} {y.shape} do not fit."
        )
    if y.size and y.max() >= len(FASHION_CLASSES):
        raise DataDamaged(f"{paths[labels]} has a label {y.max()}; labels are 0 to 9.")
    return x[:, None], y


def cifar(progress: bool) -> Files:
    """The 50,000 + 10,000 images: from COURSE_DATA (archive or unpacked), or else downloaded."""
    path = _find(_folders("cifar-10", "cifar10"), (_CIFAR_FILE, CIFAR_FOLDER))
    source = f"COURSE_DATA: {path}"
    if path is None:
        path = fetch(_CIFAR_FILE, _CIFAR_URLS, _CIFAR_SHA256, progress=progress)
        source = _CIFAR_URLS[0]
    return Files("cifar10", read_cifar(path), 255, CIFAR_CLASSES, source)


def _folders(*names: str) -> list[Path]:
    """Folders in which original files may lie: COURSE_DATA itself, then these folders in it."""
    told = os.environ.get("COURSE_DATA")
    if not told:
        return []
    folder = Path(told).expanduser()
    if not folder.is_dir():
        raise DataUnavailable(f"COURSE_DATA names a folder that is not there: {folder}.")
    return [folder, *(folder / name for name in names)]


def _find(folders: list[Path], names: tuple[str, ...]) -> Path | None:
    return next((f / name for f in folders for name in names if (f / name).exists()), None)


def first_of_each_class(labels: NDArray[Any], count: int) -> NDArray[np.intp]:
    """Index of the first `count` images of each class, in the original order.

    labels (N,). Returns: ascending, shape (count * classes,); shorter where a class has fewer.
    """
    return np.sort(np.concatenate([np.flatnonzero(labels == k)[:count] for k in np.unique(labels)]))
