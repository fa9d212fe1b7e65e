"""Make course/_data/fashion_mnist_subset.npz from Fashion-MNIST's original idx files.

    COURSE_DATA=folder python tools/make_fashion_subset.py           writes the file
    COURSE_DATA=folder python tools/make_fashion_subset.py --check   compares it, writes nothing

The folder holds the four original files. Chosen are the first 1,000 training and the first 200
test images of each class, kept in the original order, so that anyone can point at image i of the
subset in the original. Without COURSE_DATA the original files are downloaded.
"""

from __future__ import annotations

import argparse
import sys
import zipfile
from pathlib import Path

import numpy as np

from course import _sources

TARGET = Path(_sources.__file__).parent / "_data" / "fashion_mnist_subset.npz"
KEYS = ("train_images", "train_labels", "test_images", "test_labels")


def subset() -> dict[str, np.ndarray]:
    """Choose the images; bytes as in the original files, images (N, 28, 28)."""
    files = _sources.fashion(progress=True)
    x_train, y_train, x_test, y_test = files.arrays
    train = _sources.first_of_each_class(y_train, _sources.SUBSET_TRAIN)
    test = _sources.first_of_each_class(y_test, _sources.SUBSET_TEST)
    arrays = (x_train[train, 0], y_train[train], x_test[test, 0], y_test[test])
    return dict(zip(KEYS, arrays, strict=True))


def write(arrays: dict[str, np.ndarray], target: Path) -> None:
    """Write an .npz with the strongest deflate, which NumPy itself does not offer."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for key, array in arrays.items():
            entry = zipfile.ZipInfo(f"{key}.npy")  # dated 1980: the same bytes at every run
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as stream:
                np.lib.format.write_array(stream, np.ascontiguousarray(array))


def main() -> int:
    """Write the file, or with --check compare it; the exit status says whether it is right."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the shipped file")
    arrays = subset()
    if not parser.parse_args().check:
        write(arrays, TARGET)
        print(f"{TARGET}: {TARGET.stat().st_size:,} bytes")
        return 0
    with np.load(TARGET) as shipped:
        wrong = [key for key in KEYS if not np.array_equal(shipped[key], arrays[key])]
    print(f"differs in {', '.join(wrong)}" if wrong else "equal to the original images")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
