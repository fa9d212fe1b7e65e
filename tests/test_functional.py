"""Do the layers compute what PyTorch computes, for any shape, setting, type and memory layout?"""

from __future__ import annotations

import itertools
import math
import os
import platform
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as tf
from drawn import TOLERANCE, dtypes, seeds, settings_between
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_info, threadpool_limits

from course import functional as F
from course import nn
from course.functional import _threads
from course.functional._memory import keep_freed_memory
from course.gradcheck import gradcheck, numerical_gradient

TRIM = "glibc.malloc.trim_threshold=131072"
LAYOUTS = ("plain", "transposed", "reversed", "strided", "broadcast")
SMALL_KERNELS = "course.functional.convolution.has_small_kernels"


def close(ours: Any, theirs: Any, dtype: str, what: str = "", floor: float = 1e-30) -> None:
    """Equal within the tolerance, measured by the largest value; NaN only where both have it."""
    theirs = theirs.detach().numpy() if isinstance(theirs, torch.Tensor) else np.asarray(theirs)
    ours = np.asarray(ours)
    assert ours.shape == theirs.shape, what
    assert ours.dtype == dtype, f"{what}: {ours.dtype} came out where {dtype} went in"
    finite = np.abs(theirs[np.isfinite(theirs)])
    scale = max(floor, finite.max(initial=0.0))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=TOLERANCE[dtype] * scale, err_msg=what)


def lay_out(array: np.ndarray, layout: str) -> np.ndarray:
    """The same shape, laid out otherwise in memory, and read-only: writing into it raises."""
    if layout == "transposed":
        array = np.ascontiguousarray(array.T).T
    elif layout == "reversed":
        array = np.ascontiguousarray(array[..., ::-1])[..., ::-1]
    elif layout == "strided":
        wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
        wide[..., ::2] = array
        array = wide[..., ::2]
    elif layout == "broadcast" and len(array):
        array = np.broadcast_to(array[:1], array.shape)  # one image, many times, stored once
    array = array.view()
    array.flags.writeable = False
    return array


def draw(seed: int, *shape: int, dtype: str = "float64", layout: str = "plain") -> np.ndarray:
    values = np.random.default_rng(seed).standard_normal(shape).astype(dtype)
    return lay_out(values, layout)


def torch_gradients(
    function: Callable[..., Any], arrays: list[np.ndarray], dout: np.ndarray
) -> tuple[Any, tuple[Any, ...]]:
    """PyTorch's output and gradients, in float64 whatever the arrays are: the truth for both."""
    tensors = [torch.tensor(a.astype(np.float64), requires_grad=True) for a in arrays]
    out = function(*tensors)
    upstream = torch.tensor(dout.astype(np.float64))
    return out, torch.autograd.grad(out, tensors, upstream, allow_unused=True)


def compare(
    dtype: str,
    arrays: list[np.ndarray],
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    twin: Callable[..., Any],
    layout: str = "plain",
    floor: float = 1e-30,
) -> None:
    """Forward and every gradient against PyTorch, with a random upstream gradient.

    Going back a second time must give the same: nothing in the cache was changed.
    """
    out, cache, *_ = forward(*arrays)
    dout = draw(99, *out.shape, dtype=dtype, layout=layout)
    first, second = (
        gradients if isinstance(gradients, tuple) else (gradients,)
        for gradients in (backward(dout, cache), backward(dout, cache))
    )
    expected, theirs = torch_gradients(twin, arrays, dout)
    close(out, expected, dtype, "out", floor)
    for number, (mine, again, other) in enumerate(zip(first, second, theirs, strict=True)):
        close(mine, other, dtype, f"gradient {number}", floor)
        np.testing.assert_array_equal(again, mine, err_msg=f"gradient {number}, once more")


layouts = st.sampled_from(LAYOUTS)
pairs = st.tuples(st.integers(1, 3), st.integers(1, 3))
sizes = st.tuples(st.integers(1, 9), st.integers(1, 9))
kernels = st.tuples(st.integers(1, 4), st.integers(1, 4))
counts = st.integers(1, 6)
maps = st.one_of(st.just(()), sizes)  # what follows (N, C)


@settings(max_examples=150)
@given(
    dtypes, layouts, layouts, seeds, st.integers(1, 4), st.integers(1, 4), st.integers(1, 5),
    sizes, kernels,
    pairs, st.tuples(st.integers(0, 3), st.integers(0, 3)), pairs, st.booleans(),
)  # fmt: skip
def test_does_conv2d_equal_pytorch(
    dtype: str, layout: str, layout_dout: str, seed: int, n: int, c: int, k: int,
    size: tuple[int, int], kernel: tuple[int, int], stride: tuple[int, int],
    padding: tuple[int, int], dilation: tuple[int, int], with_bias: bool,
) -> None:  # fmt: skip
    for h, r, p, d in zip(size, kernel, padding, dilation, strict=True):
        assume(h + 2 * p >= d * (r - 1) + 1)
    arrays = [
        draw(seed, n, c, *size, dtype=dtype, layout=layout),
        draw(seed + 1, k, c, *kernel, dtype=dtype, layout=layout),
    ]
    if with_bias:
        arrays.append(draw(seed + 2, k, dtype=dtype))

    def backward(dout: Any, cache: Any) -> Any:
        gradients = F.conv2d_backward(dout, cache)
        assert with_bias or gradients[2] is None
        return gradients[: len(arrays)]

    compare(
        dtype,
        arrays,
        lambda *a: F.conv2d_forward(*a, stride=stride, padding=padding, dilation=dilation),
        backward,
        lambda *a: tf.conv2d(*a, stride=stride, padding=padding, dilation=dilation),
        layout_dout,
    )


