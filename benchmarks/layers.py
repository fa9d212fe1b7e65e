"""How fast and how frugal are the layers? Beside PyTorch on the CPU and other NumPy libraries.

    python -m benchmarks.layers                # everything, at one and at two threads
    python -m benchmarks.layers --write        # also docs/layers.md and docs/figures

float32; forward and backward together; medians of runs that take turns in one process, and of
several processes a row: where arrays come to lie in memory is another in each, and can cost a
quarter.
Every NumPy library that has the layer is tried first, at one thread: one that fails, gets another
gradient or is slow is not measured further, but the page says so.
"""

from __future__ import annotations

import argparse
import copy
import functools
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import time
import tracemalloc
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as tf
from threadpoolctl import threadpool_info, threadpool_limits

from benchmarks import peers, report
from course import functional as F
from course import nn, optim
from course.resnet import build_resnet

ROOT = Path(__file__).resolve().parents[1]
CONV_ROWS = (  # N, C, K, H, kernel, stride; padding kernel // 2
    (64, 1, 8, 28, 3, 1),
    (64, 3, 16, 32, 3, 1),
    (64, 16, 32, 32, 3, 1),
    (64, 32, 64, 16, 3, 1),
    (64, 64, 64, 16, 3, 1),
    (64, 16, 32, 32, 3, 2),
    (64, 16, 16, 28, 5, 1),
)
MEMORY_ROWS = (*CONV_ROWS, (256, 4, 64, 32, 3, 2))  # the last: few channels, many filters
JSON = "all of it: "  # what one process tells another
TURN = 0.04  # seconds of pause, of runs that do not count, of runs that do
Step = Callable[[], Any]
Times = dict[str, float]  # milliseconds, by name
LeftOut = dict[str, peers.LeftOut]  # by row
Found = tuple[dict[str, dict[int, Times]], LeftOut]  # times: by row and threads


class Row(NamedTuple):
    """One row of the table: ours and PyTorch's step, and what its peers are built from."""

    steps: dict[str, Step]
    peers: peers.Peers
    given: tuple[Any, ...]  # a peers.Peer's arguments
    right: list[Any]  # what a peer's first runs have to return


def measure(steps: dict[str, Step], seconds: float, least: int = 5) -> Times:
    """Median milliseconds of each step; they take turns, so that a busy machine is fair to all.

    A turn, the same at one thread and at several, is a pause, since a library's threads go on
    asking for work for a while after its last product, on the core that the next one needs; runs
    that do not count, until the cores are awake again; then runs that do. Each step has ``least``
    turns or more.
    """
    taken: dict[str, list[float]] = {name: [] for name in steps}
    begin, turns = time.perf_counter(), 0
    while time.perf_counter() - begin < seconds or turns < least:
        turns += 1
        for name, step in steps.items():
            time.sleep(TURN)
            repeat(step, TURN)
            taken[name] += repeat(step, TURN)
    return {name: statistics.median(times) for name, times in taken.items()}


def repeat(step: Step, seconds: float) -> list[float]:
    """Run the step, at least once, until the time is over; the milliseconds of each run."""
    taken: list[float] = []
    begin = time.perf_counter()
    while not taken or time.perf_counter() - begin < seconds:
        start = time.perf_counter()
        step()
        taken.append(1e3 * (time.perf_counter() - start))
    return taken


def draw(*shape: int) -> Any:
    return np.random.default_rng(sum(shape)).standard_normal(shape, dtype=np.float32)


def conv_row(row: tuple[int, ...]) -> Row:
    n, c, k, h, size, stride = row
    padding = size // 2
    x, weight, bias = draw(n, c, h, h), draw(k, c, size, size), draw(k)
    out, cache = F.conv2d_forward(x, weight, bias, stride, padding)
    dout = draw(*out.shape)
    dx = F.conv2d_backward(dout, cache)[0]
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, weight, bias)]
    upstream = torch.tensor(dout)

    def ours() -> Any:
        return F.conv2d_backward(dout, F.conv2d_forward(x, weight, bias, stride, padding)[1])

    def theirs() -> Any:
        out = tf.conv2d(*tensors, stride=stride, padding=padding)
        return torch.autograd.grad(out, tensors, upstream)

    given = x, weight, bias, dout, stride, padding
    return Row({"course": ours, "torch": theirs}, peers.CONVS, given, [dx, dx])


