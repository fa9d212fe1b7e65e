"""Read a frame from a process that may send anything: every length and type is checked."""

from __future__ import annotations

import json
import struct
from collections import Counter
from collections.abc import Iterable
from typing import Any, NoReturn

import numpy as np

from .wire import DEEPEST, DIGITS, DTYPES, HEADER, LARGEST, NODES, Lend, WireError, opaque, tensor

ALIKE = 16  # keys that may share a hash


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


def _keys(values: Iterable[Any]) -> list[Any]:
    """Keys of a set or dict, unless they were made to collide: it would take hours to build."""
    keys = list(values)
    if keys and max(Counter(map(hash, keys)).values()) > ALIKE:
        raise WireError("keys made to collide")
    return keys


def _numbers(raw: bytes, name: str) -> np.ndarray[Any, Any]:
    """The bytes as numbers; a truth value is one of two, whatever its byte says."""
    if name == "bool":
        return np.asarray(np.frombuffer(raw, dtype=np.uint8) != 0)
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
        if tag == "T":
            (inner,) = rest
            return tensor(self.node(inner, depth + 1))
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
            pairs = [(self.node(k, depth + 1), self.node(v, depth + 1)) for k, v in items]
            return dict(zip(_keys(k for k, _ in pairs), (v for _, v in pairs), strict=True))
        values = [self.node(v, depth + 1) for v in items]
        return values if tag == "l" else tuple(values) if tag == "t" else set(_keys(values))

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
