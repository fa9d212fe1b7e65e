"""What each row, or column, of a kernel meets of an image, and copies moved accordingly.

A *tap* is one row u, or one column v, of the kernel. As the window slides along, a tap reads one
run of the image's rows (columns), and reads it for one run of the output's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TypeAlias

import numpy as np

from ._arguments import Array

ROWS, COLUMNS = 2, 3  # the axes of (N, C, H, W)
Deal: TypeAlias = tuple[slice, list[int], list[tuple[slice, slice]]]
Move: TypeAlias = tuple[slice, Array, slice]  # where to; images (N, C, H, W); where from


def meet(
    kernel: int, length: int, places: int, stride: int, padding: int, dilation: int
) -> Iterator[tuple[int, slice, slice]]:
    """For each row u of a kernel, yield the image rows it reads and the output rows it reads for.

    Output row i reads image row i stride + u dilation - padding, if the image has such a row.
    """
    for u in range(kernel):
        offset = u * dilation - padding
        first = max(0, -(offset // stride))  # the first i whose image row is at least 0
        last = min(places - 1, (length - 1 - offset) // stride)
        if first <= last:
            met = slice(first * stride + offset, last * stride + offset + 1, stride)
            yield u, met, slice(first, last + 1)


def deal(
    kernel: int, length: int, places: int, stride: int, padding: int, dilation: int
) -> list[Deal]:
    """Deal the image rows into ``stride`` kinds, by the remainder of their number.

    Of each kind: its rows; the kernel rows u that read it; and for each of those, which rows of
    this kind it reads and for which output rows. A kind that nothing reads is left out.
    """
    deals = []
    for kind in range(stride):
        met = [
            (u, slice(rows.start // stride, (rows.stop - 1) // stride + 1), place)
            for u, rows, place in meet(kernel, length, places, stride, padding, dilation)
            if rows.start % stride == kind
        ]
        if met:
            meetings = [(rows, place) for _, rows, place in met]
            deals.append((slice(kind, None, stride), [u for u, _, _ in met], meetings))
    return deals


def taps(deals: list[Deal]) -> list[int]:
    """List the taps in the order of their copies."""
    return [u for _, us, _ in deals for u in us]


def spread(kinds: list[Array], deals: list[Deal], places: int, axis: int) -> Array:
    """Copy what each tap meets, where it meets it: (N, taps, C, H, W), and zero elsewhere.

    Not to be written to: where there is nothing to move, this is the image itself.
    """
    pairs = zip(kinds, deals, strict=True)
    moves = [(place, one, met) for one, (_, _, meetings) in pairs for met, place in meetings]
    return moved(moves, places, axis)


def collect(target: Array, copies: Array, deals: list[Deal], axis: int) -> None:
    """Add up the copies where they came from: the way back of `spread`. They are used up.

    Every kind that a tap reads is set as a whole, other kinds are left as they are.
    """
    images = iter(copies.swapaxes(0, 1))
    for kind, _, meetings in deals:
        part = target[(slice(None),) * axis + (kind,)]
        moves = [(met, next(images), place) for met, place in meetings]
        part[...] = sum_moved(moves, part.shape[axis], axis)


def unread(kind: Array, meetings: list[tuple[slice, slice]]) -> Array:
    """Find image rows that no tap reads: a nan there must not reach dweight, as 0 times nan."""
    alone = np.ones(kind.shape[ROWS], bool)
    for met, _ in meetings:
        alone[met] = False
    return np.flatnonzero(alone)


def moved(moves: list[Move], length: int, axis: int) -> Array:
    """Copy images once for each move: (N, moves, C, H, W), with ``length`` along ``axis``.

    Zero where nothing is moved to. A single image that stays where it is, is returned itself.
    """
    image = moves[0][1]
    if len(moves) == 1 and _stays(moves[0], length, axis):
        return image[:, None]
    n, *size = _resized(image, length, axis)
    copies = np.empty((n, len(moves), *size), image.dtype)
    for copy, (to, image, fro) in zip(copies.swapaxes(0, 1), moves, strict=True):
        target, source = _facing(copy, to, image, fro, axis)
        target[...] = source
        _clear_beside(copy, to, axis)
    return copies


def sum_moved(moves: list[Move], length: int, axis: int) -> Array:
    """Add up images, each moved: (N, C, H, W). They are used up: what they hold changes."""
    still = next((move for move in moves if _stays(move, length, axis)), None)
    first = moves[0][1]
    total = still[1] if still else np.zeros(_resized(first, length, axis), first.dtype)
    for to, image, fro in moves:
        if image is not total:
            _clear_beside(image, fro, axis)
            target, source = _facing(total, to, image, fro, axis)
            target += source
    return total


def _resized(image: Array, length: int, axis: int) -> tuple[int, ...]:
    return (*image.shape[:axis], length, *image.shape[axis + 1 :])


def _stays(move: Move, length: int, axis: int) -> bool:
    """Whether the whole image stays where it is."""
    to, image, fro = move
    return to == fro == slice(0, length) and image.shape[axis] == length


def _facing(target: Array, to: slice, source: Array, fro: slice, axis: int) -> tuple[Array, Array]:
    """Return target[to] and source[fro], or, which is much faster, whole images side by side.

    In memory the rows of an image lie one after another. In images of the same shape, a value and
    the one that it moves to are the same distance apart, everywhere, so an image moves as one long
    run. What then crosses the edge of a row, or of a channel, is wrong: it comes from beside
    ``fro`` and lands beside ``to``. So clear one of the two: the source before, or the target
    afterwards.
    """
    same = target.shape == source.shape
    if not (same and target[:1].flags.c_contiguous and source[:1].flags.c_contiguous):
        before = (slice(None),) * axis
        return target[(*before, to)], source[(*before, fro)]
    distance = (to.start - fro.start) * (source.shape[COLUMNS] if axis == ROWS else 1)
    if distance == 0:
        return target, source
    flat = len(target), math.prod(target.shape[1:])
    target, source = target.reshape(flat), source.reshape(flat)
    if distance < 0:
        return target[:, :distance], source[:, -distance:]
    return target[:, distance:], source[:, :-distance]


def _clear_beside(images: Array, run: slice, axis: int) -> None:
    """Set what lies before and after a run of rows (columns) to zero."""
    before = (slice(None),) * axis
    if run.start > 0:
        images[(*before, slice(0, run.start))] = 0
    if run.stop < images.shape[axis]:
        images[(*before, slice(run.stop, None))] = 0