def pool_row(kind: str, x: Any, size: int, stride: int, padding: int) -> Row:
    """A max or average pool. Peers, of which few pad, have the padded image as their input."""
    forward: Any = {"max": F.maxpool2d_forward, "average": F.avgpool2d_forward}[kind]
    backward: Any = {"max": F.maxpool2d_backward, "average": F.avgpool2d_backward}[kind]
    twin: Any = {"max": tf.max_pool2d, "average": tf.avg_pool2d}[kind]
    window = size, stride, padding
    dout = draw(*forward(x, *window)[0].shape)
    tensor, upstream = torch.tensor(x, requires_grad=True), torch.tensor(dout)
    frame = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    image = np.pad(x, frame, constant_values=-np.inf if kind == "max" else 0)
    dx = backward(dout, forward(image, size, stride, 0)[1])
    steps: dict[str, Step] = {
        "course": lambda: backward(dout, forward(x, *window)[1]),
        "torch": lambda: torch.autograd.grad(twin(tensor, *window), tensor, upstream),
    }
    return Row(steps, peers.POOLS[kind], (kind, image, dout, size, stride), [dx, dx])


def batchnorm_row(*shape: int) -> Row:
    x, one, zero = draw(*shape), np.ones(shape[1], "f4"), np.zeros(shape[1], "f4")
    dout = x[::-1].copy()  # not x itself: its gradient would be 0, and no check of a peer
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, one, zero)]
    running, upstream = [torch.zeros(shape[1]), torch.ones(shape[1])], torch.tensor(dout)

    def ours() -> Any:
        return F.batchnorm_backward(dout, F.batchnorm_forward(x, one, zero, zero, one)[1])

    def theirs() -> Any:
        out = tf.batch_norm(tensors[0], *running, *tensors[1:], training=True)
        return torch.autograd.grad(out, tensors, upstream)

    dx = ours()[0]
    return Row({"course": ours, "torch": theirs}, peers.NORMS, (x, one, zero, dout), [dx, dx])


def small_net(lib: Any) -> Any:
    """conv-bn-relu-pool twice, and a linear layer, for 28x28 images."""
    layers: list[Any] = []
    for channels, out in ((1, 16), (16, 32)):
        layers += [lib.Conv2d(channels, out, 3, padding=1), lib.BatchNorm2d(out)]
        layers += [lib.ReLU(), lib.MaxPool2d(2)]
    return lib.Sequential(*layers, lib.Flatten(), lib.Linear(32 * 7 * 7, 10))


def training_row(
    build: Callable[[Any], Any], nets: dict[str, peers.Peer | str], *shape: int
) -> Row:
    """One whole training step: forward, loss, backward, SGD with momentum.

    A peer starts from the same parameters, and is right if its first three losses are ours.
    """
    x, y = draw(*shape), np.arange(shape[0]) % 10
    net, twin = build(nn), build(torch.nn)
    twin_sgd = torch.optim.SGD(twin.parameters(), lr=peers.RATE, momentum=peers.MOMENTUM)
    images, labels = torch.tensor(x), torch.tensor(y)

    def our_step(net: Any) -> Step:
        sgd = optim.SGD(net.parameters(), lr=peers.RATE, momentum=peers.MOMENTUM)

        def step() -> Any:
            loss, dscores = F.cross_entropy_loss(net(x), y)
            net.backward(dscores)
            sgd.step()
            return loss

        return step

    def theirs() -> None:
        twin_sgd.zero_grad()
        tf.cross_entropy(twin(images), labels).backward()
        twin_sgd.step()

    start = [parameter.value.copy() for parameter in net.parameters()]
    again = our_step(copy.deepcopy(net))
    right = [again() for _ in range(3)] if nets else []
    return Row({"course": our_step(net), "torch": theirs}, nets, (start, x, y), right)


