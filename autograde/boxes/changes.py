"""Arguments that a learner's function changed in place, made to show in the test box.

What an argument became is the learner's own claim, as an answer is, and is decoded as one. It is
written into the object that the check passed, and in there only where an array keeps its shape and
dtype: nothing else of the check's is reached, and nothing of the claim is shared.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np

from .wire import encode

UNKNOWN = object()
GROWN = 1000  # parts that a container may have won before it is too much work to look who moved


def write(own: Any, told: Any) -> bool:
    """Make the check's object hold what it was told; whether it does now."""
    if type(own) is np.ndarray:
        return _write_array(own, told)
    if isinstance(own, list | dict) and type(told) is (dict if isinstance(own, dict) else list):
        _write_container(own, told)
        return True
    if isinstance(own, set) and type(told) is set:
        own.clear()
        own.update(told)
        return True
    if isinstance(own, tuple):
        if type(told) is not tuple or len(told) != len(own):
            return False
        held = [write(mine, its) for mine, its in zip(own, told, strict=True)]
        return all(held)
    if _is_tensor(own):
        return _write_tensor(own, told)
    return _is_same(own, told)


def mark(own: Any, told: Any = UNKNOWN) -> bool:
    """Make visible that an object was changed, with nothing of the learner's; whether it shows."""
    if told is not UNKNOWN and _is_same(own, told):
        return False
    if type(own) is np.ndarray or _is_tensor(own):
        return _mark_numbers(own)
    if not isinstance(own, list | dict | set | tuple):
        return False
    if not isinstance(own, set):
        its = dict(_parts(told)) if isinstance(told, list | dict | tuple) else {}
        marked = [mark(part, its.get(key, UNKNOWN)) for key, part in _parts(own)]
        if any(marked) or isinstance(own, tuple):
            return any(marked)
    if isinstance(own, list):
        own.append(None)
    elif isinstance(own, dict):
        own[None] = UNKNOWN
    else:
        own ^= {None}
    return True


def _write_array(own: np.ndarray[Any, Any], told: Any) -> bool:
    if type(told) is not np.ndarray or told.shape != own.shape:
        return False
    if told.dtype != own.dtype.newbyteorder("="):
        return False
    if not own.flags.writeable:
        return _is_same(own, told)
    np.copyto(own, told)
    return True


def _write_tensor(own: Any, told: Any) -> bool:
    if type(told) is not sys.modules["torch"].Tensor:
        return False
    if told.shape != own.shape or told.dtype != own.dtype:
        return False
    try:
        with sys.modules["torch"].no_grad():
            own.copy_(told)
    except RuntimeError:  # its places share numbers
        return False
    return True


def _mark_numbers(own: Any) -> bool:
    if type(own) is np.ndarray and not own.flags.writeable:
        return False
    first = (0,) * own.ndim
    try:
        with sys.modules["torch"].no_grad() if _is_tensor(own) else contextlib.nullcontext():
            old = own[first]
            own[first] = not old if "bool" in str(own.dtype) else 0 if old != 0 else 1
    except (IndexError, RuntimeError):  # nothing is in it, or its places share numbers
        return False
    return True


def _write_container(own: Any, told: Any) -> None:
    """Give a list or dict the parts it was told; parts that were moved stay the same objects."""
    mine, its = dict(_parts(own)), dict(_parts(told))
    spare: dict[bytes, dict[Any, None]] = {}  # what own parts hold: where they are
    for key, part in mine.items():
        if _can_change(part):
            spare.setdefault(encode(part), {})[key] = None
    few = spare and len(its) <= len(mine) + GROWN
    frames = {key: encode(part) for key, part in its.items() if few and _can_change(part)}
    chosen: dict[Any, Any] = {}
    for key, frame in frames.items():
        if key in spare.get(frame, {}):
            del spare[frame][key]
            chosen[key] = mine[key]
    for key, frame in frames.items():
        if key not in chosen and (places := spare.get(frame)):
            chosen[key] = mine[places.popitem()[0]]
    free = {key for places in spare.values() for key in places}
    for key, part in its.items():
        if key not in chosen:
            chosen[key] = _part(mine[key], part, key in free) if key in mine else part
    parts = {key: chosen[key] for key in its}
    if isinstance(own, dict):
        own.clear()
        own.update(parts)
    else:
        own[:] = parts.values()


def _parts(container: Any) -> Iterator[tuple[Any, Any]]:
    return iter(container.items()) if isinstance(container, dict) else enumerate(container)


def _part(own: Any, told: Any, free: bool) -> Any:
    """What stands in a container: its own object where that can hold what was told."""
    if _can_change(own):
        return own if free and write(own, told) else told
    plain = told is None or isinstance(told, bool | int | float | complex | str | bytes)
    return told if plain or not _is_same(own, told) else own


def _can_change(value: Any) -> bool:
    return isinstance(value, np.ndarray | list | dict | set | tuple) or _is_tensor(value)


def _is_same(own: Any, told: Any) -> bool:
    """Whether what came back is what was sent, as far as it crosses at all."""
    if callable(own):
        return callable(told)
    if isinstance(own, np.random.Generator):  # its next draws are not the learner's to choose
        return isinstance(told, np.random.Generator)
    return encode(own) == encode(told)


def _is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)
