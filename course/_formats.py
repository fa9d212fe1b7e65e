"""Readers for the original files of Fashion-MNIST (idx) and CIFAR-10 (python version)."""

from __future__ import annotations

import gzip
import io
import math
import pickle
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from course._download import DataDamaged

Bytes = NDArray[np.uint8]

CIFAR_TRAIN = tuple(f"data_batch_{k}" for k in range(1, 6))
CIFAR_TEST = "test_batch"
CIFAR_FOLDER = "cifar-10-batches-py"


def read_idx(path: Path) -> Bytes:
    """Read one idx file, gzipped or not, as an array of bytes.

    Layout: two zero bytes, 0x08 for unsigned bytes, the number of axes, each axis's length as a
    big-endian 32-bit number, then the values in C order.

    Returns: uint8 array of the shape that the file states.
    Raises: `DataDamaged` when the file is cut short, too long, or not an idx file of bytes.
    Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database", section "File formats".
    """
    raw = path.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        try:
            raw = gzip.decompress(raw)
        except (EOFError, OSError, ValueError) as error:
            raise _damaged(path, f"it does not unpack ({error})") from error
    if len(raw) < 4 or raw[:3] != b"\x00\x00\x08":
        raise _damaged(path, f"it starts with {raw[:4].hex(' ') or 'nothing'}, not 00 00 08")
    start = 4 + 4 * raw[3]
    if len(raw) < start:
        raise _damaged(path, "its header is cut short")
    shape = tuple(int(n) for n in np.frombuffer(raw, ">u4", count=raw[3], offset=4))
    if len(raw) - start != math.prod(shape):
        size = f"{len(raw) - start:,} of {math.prod(shape):,} bytes"
        raise _damaged(path, f"it holds {size} for the shape {shape} it states")
    return np.frombuffer(raw, np.uint8, offset=start).reshape(shape)


def read_cifar(path: Path) -> tuple[Bytes, Bytes, Bytes, Bytes]:
    """Read CIFAR-10's python version, the .tar.gz or the folder unpacked from it.

    Nothing is unpacked to disk, and the pickles inside can build arrays, lists, numbers and text
    only: a pickle that asks for anything else is refused before it runs.

    Returns: images (50000, 3, 32, 32) and labels (50000,) for training, the same of 10,000 to test.
    Raises: `DataDamaged` when a batch is missing, cut short, of the wrong shape, or not harmless.
    Source: A. Krizhevsky, "Learning multiple layers of features from tiny images" (2009), and the
    data set's page, section "Dataset layout".
    """
    names = (*CIFAR_TRAIN, CIFAR_TEST)
    if path.is_dir():
        parts = {name: (path / name).read_bytes() for name in names if (path / name).is_file()}
    else:
        parts = _members(path, names)
    if missing := [name for name in names if name not in parts]:
        raise _damaged(path, f"it lacks {', '.join(missing)}")
    batches = [_cifar_batch(path, name, parts[name]) for name in names]
    images = np.concatenate([batch[0] for batch in batches[:-1]])
    labels = np.concatenate([batch[1] for batch in batches[:-1]])
    return images, labels, *batches[-1]


def _members(path: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    """Read the named batches of the archive into memory."""
    wanted = {f"{CIFAR_FOLDER}/{name}": name for name in names}
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(path, "r:*") as archive:
            for member in archive:
                stream = archive.extractfile(member) if member.name in wanted else None
                if stream is not None:
                    found[wanted[member.name]] = stream.read()
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise _damaged(path, f"it does not unpack ({error})") from error
    return found


def _cifar_batch(path: Path, name: str, raw: bytes) -> tuple[Bytes, Bytes]:
    """Unpickle one batch and check its shapes: data (N, 3072) bytes, labels N numbers 0 to 9."""
    try:
        batch = _HarmlessUnpickler(io.BytesIO(raw), encoding="bytes").load()
        data, labels = np.asarray(batch[b"data"]), np.asarray(batch[b"labels"])
    except Exception as error:  # a damaged pickle may raise anything at all
        raise _damaged(path, f"{name} cannot be read ({type(error).__name__}: {error})") from error
    if data.dtype != np.uint8 or data.ndim != 2 or data.shape[1] != 3 * 32 * 32:
        raise _damaged(path, f"{name} holds {data.dtype} {data.shape}, not uint8 (N, 3072)")
    if labels.shape != data.shape[:1] or labels.dtype.kind != "i":
        raise _damaged(path, f"{name} has {len(data)} images and labels of shape {labels.shape}")
    if labels.size and not 0 <= labels.min() <= labels.max() <= 9:
        raise _damaged(path, f"{name} has labels from {labels.min()} to {labels.max()}, not 0 to 9")
    return data.reshape(-1, 3, 32, 32), labels.astype(np.uint8)


def _encode(text: str, encoding: str) -> bytes:
    """Stand in for `_codecs.encode`, by which Python 3 writes bytes into an old pickle."""
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"bytes written as {encoding}")
    return text.encode("latin1")


class _HarmlessUnpickler(pickle.Unpickler):
    """An unpickler that can build NumPy arrays and plain values, and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        reconstruct: Callable[..., Any] = np.empty(0).__reduce__()[0]  # type: ignore[assignment]
        allowed = {
            ("numpy.core.multiarray", "_reconstruct"): reconstruct,  # NumPy 1, which wrote CIFAR-10
            ("numpy._core.multiarray", "_reconstruct"): reconstruct,
            ("numpy", "ndarray"): np.ndarray,
            ("numpy", "dtype"): np.dtype,
            ("_codecs", "encode"): _encode,
        }
        if (module, name) not in allowed:
            raise pickle.UnpicklingError(f"refused: it asks for {module}.{name}")
        return allowed[module, name]


def _damaged(path: Path, what: str) -> DataDamaged:
    return DataDamaged(f"{path} is damaged: {what}. Delete it and fetch the original file again.")