def tried(row: Row, installed: Iterable[str]) -> tuple[dict[str, Step], peers.LeftOut]:
    """The steps of the peers that are right and not slow, and why the others are left out."""
    steps: dict[str, Step] = {}
    left_out: peers.LeftOut = {}
    for name in installed:
        build = row.peers.get(name.split()[0])
        if build is not None:
            found = build if isinstance(build, str) else first_runs(build, row)
            if callable(found):
                steps[name] = found
            else:
                left_out[name] = found
    return steps, left_out


def first_runs(build: peers.Peer, row: Row) -> Step | float | str:
    """A peer's step, or the seconds it takes where these are too many, or what goes wrong."""
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore")
        try:
            step, seconds = build(*row.given), math.inf
            for right in row.right:
                start = time.perf_counter()
                got = step()
                seconds = min(seconds, time.perf_counter() - start)
                if not np.allclose(got, right, rtol=1e-2, atol=1e-2 * np.abs(right).max()):
                    return "another result"
                if seconds > 4 * peers.SLOW:  # the first run will do
                    break
        except Exception as error:  # a peer may fail in its own way: that is its result
            print(f"{build.__name__}: {type(error).__name__}: {error}")
            return f"fails: {type(error).__name__}"
    return seconds if seconds > peers.SLOW else step


def all_rows() -> dict[str, Callable[[], Row]]:
    """Every row of the table, made only when its turn comes."""
    rows: dict[str, Callable[[], Row]] = {
        f"conv2d {report.label(row)}": functools.partial(conv_row, row) for row in CONV_ROWS
    }
    x = draw(64, 16, 32, 32)
    for size, stride, padding in ((2, 2, 0), (3, 2, 1)):
        for kind in peers.POOLS:
            name = f"{kind} pool {size}x{size}/{stride}, 64x16x32x32"
            rows[name] = functools.partial(pool_row, kind, x, size, stride, padding)
    rows["batch norm, 64x16x32x32"] = lambda: batchnorm_row(64, 16, 32, 32)
    rows["small net, training step, 64x1x28x28"] = lambda: training_row(
        small_net, peers.NETS, 64, 1, 28, 28
    )
    rows["ResNet-20, training step, 32x3x32x32"] = lambda: training_row(
        lambda lib: build_resnet(20, lib=lib), {}, 32, 3, 32, 32
    )
    return rows


