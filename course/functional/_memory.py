"""Memory that one layer's arrays leave, for the next layer's."""

from __future__ import annotations

import ctypes
import os
import platform

LARGEST = 32 * 2**20  # arrays up to this many bytes share the memory that is kept; glibc's bound
KEPT = 128 * 2**20  # bytes that are kept at most
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3  # as in malloc.h
BY_HAND = ("TRIM_THRESHOLD", "MMAP_THRESHOLD", "MMAP_MAX", "TOP_PAD")  # MALLOC_..._ sets them


def keep_freed_memory() -> bool:
    """Ask the C library to keep up to `KEPT` bytes that are freed; return whether it will.

    A training step allocates and frees the same arrays again and again. By itself glibc hands
    large ones back to the operating system, which clears and maps every page of the next one: a
    fifth of a small network's step. Settings that the process was started with stay, as do other
    C libraries' ways.

    Source: mallopt(3).
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    tuned = "glibc.malloc" in os.environ.get("GLIBC_TUNABLES", "")
    if tuned or any(f"MALLOC_{name}_" in os.environ for name in BY_HAND):
        return False
    mallopt = ctypes.CDLL(None).mallopt
    return bool(mallopt(M_MMAP_THRESHOLD, LARGEST) and mallopt(M_TRIM_THRESHOLD, KEPT))
