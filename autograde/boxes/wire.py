"""What passes between the boxes: plain values as a JSON tree and raw bytes, strictly bounded.

A frame is a header of 4 + n bytes (its length, then JSON) and the bytes of all arrays. Nothing in
a frame can run: no pickle, no names that are looked up, but for NumPy's ufuncs. A value that has
no place here arrives as `Opaque`, a callable as whatever the receiver makes of a handle.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

LARGEST = 64 * 2**20  # bytes of a frame
HEADER = 16 * 2**20  # bytes of its JSON
DEEPEST = 32
NODES = 1_000_000
DIGITS = 20_000  # hexadecimal, of a whole number
DTYPES = frozenset(
    [
        "bool",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "float16",
        "float32",
        "float64",
        "complex64",
        "complex128",
    ]
)

Keep = Callable[[Any], int]
Lend = Callable[[int, str], Any]


class WireError(ValueError):
    """A frame that breaks the rules, or a value that does not fit into one."""


class Opaque:
    """Stands for a value that cannot cross: it says what it was, and is equal to nothing."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        raise TypeError(f"an object of type {type(self).__name__} cannot be compared here")

    def __bool__(self) -> bool:
        raise TypeError(f"an object of type {type(self).__name__} is neither true nor false here")


def opaque(module: str, name: str) -> Opaque:
    """The stand-in for an object of the type `module.name`."""
    word = name if name.isidentifier() and len(name) < 80 else "unknown"
    home = module if module.replace(".", "_").isidentifier() and len(module) < 80 else "unknown"
    made: Opaque = type(word, (Opaque,), {"__module__": home})()
    return made


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
                return [tag, [self.node(v, depth + 1) for v in kind.__iter__(value)]]
        if isinstance(value, dict):
            pairs = dict.items(value)
            return ["d", [[self.node(k, depth + 1), self.node(v, depth + 1)] for k, v in pairs]]
        if isinstance(value, slice):
            return ["s", *(self.node(v, depth + 1) for v in (value.start, value.stop, value.step))]
        if type(value) is np.ufunc and getattr(np, value.__name__, None) is value:
            return ["u", value.__name__]
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


def decode(frame: bytes, lend: Lend | None = None) -> Any:
    """The value of a frame; `lend` makes something of a handle. Raises WireError, nothing else."""
    try:
        return _decode(frame, lend)
    except WireError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError) as error:
        raise WireError(f"broken frame: {type(error).__name__}") from None
    except (RecursionError, MemoryError, struct.error) as error:
        raise WireError(f"broken frame: {type(error).__name__}") from None


def _decode(frame: bytes, lend: Lend | None) -> Any:
    if not 4 <= len(frame) <= LARGEST:
        raise WireError("a frame of a forbidden size")
    (length,) = struct.unpack_from(">I", frame)
    if length > min(HEADER, len(frame) - 4):
        raise WireError("the header does not fit")
    head = json.loads(
        frame[4 : 4 + length].decode("ascii"), parse_constant=_never, parse_float=_never
    )
    if type(head) is not dict or set(head) != {"v", "b"} or type(head["b"]) is not list:
        raise WireError("no header")
    blobs, place = [], 4 + length
    for size in head["b"]:
        if type(size) is not int or not 0 <= size <= len(frame) - place:
            raise WireError("an array that does not fit")
        blobs.append(frame[place : place + size])
        place += size
    if place != len(frame):
        raise WireError("bytes that belong to nothing")
    reader = _Reader(blobs, lend)
    value = reader.node(head["v"], 0)
    if reader.used != len(blobs):
        raise WireError("bytes that belong to nothing")
    return value


def _never(text: str) -> NoReturn:
    raise WireError(f"no such number: {text[:20]}")


def _numbers(raw: bytes, name: str) -> np.ndarray[Any, Any]:
    """The bytes as numbers; a truth value is one of two, whatever its byte says."""
    if name == "bool":
        return np.frombuffer(raw, dtype=np.uint8) != 0
    return np.frombuffer(raw, dtype=name)


class _Reader:
    def __init__(self, blobs: list[bytes], lend: Lend | None) -> None:
        self.blobs, self.lend, self.used, self.count = blobs, lend, 0, 0

    def blob(self, index: Any) -> bytes:
        """Each array's bytes are used once, in order: no frame grows while it is read."""
        if type(index) is not int or index != self.used:
            raise WireError("bytes out of order")
        self.used += 1
        return self.blobs[index]

    def node(self, tree: Any, depth: int) -> Any:
        self.count += 1
        if depth > DEEPEST or self.count > NODES:
            raise WireError("nested too deeply, or too many parts")
        if tree is None or type(tree) in (bool, int, str):
            return tree
        if type(tree) is not list or not tree or type(tree[0]) is not str:
            raise WireError("no such value")
        tag, *rest = tree
        if tag in ("l", "t", "S", "d", "s", "g"):
            return self.container(tag, rest, depth)
        if tag in ("a", "n", "b"):
            return self.raw(tag, rest)
        return self.leaf(tag, rest)

    def container(self, tag: str, rest: list[Any], depth: int) -> Any:
        if tag == "s":
            start, stop, step = (self.node(v, depth + 1) for v in rest)
            return slice(start, stop, step)
        (items,) = rest
        if tag == "g":
            made = np.random.Generator(np.random.PCG64(0))
            made.bit_generator.state = self.node(items, depth + 1)
            return made
        if type(items) is not list:
            raise WireError("no such container")
        if tag == "d":
            return {self.node(k, depth + 1): self.node(v, depth + 1) for k, v in items}
        values = [self.node(v, depth + 1) for v in items]
        return values if tag == "l" else tuple(values) if tag == "t" else set(values)

    def raw(self, tag: str, rest: list[Any]) -> Any:
        if tag == "b":
            return self.blob(*rest)
        name = rest[0]
        if type(name) is not str or name not in DTYPES:
            raise WireError("no such dtype")
        if tag == "n":
            (value,) = _numbers(self.blob(rest[1]), name)
            return value
        _, shape, order, index = rest
        if type(shape) is not list or len(shape) > DEEPEST:
            raise WireError("no such shape")
        if not all(type(n) is int and 0 <= n < 2**48 for n in shape):
            raise WireError("no such shape")
        flat = _numbers(self.blob(index), name).reshape(shape)
        if order == "S":  # a view with gaps, as the sender's was
            room = np.zeros((*shape[:-1], 2 * shape[-1]), dtype=name)
            room[..., ::2] = flat
            return room[..., ::2]
        return np.array(flat, order="F" if order == "F" else "C")

    def leaf(self, tag: str, rest: list[Any]) -> Any:
        if tag == "f":
            return float.fromhex(*rest)
        if tag == "c":
            return complex(float.fromhex(rest[0]), float.fromhex(rest[1]))
        if tag == "i":
            if len(rest[0]) > DIGITS + 1:
                raise WireError("a whole number with too many digits")
            return int(rest[0], 16)
        if tag == "e":
            return Ellipsis
        if tag == "u" and type(getattr(np, rest[0], None)) is np.ufunc:
            return getattr(np, rest[0])
        if tag == "h" and self.lend is not None and type(rest[0]) is int and type(rest[1]) is str:
            return self.lend(rest[0], rest[1][:80])
        if tag == "o" and type(rest[0]) is str and type(rest[1]) is str:
            return opaque(rest[0], rest[1])
        raise WireError("no such value")
