"""What passes between the boxes: plain values as a JSON tree and raw bytes, strictly bounded.

A frame is a header of 4 + n bytes (its length, then JSON) and the bytes of all arrays. Nothing in
a frame can run: no pickle, no names that are looked up, but for NumPy's ufuncs. A tensor of PyTorch
crosses as its numbers, without the graph that gradients flow through. A value that has
no place here arrives as `Opaque`, a callable as whatever the receiver makes of a handle.
"""

from __future__ import annotations

import json
import struct
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

LARGEST = 64 * 2**20  # bytes of a frame
TEXT = 200_000  # characters a cell may print
SHOWN = 12 * 2**20  # characters of all that a cell shows
HEADER = 16 * 2**20  # bytes of its JSON
DEEPEST = 32
NODES = 1_000_000
DIGITS = 20_000  # hexadecimal, of a whole number
DTYPES = frozenset(
    ["bool", "float16", "float32", "float64", "complex64", "complex128"]
    + [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
)
TENSORS = (("torch", "Tensor"), ("torch.nn.parameter", "Parameter"))

Keep = Callable[[Any], int]
Lend = Callable[[int, str], Any]


class WireError(ValueError):
    """A frame that breaks the rules, or a value that does not fit into one."""


class Opaque:
    """Stands for a value that cannot cross: it says what it was, and is equal to nothing."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        """Not even equal to itself."""
        raise TypeError(f"an object of type {type(self).__name__} cannot be compared here")

    def __bool__(self) -> bool:
        """Neither true nor false."""
        raise TypeError(f"an object of type {type(self).__name__} is neither true nor false here")


def opaque(module: str, name: str) -> Opaque:
    """The stand-in for an object of the type `module.name`."""
    word = name if name.isidentifier() and len(name) < 80 else "unknown"
    home = module if module.replace(".", "_").isidentifier() and len(module) < 80 else "unknown"
    made: Opaque = type(word, (Opaque,), {"__module__": home})()
    return made


def tensor(array: Any) -> Any:
    """A tensor of PyTorch with an array's numbers; a stand-in where PyTorch is not in use."""
    torch = sys.modules.get("torch")
    if type(array) is not np.ndarray:
        raise WireError("a tensor without numbers")
    return opaque("torch", "Tensor") if torch is None else torch.from_numpy(array)


def encode(value: Any, keep: Keep | None = None) -> bytes:
    """The frame of a value. `keep` is given each callable and returns the number to send."""
    blobs: list[bytes] = []
    tree = _Writer(blobs, keep).node(value, 0)
    head = json.dumps({"v": tree, "b": [len(b) for b in blobs]}, separators=(",", ":")).encode()
    size = 4 + len(head) + sum(map(len, blobs))
    if len(head) > HEADER or size > LARGEST:
        raise WireError(f"{size / 2**20:.0f} MB: more than fits into one answer")
    return b"".join([struct.pack(">I", len(head)), head, *blobs])


class _Writer:
    def __init__(self, blobs: list[bytes], keep: Keep | None) -> None:
        self.blobs, self.keep, self.count = blobs, keep, 0

    def node(self, value: Any, depth: int) -> Any:
        """The tree of one value; a subclass of a plain type goes as the plain type."""
        self.count += 1
        if depth > DEEPEST or self.count > NODES:
            raise WireError("the value is nested too deeply, or holds too many parts")
        if value is None or type(value) is bool:
            return value
        if value is Ellipsis:
            return ["e"]
        if isinstance(value, np.ndarray | np.generic):
            return self.numpy(value)
        if (type(value).__module__, type(value).__name__) in TENSORS:
            return self.tensor(value)
        if isinstance(value, str):
            return str.__str__(value)
        if isinstance(value, int):
            number = int.__index__(value)
            return number if abs(number) < 2**63 else ["i", _bounded_hex(number)]
        if isinstance(value, float):
            return ["f", float.hex(value)]
        if isinstance(value, complex):
            number_ = complex.__complex__(value)
            return ["c", number_.real.hex(), number_.imag.hex()]
        if isinstance(value, bytes | bytearray):
            return ["b", self.blob(bytes(value))]
        return self.container(value, depth)

    def container(self, value: Any, depth: int) -> Any:
        for kind, tag in ((list, "l"), (tuple, "t"), (set, "S"), (frozenset, "S")):
            if isinstance(value, kind):
                items: Any = kind.__iter__  # the plain type's own, whatever the subclass says
                return [tag, [self.node(v, depth + 1) for v in items(value)]]
        if isinstance(value, dict):
            pairs = dict.items(value)
            return ["d", [[self.node(k, depth + 1), self.node(v, depth + 1)] for k, v in pairs]]
        if isinstance(value, slice):
            return ["s", *(self.node(v, depth + 1) for v in (value.start, value.stop, value.step))]
        if isinstance(value, np.ufunc) and getattr(np, name := str(value.__name__), None) is value:
            return ["u", name]
        if type(value) is np.random.Generator and type(value.bit_generator) is np.random.PCG64:
            return ["g", self.node(value.bit_generator.state, depth + 1)]
        if callable(value) and self.keep is not None:
            return ["h", self.keep(value), str(getattr(value, "__name__", "function"))[:80]]
        return ["o", str(type(value).__module__)[:80], str(type(value).__name__)[:80]]

    def numpy(self, value: Any) -> Any:
        if value.dtype.name not in DTYPES or type(value) not in (np.ndarray, value.dtype.type):
            return ["o", str(type(value).__module__)[:80], str(type(value).__name__)[:80]]
        if value.nbytes > LARGEST:
            raise WireError("an array larger than fits into one answer")
        plain = np.asarray(value).astype(value.dtype.newbyteorder("="), copy=False)
        if type(value) is not np.ndarray:
            return ["n", plain.dtype.name, self.blob(plain.tobytes())]
        flags = plain.flags
        order = "C" if flags.c_contiguous else "F" if flags.f_contiguous else "S"
        return ["a", plain.dtype.name, list(plain.shape), order, self.blob(plain.tobytes())]

    def tensor(self, value: Any) -> Any:
        """Its numbers; what it was computed from stays behind."""
        try:
            array = value.detach().cpu().resolve_conj().resolve_neg().numpy()
        except Exception:  # sparse, of a dtype that NumPy lacks, or no tensor of PyTorch's
            array = None
        if type(array) is not np.ndarray or array.dtype.name not in DTYPES:
            return ["o", "torch", "Tensor"]
        return ["T", self.numpy(array)]

    def blob(self, raw: bytes) -> int:
        if len(raw) + sum(map(len, self.blobs)) > LARGEST:
            raise WireError("the arrays are larger than fits into one answer")
        self.blobs.append(raw)
        return len(self.blobs) - 1


def _bounded_hex(number: int) -> str:
    text = format(number, "x")
    if len(text) > DIGITS:
        raise WireError("a whole number with too many digits")
    return text
