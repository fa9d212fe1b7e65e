"""The digits and photographs of scikit-learn, read where it keeps them.

To import `sklearn.datasets`, which has functions for both, takes 0.7 s and 57 MB.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from course._download import DataUnavailable
from course._formats import Bytes


def handwriting() -> tuple[Bytes, Bytes]:
    """Images (1797, 8, 8) of values 0 to 16, and labels (1797,), as `load_digits` has them."""
    table = np.loadtxt(_file("data", "digits.csv.gz"), dtype=np.uint8, delimiter=",")
    return table[:, :-1].reshape(-1, 8, 8), table[:, -1]


def photograph(name: str) -> Bytes:
    """The pixels (H, W, 3) of "china.jpg" or "flower.jpg", as `load_sample_image` has them."""
    from matplotlib.image import imread  # not for those who load data alone

    return np.asarray(imread(_file("images", name)), dtype=np.uint8)


def _file(*parts: str) -> Path:
    """A file of `sklearn.datasets`. Raises DataUnavailable where it is not there."""
    spec = find_spec("sklearn")
    folders = (spec and spec.submodule_search_locations) or []
    found = [path for folder in folders if (path := Path(folder, "datasets", *parts)).is_file()]
    if not found:
        raise DataUnavailable(f"scikit-learn's file {'/'.join(parts)} is not installed")
    return found[0]
