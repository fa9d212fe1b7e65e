"""Threads that share a batch out: each takes some of the images."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any, TypeVar

from threadpoolctl import ThreadpoolController

CHUNK = 5 * 2**19  # bytes of copies at a time: about what stays in a core's caches
WORTH_SHARING = 2**26  # multiplications; of fewer, handing over to a thread costs what it saves

Result = TypeVar("Result")
_lock = Lock()
_holds = 0  # how many callers hold BLAS at one thread just now; the last to leave restores it
_before = 1  # how many threads it had before the first
_limit: Any = None


def thread_count() -> int:
    """Return how many threads the layers may use: as many as BLAS has, or had before a hold.

    Set by OMP_NUM_THREADS before Python starts, or by `threadpoolctl.threadpool_limits`.
    """
    if _holds:
        return _before
    return min((library.num_threads for library in _blas().lib_controllers), default=1)


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Let each matrix product run on one thread; threads that share a batch out are not held.

    The products of a small network are over in microseconds. Threads that share one spend their
    time waiting for each other, and where another program wants the second core, for very long.
    """
    global _holds, _before, _limit
    with _lock:
        if _holds == 0:
            _before = thread_count()
            _limit = _blas().limit(limits=1)
        _holds += 1
    try:
        yield
    finally:
        with _lock:
            _holds -= 1
            if _holds == 0:
                _limit.restore_original_limits()


def share_out(
    work: Callable[[slice], Result], n: int, size: int, multiplications: int
) -> Iterator[Result]:
    """Yield work(images), in order, for runs of the N images of at most `CHUNK` bytes of copies.

    size is what one image's copies take, in bytes. Threads share the runs out where all images
    together are worth it, by their multiplications. The runs do not depend on the number of
    threads, so neither does the result, to the last bit.
    """
    count = 1 if n * size <= CHUNK else 4 * -(-n * size // (4 * CHUNK))  # 4, 8, ...: fair shares
    many = max(1, -(-n // count))
    runs = [slice(start, start + many) for start in range(0, n, many)]
    threads = min(thread_count(), len(runs)) if multiplications > WORTH_SHARING else 1
    with one_blas_thread():
        yield from map(work, runs) if threads < 2 else _pool(threads).map(work, runs)


@cache
def _blas() -> ThreadpoolController:
    """Find the library behind NumPy's matrix products, once: looking takes milliseconds."""
    return ThreadpoolController().select(user_api="blas")


@cache
def has_small_kernels() -> bool:
    """Whether BLAS has code of its own for products of few values: OpenBLAS has, for AVX-512."""
    found = {getattr(library, "architecture", None) for library in _blas().lib_controllers}
    return bool(found) and found <= {"SkylakeX", "Cooperlake", "SapphireRapids"}


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="course-layers")


def _forget() -> None:
    """Start anew in a forked process, which has none of its parent's threads."""
    global _lock, _holds
    _pool.cache_clear()
    _lock, _holds = Lock(), 0


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