def test_does_conv2d_stay_right_when_many_images_take_several_chunks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arrays = [draw(0, 7, 3, 9, 8), draw(1, 5, 3, 3, 2), draw(2, 5)]
    for size in (1, 9000, 30000, 10**9):  # one image at a time, two, a ragged rest, all
        monkeypatch.setattr(_threads, "CHUNK", size)
        compare(
            "float64",
            arrays,
            lambda *a: F.conv2d_forward(*a, stride=2, padding=1),
            F.conv2d_backward,
            lambda *a: tf.conv2d(*a, stride=2, padding=1),
        )


@pytest.mark.parametrize(
    ("channels", "filters", "kernel", "stride", "padding", "tiled"),
    [
        (18, 20, 3, 1, 1, True),  # small products
        (17, 16, 3, 2, 1, True),  # the same, of pixels that were dealt
        (2, 9, 3, 2, 1, True),  # few channels: rows first
        (5, 64, 1, 1, 0, True),  # nothing to copy
        (16, 37, 1, 1, 0, False),  # 37 rows cannot be dealt into tiles
        (33, 8, 3, 1, 1, False),  # 99 columns are too many
        (3, 5, 1, 3, 1, False),  # a window that often lies in the padding
    ],
)
@pytest.mark.parametrize("small", [False, True])
@pytest.mark.parametrize("images", [0, 2])
def test_does_conv2d_equal_pytorch_on_each_of_its_ways(
    images: int,
    small: bool,
    channels: int,
    filters: int,
    kernel: int,
    stride: int,
    padding: int,
    tiled: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(SMALL_KERNELS, lambda: asked.append(small) or small)
    arrays = [
        draw(0, images, channels, 24, 23),
        draw(1, filters, channels, kernel, kernel),
        draw(2, filters),
    ]
    compare(
        "float64",
        arrays,
        lambda *a: F.conv2d_forward(*a, stride=stride, padding=padding),
        F.conv2d_backward,
        lambda *a: tf.conv2d(*a, stride=stride, padding=padding),
    )
    assert bool(asked) == (tiled and images > 0)


def test_are_small_kernels_expected_of_openblas_with_avx512_alone() -> None:
    names = {pool.get("architecture") for pool in blas_pools()}
    assert _threads.has_small_kernels() == (names <= {"SkylakeX", "Cooperlake", "SapphireRapids"})


@pytest.mark.parametrize(
    ("kernel", "stride", "filters"), [(3, 1, 4), (3, 2, 4), (1, 1, 4), (3, 1, 12)]
)
def test_does_going_back_twice_give_the_same(kernel: int, stride: int, filters: int) -> None:
    arrays = draw(0, 2, 3, 8, 8), draw(1, filters, 3, kernel, kernel), draw(2, filters)
    out, cache = F.conv2d_forward(*arrays, stride=stride, padding=kernel // 2)
    first, second = (F.conv2d_backward(draw(3, *out.shape), cache) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("stride", [1, 2])
def test_do_threads_change_no_bit_of_a_convolution(
    stride: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_threads, "CHUNK", 20_000)
    monkeypatch.setattr(_threads, "WORTH_SHARING", 0)
    arrays = [
        draw(i, *shape, dtype="float32")
        for i, shape in enumerate([(9, 3, 16, 15), (4, 3, 3, 3), (4,)])
    ]
    results = []
    for threads in (1, 2, 3):
        monkeypatch.setattr(_threads, "thread_count", lambda threads=threads: threads)
        out, cache = F.conv2d_forward(*arrays, stride=stride, padding=1)
        results.append([out, *F.conv2d_backward(np.sin(out), cache)])
    assert any(thread.name.startswith("course-layers") for thread in threading.enumerate())
    for other in results[1:]:
        for ours, theirs in zip(other, results[0], strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_is_blas_given_its_threads_back_by_the_last_of_several_callers() -> None:
    with threadpool_limits(2, user_api="blas"):
        first, second = _threads.one_blas_thread(), _threads.one_blas_thread()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        assert {pool["num_threads"] for pool in blas_pools()} == {1}
        assert _threads.thread_count() == 2  # of the layers' own threads
        second.__exit__(None, None, None)
        assert {pool["num_threads"] for pool in blas_pools()} == {2}


def blas_pools() -> list[dict[str, Any]]:
    return [pool for pool in threadpool_info() if pool["user_api"] == "blas"]


def test_does_a_forked_process_make_threads_of_its_own() -> None:
    """The pool's threads stay behind in the parent; to wait for them would take for ever."""
    code = """
import os, numpy as np
from course import functional as F
from course.functional import _threads
_threads.WORTH_SHARING, _threads.CHUNK, _threads.thread_count = 0, 1000, lambda: 2
run = lambda: F.conv2d_forward(np.ones((8, 2, 9, 9)), np.ones((2, 2, 3, 3)))[0].sum()
before = run()
child = os.fork()
if child == 0:
    os._exit(0 if run() == before else 1)
print(os.waitpid(child, 0)[1])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "0\n", done.stderr


def test_are_freed_arrays_used_again_unless_the_process_was_told_otherwise() -> None:
    if platform.libc_ver()[0] != "glibc":
        assert not keep_freed_memory()
        return
    code = """
import ctypes
import resource

ctypes.CDLL(None).prctl(41, 1, 0, 0, 0)  # PR_SET_THP_DISABLE: count pages of one size
import numpy as np
from course import functional as F

def step():
    out, cache = F.conv2d_forward(x, weight, None, 1, 1)
    F.relu_forward(out)
    return F.conv2d_backward(out, cache)

def pages():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

x, weight = np.ones((64, 8, 28, 28), "f4"), np.ones((16, 8, 3, 3), "f4")
for _ in range(5):
    step()
before = pages()
for _ in range(10):
    step()
print((pages() - before) // 10, x.nbytes // resource.getpagesize())
"""

    def run(**setting: str) -> list[int]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("MALLOC_", "GLIBC_"))}
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=inherited | {"OMP_NUM_THREADS": "1"} | setting,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return [int(number) for number in done.stdout.split()]

    fetched, one_array = run()
    assert fetched < one_array / 10  # as good as none
    fetched, one_array = run(MALLOC_ARENA_MAX="2")  # says nothing of what is kept
    assert fetched < one_array / 10
    for setting in ({"MALLOC_TRIM_THRESHOLD_": "131072"}, {"GLIBC_TUNABLES": TRIM}):
        fetched, one_array = run(**setting)
        assert fetched > one_array, setting  # every step fetches its arrays anew


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "padding", "dilation"),
    [(7, 2, 3, 0, 1), (8, 3, 2, 0, 1), (9, 2, 1, 0, 5), (7, 1, 2, 0, 1), (10, 2, 2, 0, 4)],
)
def test_does_it_not_matter_what_stands_where_no_window_looks(
    size: int, kernel: int, stride: int, padding: int, dilation: int
) -> None:
    weight = torch.tensor(draw(1, 2, 2, kernel, kernel), requires_grad=True)
    x = draw(0, 2, 2, size, size).copy()
    seen = torch.tensor(np.ones_like(x), requires_grad=True)
    settings_ = (stride, padding, dilation)
    tf.conv2d(seen, torch.ones_like(weight), None, *settings_).sum().backward()
    unseen = seen.grad.numpy() == 0
    assert unseen.any()
    x[unseen] = np.nan
    out, cache = F.conv2d_forward(x, weight.detach().numpy(), None, *settings_)
    dout = draw(2, *out.shape)
    dweight = F.conv2d_backward(dout, cache)[1]
    x[unseen] = 0
    tf.conv2d(torch.tensor(x), weight, None, *settings_).backward(torch.tensor(dout))
    np.testing.assert_allclose(dweight, weight.grad.numpy(), rtol=1e-10)
    assert np.isfinite(out).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_does_a_bad_gradient_reach_only_the_value_that_won_the_window(bad: float) -> None:
    x = draw(0, 1, 1, 4, 4)
    out, cache = F.maxpool2d_forward(x, 2)
    dout = np.ones(out.shape)
    dout[0, 0, 1, 0] = bad
    tensor = torch.tensor(x, requires_grad=True)
    tf.max_pool2d(tensor, 2).backward(torch.tensor(dout))
    np.testing.assert_array_equal(F.maxpool2d_backward(dout, cache), tensor.grad.numpy())


def test_does_one_hand_worked_convolution_come_out() -> None:
    """1*1 + 2*0 + 4*0 + 5*-1 = -4, at each of the four places of [[1..3], [4..6], [7..9]]."""
    x = np.arange(1.0, 10.0).reshape(1, 1, 3, 3)
    weight = np.array([[[[1.0, 0.0], [0.0, -1.0]]]])
    out, _ = F.conv2d_forward(x, weight, np.array([0.5]))
    np.testing.assert_array_equal(out, np.full((1, 1, 2, 2), -3.5))


@settings(max_examples=150)
@given(
    dtypes, layouts, seeds, st.integers(1, 3), st.integers(1, 3),
    sizes, kernels,
    st.one_of(st.none(), pairs), st.tuples(st.integers(0, 2), st.integers(0, 2)),
    st.sampled_from(["max", "average"]), st.booleans(),
    st.sampled_from([(), (-np.inf,), (np.nan,), (-np.inf, np.nan)]),
)  # fmt: skip
def test_do_the_pools_equal_pytorch(
    dtype: str, layout: str, seed: int, n: int, c: int, size: tuple[int, int],
    kernel: tuple[int, int], stride: tuple[int, int] | None, padding: tuple[int, int],
    kind: str, ties: bool, bad: tuple[float, ...],
) -> None:  # fmt: skip
    """Overlapping windows, gaps, rests that do not fill a window; ties go to the same value."""
    assume(all(2 * p <= r <= h + 2 * p for h, r, p in zip(size, kernel, padding, strict=True)))
    x = draw(seed, n, c, *size, dtype=dtype)
    x = np.round(x) if ties else x.copy()
    if bad:
        rng = np.random.default_rng(seed)
        x = np.where(rng.random(x.shape) < 0.7, rng.choice(bad, x.shape), x).astype(dtype)
    x = lay_out(x, layout)
    ours = {"max": F.maxpool2d_forward, "average": F.avgpool2d_forward}[kind]
    back = {"max": F.maxpool2d_backward, "average": F.avgpool2d_backward}[kind]
    twin = {"max": tf.max_pool2d, "average": tf.avg_pool2d}[kind]
    compare(
        dtype, [x], lambda x: ours(x, kernel, stride, padding), back,
        lambda x: twin(x, kernel, stride, padding), layout,
    )  # fmt: skip


@pytest.mark.parametrize(
    "values",
    [
        [np.nan, 1, np.nan, 2],  # the last NaN
        [np.nan, np.inf, 1, 1],
        [-np.inf, -np.inf, -np.inf, -np.inf],  # the first pixel, not the frame of -inf around it
        [-np.inf, np.nan, -np.inf, np.nan],
        [-np.inf, 1, 1, -np.inf],
    ],
)
@pytest.mark.parametrize("shape", [(1, 4), (4, 1), (2, 2)])
def test_does_the_same_pixel_as_in_pytorch_win_where_several_could(
    values: list[float], shape: tuple[int, int]
) -> None:
    x = np.array(values).reshape(1, 1, *shape)
    for window in ((2, 1, 1), (3, 1, 1), (shape, 1, 0)):  # size, stride, padding
        compare(
            "float64",
            [x],
            lambda x, window=window: F.maxpool2d_forward(x, *window),
            F.maxpool2d_backward,
            lambda x, window=window: tf.max_pool2d(x, *window),
        )


def test_do_the_two_4x4_pooling_tables_come_out() -> None:
    largest = [[29, 15, 28, 184], [0, 100, 70, 38], [12, 12, 7, 2], [12, 12, 45, 6]]
    average = [[31, 15, 28, 184], [0, 100, 70, 38], [12, 12, 7, 2], [12, 12, 45, 6]]
    out, _ = F.maxpool2d_forward(np.array(largest)[None, None], 2)
    np.testing.assert_array_equal(out[0, 0], [[100, 184], [12, 45]])
    out, _ = F.avgpool2d_forward(np.array(average)[None, None], 2)
    np.testing.assert_array_equal(out[0, 0], [[36.5, 80], [12, 15]])


@given(
    dtypes, layouts, seeds, st.integers(1, 5), st.integers(1, 6), st.integers(1, 6), st.booleans()
)
def test_does_linear_equal_pytorch(
    dtype: str, layout: str, seed: int, n: int, d: int, k: int, with_bias: bool
) -> None:
    arrays = [
        draw(seed, n, d, dtype=dtype, layout=layout),
        draw(seed + 1, k, d, dtype=dtype, layout=layout),
    ]
    arrays += [draw(seed + 2, k, dtype=dtype)] if with_bias else []
    compare(
        dtype, arrays, F.linear_forward,
        lambda dout, cache: F.linear_backward(dout, cache)[: len(arrays)], tf.linear, layout,
        floor=0.1,  # where products cancel, little is left but rounding
    )  # fmt: skip


ELEMENTWISE: dict[str, tuple[Any, Any, Any]] = {
    "relu": (F.relu_forward, F.relu_backward, tf.relu),
    "leaky_relu": (F.leaky_relu_forward, F.leaky_relu_backward, tf.leaky_relu),
    "sigmoid": (F.sigmoid_forward, F.sigmoid_backward, torch.sigmoid),
    "tanh": (F.tanh_forward, F.tanh_backward, torch.tanh),
    "gelu": (F.gelu_forward, F.gelu_backward, tf.gelu),
    "flatten": (F.flatten_forward, F.flatten_backward, lambda x: x.flatten(1)),
    "global_avgpool": (
        F.global_avgpool_forward,
        F.global_avgpool_backward,
        lambda x: tf.adaptive_avg_pool2d(x, 1),
    ),
}


@settings(max_examples=100)
@given(
    dtypes, layouts, layouts, seeds, st.integers(1, 4), st.integers(1, 4), sizes,
    st.sampled_from(sorted(ELEMENTWISE)), settings_between(0, 2), st.booleans(),
)  # fmt: skip
def test_do_activations_and_reshaping_layers_equal_pytorch(
    dtype: str, layout: str, layout_dout: str, seed: int, n: int, c: int, size: tuple[int, int],
    name: str, slope: float, whole: bool,
) -> None:  # fmt: skip
    """With whole numbers too, so that 0, where ReLU's slope is a convention, occurs."""
    x = draw(seed, n, c, *size, dtype=dtype)
    forward, backward, twin = ELEMENTWISE[name]
    options = {"negative_slope": slope} if name == "leaky_relu" else {}
    x = lay_out(np.round(2 * x) if whole else 3 * x, layout)
    compare(
        dtype, [x], lambda x: forward(x, **options), backward, lambda x: twin(x, **options),
        layout_dout, floor=1.0,  # 1 - out**2 and the like lose what they take away
    )  # fmt: skip


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "sigmoid", "tanh", "gelu"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_do_activations_survive_huge_and_infinite_inputs(name: str, dtype: str) -> None:
    values = np.array([[-1e4, -1000, -40, -1e-8, 0, 1e-8, 40, 1000, 1e4]], dtype)
    ends = np.array([[-np.inf, np.inf]], dtype)
    forward, backward, twin = ELEMENTWISE[name]
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        compare(dtype, [values], forward, backward, twin)
        with np.errstate(invalid="ignore" if name == "gelu" else "raise"):  # -inf 0, in PyTorch too
            compare(dtype, [ends], forward, backward, twin)


@pytest.mark.parametrize(
    "name", ["relu", "leaky_relu", "sigmoid", "tanh", "gelu", "global_avgpool"]
)
def test_is_nan_carried_through_both_ways(name: str) -> None:
    forward, backward, _ = ELEMENTWISE[name]
    x = draw(0, 1, 2, 2, 2).copy()
    x[0, 1, 0, 1] = np.nan
    out, cache = forward(x)
    assert np.isnan(out).any()
    assert np.isnan(backward(np.full(out.shape, np.nan), cache)).all()


def test_is_nan_carried_through_windows_and_statistics() -> None:
    x = draw(0, 2, 2, 4, 4).copy()
    x[0, 0, 1, 2] = np.nan
    out, cache = F.maxpool2d_forward(x, 2)
    assert np.isnan(out[0, 0, 0, 1])
    assert np.isnan(out).sum() == 1
    dx = F.maxpool2d_backward(np.ones_like(out), cache)
    assert dx[0, 0, 1, 2] == 1, "the value that won, NaN, gets the gradient"
    assert np.isnan(F.avgpool2d_forward(x, 2)[0]).sum() == 1
    assert np.isnan(F.conv2d_forward(x, np.ones((1, 2, 3, 3)), padding=1)[0]).sum() == 9
    assert np.isnan(F.linear_forward(x.reshape(2, -1), np.ones((3, 32)))[0]).sum() == 3
    one, zero = np.ones(2), np.zeros(2)
    out, _, running = F.batchnorm_forward(x, one, zero, zero, one)
    assert np.isnan(out[:, 0]).all()
    assert not np.isnan(out[:, 1]).any()
    assert np.isnan(running[0][0])
    scores = np.array([[1.0, np.nan, 2.0]])
    for loss in (F.cross_entropy_loss, F.hinge_loss):
        assert math.isnan(loss(scores, np.array([0]))[0])
    assert math.isnan(F.mse_loss(scores, np.zeros((1, 3)))[0])


@settings(max_examples=80)
@given(
    dtypes, layouts, seeds, st.integers(1, 5), st.integers(1, 4), maps, st.booleans(),
    settings_between(0, 1), settings_between(1e-5, 1),
)  # fmt: skip
def test_does_batchnorm_equal_pytorch(
    dtype: str, layout: str, seed: int, n: int, c: int, image: tuple[int, ...], training: bool,
    momentum: float, eps: float,
) -> None:  # fmt: skip
    """Output, gradients and running statistics, over two batches in a row, in both modes."""
    least = 2 if dtype == "float64" else 4  # two values may be so close that float32 loses them
    assume(not training or n * math.prod(image) >= least)
    running = (draw(seed + 3, c, dtype=dtype), np.abs(draw(seed + 4, c, dtype=dtype)) + 0.5)
    theirs = [torch.tensor(r.astype(np.float64)) for r in running]
    options = {"training": training, "momentum": momentum, "eps": eps}
    for batch in range(2):
        arrays = [
            lay_out(3 + 2 * draw(seed + batch, n, c, *image, dtype=dtype), layout),
            draw(seed + 5, c, dtype=dtype),
            draw(seed + 6, c, dtype=dtype),
        ]
        state = running
        compare(
            dtype, arrays, lambda *a, s=state: F.batchnorm_forward(*a, *s, **options),
            F.batchnorm_backward,
            lambda *a: tf.batch_norm(a[0], *theirs, a[1], a[2], **options),
            layout, floor=1.0,  # where all terms cancel, dx is rounding, in PyTorch too
        )  # fmt: skip
        *_, running = F.batchnorm_forward(*arrays, *state, **options)
        for mine, other, what in zip(running, theirs, ("mean", "variance"), strict=True):
            close(mine, other, dtype, what, floor=1.0)


@pytest.mark.parametrize("image", [(2, 2), (64, 65)])  # of few pixels and of many: see `_maps`
def test_does_batchnorm_survive_a_constant_feature(image: tuple[int, int]) -> None:
    """Its variance is 0: eps keeps the division finite, as in PyTorch."""
    x = draw(0, 4, 3, *image).copy()
    x[:, 1] = 7
    running = (np.zeros(3), np.ones(3))
    compare(
        "float64", [x, np.ones(3), np.zeros(3)], lambda *a: F.batchnorm_forward(*a, *running),
        F.batchnorm_backward,
        lambda *a: tf.batch_norm(a[0], *map(torch.tensor, running), *a[1:], True),
    )  # fmt: skip


@pytest.mark.parametrize("image", [(), (5, 5), (64, 64)])
@pytest.mark.parametrize("value", [0.1, 1e4 + 0.1])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_does_batchnorm_take_all_of_a_constant_feature_away(
    image: tuple[int, ...], value: float, dtype: str
) -> None:
    """1 / sqrt(eps) makes the mean's rounding 316 times as large."""
    one, zero = np.ones(2, dtype), np.zeros(2, dtype)
    for n in (2, 3, 7, 10, 49, 64):
        x = np.full((n, 2, *image), value, dtype)
        out, _, (_, variance) = F.batchnorm_forward(x, one, zero, zero, zero, momentum=1.0)
        assert np.abs(out).max() <= 1e-5, n
        assert variance.max() <= 1e-10, n


@given(
    dtypes, layouts, layouts, layouts, seeds, st.integers(1, 6), st.integers(1, 5),
    st.sampled_from([1, 100, 1e4]), st.sampled_from(["int64", "int32", "uint8"]),
    settings_between(0, 3),
)  # fmt: skip
def test_do_the_losses_equal_pytorch(
    dtype: str, layout: str, layout_y: str, layout_target: str, seed: int, n: int, k: int,
    size: float, dtype_y: str, margin: float,
) -> None:  # fmt: skip
    scores = lay_out((size * draw(seed, n, k)).astype(dtype), layout)
    y = lay_out(np.random.default_rng(seed).integers(0, k, n).astype(dtype_y), layout_y)
    target = draw(seed + 1, n, k, dtype=dtype, layout=layout_target)
    labels = torch.tensor(y.astype(np.int64))
    for name, ours, twin in (
        ("cross entropy", F.cross_entropy_loss(scores, y), lambda s: tf.cross_entropy(s, labels)),
        ("hinge", F.hinge_loss(scores, y), lambda s: k * tf.multi_margin_loss(s, labels)),
        ("hinge, its margin drawn", F.hinge_loss(scores, y, margin),
         lambda s: k * tf.multi_margin_loss(s, labels, margin=margin)),
        ("mse", F.mse_loss(scores, target),
         lambda s: tf.mse_loss(s, torch.tensor(target.astype(np.float64)))),
    ):  # fmt: skip
        expected, (gradient,) = torch_gradients(twin, [scores], np.array(1.0))
        loss, dscores = ours
        assert isinstance(loss, float)
        allowed = TOLERANCE[dtype] * max(1, abs(expected.item()))
        assert abs(loss - expected.item()) <= allowed, name
        close(dscores, gradient, dtype, name, 1 / n)  # p - 1 loses what it takes away
    close(F.softmax(scores), torch.softmax(torch.tensor(scores.astype(np.float64)), 1), dtype)


def test_do_the_losses_start_where_they_must() -> None:
    """Ten classes and equal scores: ln 10 for softmax, 9 margins for the SVM."""
    scores, y = np.zeros((5, 10)), np.arange(5)
    assert F.cross_entropy_loss(scores, y)[0] == pytest.approx(math.log(10))
    assert F.hinge_loss(scores, y)[0] == 9


@pytest.mark.parametrize("size", [1e4, -1e4])
def test_does_cross_entropy_stay_finite_at_huge_scores(size: float) -> None:
    loss, dscores = F.cross_entropy_loss(np.array([[size, 0.0]]), np.array([1]))
    assert loss == max(size, 0)
    assert np.isfinite(dscores).all()


# image and filters, then stride, padding and dilation: every way that conv2d has
CONVOLUTIONS: dict[str, tuple[tuple[int, ...], tuple[int, ...], Any, Any, Any]] = {
    "all set": ((2, 3, 6, 5), (4, 3, 3, 2), (2, 1), (1, 2), (1, 2)),
    "plain": ((2, 3, 5, 4), (4, 3, 3, 3), 1, 1, 1),
    "stride 2": ((2, 3, 6, 5), (4, 3, 3, 3), 2, 1, 1),
    "dilation": ((2, 3, 6, 5), (4, 3, 3, 3), 1, 2, 2),
    "few channels: rows first": ((2, 2, 5, 4), (7, 2, 3, 3), 1, 1, 1),
    "rows first, stride 2": ((2, 2, 6, 5), (7, 2, 3, 3), 2, 1, 1),
    "many channels, small products": ((1, 16, 3, 2), (9, 16, 3, 3), 1, 1, 1),
    "1x1": ((2, 3, 4, 3), (4, 3, 1, 1), 1, 0, 1),
    "strided 1x1": ((2, 3, 6, 5), (4, 3, 1, 1), 2, 0, 1),
    "rows that no window meets": ((2, 2, 7, 7), (3, 2, 2, 2), 1, 0, 5),
    "windows in the padding": ((2, 2, 1, 1), (3, 2, 1, 1), 2, 1, 1),
}


def convolution(
    image: tuple[int, ...], filters: tuple[int, ...], *options: Any
) -> tuple[Any, Any, list[tuple[int, ...]]]:
    def forward(x: Any, weight: Any, bias: Any) -> Any:
        return F.conv2d_forward(x, weight, bias, *options)

    return forward, F.conv2d_backward, [image, filters, filters[:1]]


# what stands beside a body from 2 to 4 channels, or from 2 to 2
SHORTCUTS: dict[str, tuple[int, int, Callable[[], Any]]] = {
    "identity": (2, 1, lambda: None),
    "zero padding": (4, 2, lambda: nn.ZeroPadShortcut(4, 2)),
    "projection": (
        4,
        2,
        lambda: nn.Sequential(nn.Conv2d(2, 4, 1, 2, bias=False), nn.BatchNorm2d(4)),
    ),
}


def residual(
    channels: int, stride: int, shortcut: Callable[[], Any]
) -> tuple[Any, Any, list[tuple[int, ...]]]:
    """The block as a pair of functions; its cache holds those of its layers."""

    def block() -> nn.Residual:
        first = nn.Conv2d(2, channels, 3, stride, 1, bias=False), nn.BatchNorm2d(channels)
        second = nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels)
        return nn.Residual(nn.Sequential(*first, nn.ReLU(), *second), shortcut())

    def forward(x: Any, *arrays: Any) -> Any:
        net = block()
        for parameter, array in zip(net.parameters(), arrays, strict=True):
            parameter.owner.params[parameter.name] = array
        for _, module in net.modules():
            module.buffers = {name: b.astype(x.dtype) for name, b in module.buffers.items()}
        out = net(x)
        return out, (net, [getattr(module, "_cache", None) for _, module in net.modules()])

    def backward(dout: Any, cache: Any) -> Any:
        net, _ = cache
        return net.backward(dout), *(parameter.grad for parameter in net.parameters())

    shapes = [parameter.value.shape for parameter in block().parameters()]
    return forward, backward, [(3, 2, 4, 3), *shapes]


LAYERS: dict[str, tuple[Any, Any, list[tuple[int, ...]]]] = {
    "linear": (F.linear_forward, F.linear_backward, [(3, 4), (5, 4), (5,)]),
    **{f"conv2d, {name}": convolution(*case) for name, case in CONVOLUTIONS.items()},
    **{f"residual block, {name}": residual(*case) for name, case in SHORTCUTS.items()},
    "max pool": (lambda x: F.maxpool2d_forward(x, 3, 2, 1), F.maxpool2d_backward, [(2, 2, 6, 5)]),
    "average pool": (
        lambda x: F.avgpool2d_forward(x, 3, 2, 1),
        F.avgpool2d_backward,
        [(2, 2, 6, 5)],
    ),
    "batchnorm": (
        lambda x, weight, bias: F.batchnorm_forward(x, weight, bias, np.zeros(2), np.ones(2)),
        F.batchnorm_backward,
        [(3, 2, 2, 3), (2,), (2,)],
    ),
    "batchnorm, inference": (
        lambda x, weight, bias: F.batchnorm_forward(
            x, weight, bias, np.ones(2), np.full(2, 2.0), False
        ),
        F.batchnorm_backward,
        [(3, 2), (2,), (2,)],
    ),
    "dropout": (lambda x: F.dropout_forward(x, 0.4, rng=3), F.dropout_backward, [(3, 4, 2, 2)]),
    "dropout, per channel": (
        lambda x: F.dropout_forward(x, 0.4, rng=3, per_channel=True),
        F.dropout_backward,
        [(3, 4, 2, 2)],
    ),
    "zero-padded shortcut": (
        lambda x: F.zero_pad_shortcut_forward(x, 5, 2),
        F.zero_pad_shortcut_backward,
        [(2, 3, 5, 4)],
    ),
    **{name: (*pair[:2], [(2, 3, 2, 3)]) for name, pair in ELEMENTWISE.items()},
}


@pytest.mark.parametrize("name", sorted(LAYERS))
def test_do_central_differences_agree_and_is_nothing_changed_in_place(name: str) -> None:
    forward, backward, shapes = LAYERS[name]
    gradcheck(forward, backward, [draw(number, *shape) for number, shape in enumerate(shapes)])


@pytest.mark.parametrize("loss", [F.cross_entropy_loss, F.hinge_loss, F.mse_loss])
def test_do_central_differences_agree_with_the_losses(loss: Callable[..., Any]) -> None:
    scores = draw(0, 4, 5)
    truth = draw(1, 4, 5) if loss is F.mse_loss else lay_out(np.array([1, 4, 0, 2]), "plain")
    expected = numerical_gradient(lambda s: loss(s, truth)[0], scores)
    np.testing.assert_allclose(loss(scores, truth)[1], expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("name", sorted(LAYERS))
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_does_a_batch_of_no_images_go_through(name: str, dtype: str) -> None:
    forward, backward, shapes = LAYERS[name]
    arrays = [draw(number, *shape, dtype=dtype) for number, shape in enumerate(shapes)]
    full, _, *_ = forward(*arrays)
    arrays[0] = arrays[0][:0]
    with np.errstate(all="raise"):
        out, cache, *_ = forward(*arrays)
        assert out.shape == (0, *full.shape[1:])
        gradients = backward(np.zeros(out.shape, dtype), cache)
    for array, gradient in zip(
        arrays, gradients if isinstance(gradients, tuple) else (gradients,), strict=True
    ):
        assert gradient.shape == array.shape
        assert not gradient.any()


def test_is_the_loss_of_no_images_nan_as_in_pytorch() -> None:
    none = np.zeros((0, 3))
    for loss, dscores in (
        F.cross_entropy_loss(none, np.zeros(0, int)),
        F.hinge_loss(none, np.zeros(0, int)),
        F.mse_loss(none, none),
    ):
        assert math.isnan(loss)
        assert dscores.shape == (0, 3)


@given(
    dtypes, layouts, layouts, seeds, st.integers(1, 4), st.integers(1, 4), sizes,
    st.integers(0, 3), st.integers(1, 3),
)  # fmt: skip
def test_does_the_zero_padded_shortcut_equal_pytorch(
    dtype: str, layout: str, layout_dout: str, seed: int, n: int, c: int, size: tuple[int, int],
    more: int, stride: int,
) -> None:  # fmt: skip
    compare(
        dtype, [draw(seed, n, c, *size, dtype=dtype, layout=layout)],
        lambda x: F.zero_pad_shortcut_forward(x, c + more, stride), F.zero_pad_shortcut_backward,
        lambda x: tf.pad(x[:, :, ::stride, ::stride], (0, 0, 0, 0, 0, more)), layout_dout,
    )  # fmt: skip


@given(
    dtypes, layouts, layouts, seeds, st.integers(1, 4), st.integers(1, 4), maps,
    settings_between(0, 1), st.booleans(),
)  # fmt: skip
def test_is_dropout_a_product_with_one_mask_both_ways(
    dtype: str, layout: str, layout_dout: str, seed: int, n: int, c: int, image: tuple[int, ...],
    p: float, per_channel: bool,
) -> None:  # fmt: skip
    def forward(x: Any) -> Any:
        return F.dropout_forward(x, p, rng=seed, per_channel=per_channel)

    mask, _ = forward(np.ones((n, c, *image)))
    assert np.isin(mask, [0] if p == 1 else [0, 1 / (1 - p)]).all()
    if per_channel:
        channels = mask.reshape(n, c, -1)
        assert (channels == channels[..., :1]).all()
    compare(
        dtype, [draw(seed, n, c, *image, dtype=dtype, layout=layout)], forward,
        F.dropout_backward, lambda x: x * torch.tensor(mask), layout_dout,
    )  # fmt: skip


def test_does_dropout_keep_the_expected_value_and_the_wanted_share() -> None:
    x = np.ones((200, 10, 5, 5))
    for p, per_channel in itertools.product((0.2, 0.5, 0.9), (False, True)):
        out, cache = F.dropout_forward(x, p, rng=0, per_channel=per_channel)
        assert np.isin(out, [0, 1 / (1 - p)]).all()
        assert (out == 0).mean() == pytest.approx(p, abs=0.04)
        np.testing.assert_array_equal(F.dropout_backward(np.ones_like(x), cache), out)
        if per_channel:
            assert (out == out[:, :, :1, :1]).all()


def test_does_dropout_do_nothing_in_inference_and_everything_at_p_1() -> None:
    x = draw(0, 3, 4)
    for out, cache in (F.dropout_forward(x, 0.5, training=False), F.dropout_forward(x, 0.0)):
        np.testing.assert_array_equal(out, x)
        assert not np.shares_memory(out, x)
        np.testing.assert_array_equal(F.dropout_backward(x, cache), x)
    out, cache = F.dropout_forward(x, 1.0, rng=0)
    assert not out.any()
    assert not F.dropout_backward(x, cache).any()


def test_does_a_seed_give_the_same_mask_twice() -> None:
    x = np.ones((4, 4))
    np.testing.assert_array_equal(F.dropout_forward(x, rng=5)[0], F.dropout_forward(x, rng=5)[0])


IMAGE, FILTERS = np.zeros((2, 3, 5, 4)), np.zeros((6, 3, 3, 3))
MISTAKES: list[tuple[str, Callable[[], Any], tuple[str, ...]]] = [
    ("channels differ", lambda: F.conv2d_forward(IMAGE, np.zeros((6, 4, 3, 3))),
     ("x has 3 channels", "(6, 4, 3, 3)", "(filters, 3, height, width)")),
    ("kernel too large", lambda: F.conv2d_forward(IMAGE, np.zeros((6, 3, 3, 7)), padding=1),
     ("kernel width 7", "4 + 2*1 = 6", "padding of at least 2")),
    ("dilated kernel too large", lambda: F.conv2d_forward(IMAGE, FILTERS, dilation=3),
     ("kernel height 3", "spans 7 with dilation 3", "5 + 2*0 = 5")),
    ("stride 0", lambda: F.conv2d_forward(IMAGE, FILTERS, stride=0), ("stride is 0", "at least 1")),
    ("negative padding", lambda: F.conv2d_forward(IMAGE, FILTERS, padding=(0, -1)),
     ("padding is (0, -1)", "at least 0")),
    ("dilation 0", lambda: F.conv2d_forward(IMAGE, FILTERS, dilation=0), ("dilation is 0",)),
    ("half a stride", lambda: F.conv2d_forward(IMAGE, FILTERS, stride=1.5),
     ("stride is 1.5", "whole number")),
    ("three strides", lambda: F.conv2d_forward(IMAGE, FILTERS, stride=(1, 1, 1)),
     ("stride is (1, 1, 1)", "pair")),
    ("one image without N", lambda: F.conv2d_forward(IMAGE[0], FILTERS),
     ("x has shape (3, 5, 4)", "(N, C, H, W)", "x[None]")),
    ("flat filters", lambda: F.conv2d_forward(IMAGE, FILTERS[0]), ("weight has shape (3, 3, 3)",)),
    ("wrong bias", lambda: F.conv2d_forward(IMAGE, FILTERS, np.zeros(3)),
     ("bias has shape (3,)", "(6,)")),
    ("a list", lambda: F.conv2d_forward(IMAGE.tolist(), FILTERS), ("x is a list", "np.asarray(x)")),
    ("features differ", lambda: F.linear_forward(np.zeros((2, 5)), np.zeros((3, 4))),
     ("x has 5 features", "(3, 4)", "(units, 5)")),
    ("images into linear", lambda: F.linear_forward(IMAGE, np.zeros((3, 60))),
     ("x has shape (2, 3, 5, 4)", "(N, D)")),
    ("linear bias", lambda: F.linear_forward(np.zeros((2, 4)), np.zeros((3, 4)), np.zeros((3, 1))),
     ("bias has shape (3, 1)", "(3,)")),
    ("pool too large", lambda: F.maxpool2d_forward(IMAGE, 5), ("kernel width 5", "4 + 2*0 = 4")),
    ("pool stride", lambda: F.avgpool2d_forward(IMAGE, 2, 0), ("stride is 0",)),
    ("pool padding", lambda: F.maxpool2d_forward(IMAGE, 2, padding=2),
     ("padding 2", "half of kernel_size 2")),
    ("batch of one", lambda: F.batchnorm_forward(
        np.zeros((1, 3)), np.ones(3), np.zeros(3), np.zeros(3), np.ones(3)),
     ("x has shape (1, 3)", "one number a channel", "eval()")),
    ("batch norm channels", lambda: F.batchnorm_forward(
        IMAGE, np.ones(4), np.zeros(3), np.zeros(3), np.ones(3)),
     ("x has 3 channels but weight has shape (4,)",)),
    ("batch norm axes", lambda: F.batchnorm_forward(
        np.zeros((2, 3, 4)), np.ones(3), np.zeros(3), np.zeros(3), np.ones(3)),
     ("x has shape (2, 3, 4)", "(N, C, H, W)")),
    ("dropout p", lambda: F.dropout_forward(IMAGE, 1.5), ("p is 1.5", "0 to 1")),
    ("label too large", lambda: F.cross_entropy_loss(np.zeros((2, 3)), np.array([0, 3])),
     ("y[1] is 3", "3 classes", "0 to 2")),
    ("negative label", lambda: F.hinge_loss(np.zeros((2, 3)), np.array([-1, 0])), ("y[0] is -1",)),
    ("labels as floats", lambda: F.cross_entropy_loss(np.zeros((2, 3)), np.array([0.0, 1.0])),
     ("float64", "astype(np.int64)")),
    ("one-hot labels", lambda: F.cross_entropy_loss(np.zeros((2, 3)), np.eye(3, dtype=int)[:2]),
     ("y has shape (2, 3)", "(2,)")),
    ("mse shapes", lambda: F.mse_loss(np.zeros((2, 1)), np.zeros(2)), ("(2, 1)", "(2,)")),
    ("shortcut channels", lambda: F.zero_pad_shortcut_forward(IMAGE, 2), ("channels is 2", "3")),
    ("shortcut stride", lambda: F.zero_pad_shortcut_forward(IMAGE, 4, 0), ("stride is 0",)),
]  # fmt: skip


@pytest.mark.parametrize(("call", "words"), [m[1:] for m in MISTAKES], ids=[m[0] for m in MISTAKES])
def test_does_a_mistake_name_the_argument_the_value_and_the_remedy(
    call: Callable[[], Any], words: tuple[str, ...]
) -> None:
    with pytest.raises((ValueError, TypeError)) as error:
        call()
    for word in words:
        assert word in str(error.value)