def memory(row: tuple[int, ...], runs: int = 20) -> tuple[float, float]:
    """MiB of a conv step's own arrays (input, weight, output and their gradients), and the peak.

    The highest of many peaks: with threads, each depends on which of them meet.
    """
    n, c, k, h, size, stride = row
    x, weight, bias = draw(n, c, h, h), draw(k, c, size, size), draw(k)
    out = F.conv2d_forward(x, weight, bias, stride, size // 2)[0]
    dout = draw(*out.shape)
    arrays = 2 * (x.nbytes + weight.nbytes + bias.nbytes + out.nbytes)
    given = x.nbytes + weight.nbytes + bias.nbytes + dout.nbytes
    del out
    peaks = []
    for _ in range(runs):
        tracemalloc.start()
        _, cache = kept = F.conv2d_forward(x, weight, bias, stride, size // 2)
        gradients = F.conv2d_backward(dout, cache)
        peaks.append(tracemalloc.get_traced_memory()[1] + given)
        tracemalloc.stop()
        del kept, cache, gradients
    return arrays / 2**20, max(peaks) / 2**20


GROWTH = {  # what grows, and over which values; the rest stays at the base
    "N": (8, 16, 32, 64, 128),
    "C": (8, 16, 32, 64, 128),
    "K": (8, 16, 32, 64, 128),
    "H": (8, 16, 32, 64),
    "k": (1, 3, 5, 7, 9),
}
BASE = {"N": 32, "C": 32, "K": 32, "H": 32, "k": 3}


def growth(seconds: float) -> dict[str, tuple[tuple[int, ...], list[float], float]]:
    """For each of N, C, K, H, k: its values, milliseconds, and the slope on logarithmic axes."""
    result = {}
    for name, values in GROWTH.items():
        steps = {}
        for value in values:
            at = BASE | {name: value}
            row = (at["N"], at["C"], at["K"], at["H"], at["k"], 1)
            steps[str(value)] = conv_row(row).steps["course"]
        times = list(measure(steps, seconds * len(values)).values())
        slope = float(np.polyfit(np.log(values), np.log(times), 1)[0])
        result[name] = (values, times, slope)
    return result


def ratio(times: Times) -> float:
    return times["course"] / times["torch"]


def machine() -> str:
    """Processor, versions and BLAS kernel."""
    model = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((x.split(": ")[1] for x in lines if x.startswith("model name")), model)
    pools = [p for p in threadpool_info() if "numpy" in p["filepath"]]
    blas = f"{pools[0]['internal_api']}, {pools[0]['architecture']} kernels" if pools else "BLAS ?"
    return (
        f"{model}, {os.cpu_count()} cores; Python {platform.python_version()}, "
        f"NumPy {np.__version__} ({blas}), PyTorch {torch.__version__}"
    )


def one_process(args: argparse.Namespace) -> Found:
    """The times of every row that was asked for, at each number of threads, and who is left out."""
    results: dict[str, dict[int, Times]] = {}
    left_out: LeftOut = {}
    installed = [] if args.no_peers else peers.installed()
    for name, make in all_rows().items():
        if args.only not in name:
            continue
        row = make()
        steps, left_out[name] = tried(row, installed)
        for who, why in left_out[name].items():
            print(f"{name:40s} {who}: {peers.in_words(why)}", flush=True)
        results[name] = {}
        for threads in args.threads:
            torch.set_num_threads(threads)
            with threadpool_limits(threads):
                results[name][threads] = measure(row.steps | steps, args.seconds)
        for threads, times in results[name].items():
            each = ", ".join(f"{who} {ms:.2f}" for who, ms in times.items())
            print(f"{name:40s} {threads} threads: {each} ms; {ratio(times):.2f}x", flush=True)
    return results, left_out


def in_processes(args: argparse.Namespace) -> Found:
    """The medians of what several processes find, one after another, with the same arguments.

    Each has one row: none then depends on what others have left in memory.
    """
    results: dict[str, dict[int, Times]] = {}
    left_out: LeftOut = {}
    for name in (name for name in all_rows() if args.only in name):
        command = [sys.executable, "-m", "benchmarks.layers", *sys.argv[1:]]
        command += ["--only", name, "--processes", "1"]
        found, without = [], []
        for _ in range(args.processes):
            done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
            *lines, line = done.stdout.splitlines()
            print("\n".join(lines[1:]), flush=True)
            times, reasons = json.loads(line.removeprefix(JSON))
            found.append(times[name])
            without.append(reasons[name])
        results[name] = {
            int(threads): {
                who: statistics.median(other[threads][who] for other in found)
                for who in times
                if all(who in other[threads] for other in found)
            }
            for threads, times in found[0].items()
        }
        left_out[name] = together(without)
    return results, left_out


def together(left_out: list[peers.LeftOut]) -> peers.LeftOut:
    """Whom any process left out of a row: what went wrong, or the median of the seconds."""
    result: peers.LeftOut = {}
    for who in dict.fromkeys(who for each in left_out for who in each):
        reasons = [each[who] for each in left_out if who in each]
        words = [why for why in reasons if isinstance(why, str)]
        seconds = [why for why in reasons if not isinstance(why, str)]
        result[who] = words[0] if words else statistics.median(seconds)
    return result


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=0.5, help="a row and thread count")
    parser.add_argument("--processes", type=int, default=3, help="a row")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--only", default="", help="rows whose name holds this")
    parser.add_argument("--write", action="store_true", help="docs/layers.md and docs/figures")
    args = parser.parse_args()
    print(machine(), flush=True)
    if args.processes > 1:
        found = in_processes(args)
    else:
        found = one_process(args)
        print(f"{JSON}{json.dumps(found)}")
    if args.only or args.processes == 1:
        return
    with threadpool_limits(1):
        torch.set_num_threads(1)
        grown = growth(args.seconds / 2)
    memories: dict[int, report.Memories] = {}
    for threads in sorted(args.threads):
        with threadpool_limits(threads):
            memories[threads] = {row: memory(row) for row in MEMORY_ROWS}
    text = report.markdown(machine(), *found, memories, grown)
    print(text)
    if args.write:
        report.write(ROOT / "docs", text, found[0], grown)


if __name__ == "__main__":
    main()
