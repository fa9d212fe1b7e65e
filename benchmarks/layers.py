"""How fast and how frugal are the layers? Beside PyTorch on the CPU and other NumPy libraries.

    python -m benchmarks.layers                # everything, at one and at two threads
    python -m benchmarks.layers --write        # also docs/layers.md and docs/figures

float32; forward and backward together; medians of runs that take turns in one process, and of
several processes: where arrays come to lie in memory is another in each, and can cost a quarter.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

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
JSON = "all of it: "  # what one process tells another
TURN = 0.04  # seconds of pause, of runs that do not count, of runs that do
Step = Callable[[], Any]
Times = dict[str, float]  # milliseconds, by name


def measure(steps: dict[str, Step], seconds: float, turn: float = 0.0, least: int = 5) -> Times:
    """Median milliseconds of each step; they take turns, so that a busy machine is fair to all.

    A turn is a run that does not count and one that does. With several threads it is longer: a
    pause, since a library's threads go on asking for work for a while after its last product, on
    the core that the next one needs; runs that do not count, until the cores are awake again;
    then runs that do.
    """
    taken: dict[str, list[float]] = {name: [] for name in steps}
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds or min(map(len, taken.values())) < least:
        for name, step in steps.items():
            time.sleep(turn)
            repeat(step, turn)
            taken[name] += repeat(step, turn)
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


def conv_steps(row: tuple[int, ...], with_peers: bool) -> dict[str, Step]:
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

    steps = {"course": ours, "torch": theirs}
    if with_peers:
        steps |= peers.steps(x, weight, bias, dout, stride, padding, dx)
    return steps


def unary_steps(
    x: Any, forward: Callable[..., Any], backward: Callable[..., Any], twin: Callable[..., Any]
) -> dict[str, Step]:
    """Steps of a layer without parameters, ours and PyTorch's."""
    dout = draw(*forward(x)[0].shape)
    tensor, upstream = torch.tensor(x, requires_grad=True), torch.tensor(dout)
    return {
        "course": lambda: backward(dout, forward(x)[1]),
        "torch": lambda: torch.autograd.grad(twin(tensor), tensor, upstream),
    }


def batchnorm_steps(*shape: int) -> dict[str, Step]:
    x, dout, one, zero = (
        draw(*shape),
        draw(*shape),
        np.ones(shape[1], "f4"),
        np.zeros(shape[1], "f4"),
    )
    tensors = [torch.tensor(array, requires_grad=True) for array in (x, one, zero)]
    running, upstream = [torch.zeros(shape[1]), torch.ones(shape[1])], torch.tensor(dout)
    return {
        "course": lambda: F.batchnorm_backward(
            dout, F.batchnorm_forward(x, one, zero, zero, one)[1]
        ),
        "torch": lambda: torch.autograd.grad(
            tf.batch_norm(tensors[0], *running, *tensors[1:], training=True), tensors, upstream
        ),
    }


def small_net(lib: Any) -> Any:
    """conv-bn-relu-pool twice, and a linear layer, for 28x28 images."""
    layers: list[Any] = []
    for channels, out in ((1, 16), (16, 32)):
        layers += [lib.Conv2d(channels, out, 3, padding=1), lib.BatchNorm2d(out)]
        layers += [lib.ReLU(), lib.MaxPool2d(2)]
    return lib.Sequential(*layers, lib.Flatten(), lib.Linear(32 * 7 * 7, 10))


def training_steps(build: Callable[[Any], Any], *shape: int) -> dict[str, Step]:
    """One whole training step: forward, loss, backward, SGD with momentum."""
    x, y = draw(*shape), np.arange(shape[0]) % 10
    net, twin = build(nn), build(torch.nn)
    sgd = optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    twin_sgd = torch.optim.SGD(twin.parameters(), lr=0.01, momentum=0.9)
    images, labels = torch.tensor(x), torch.tensor(y)

    def ours() -> None:
        _, dscores = F.cross_entropy_loss(net(x), y)
        net.backward(dscores)
        sgd.step()

    def theirs() -> None:
        twin_sgd.zero_grad()
        tf.cross_entropy(twin(images), labels).backward()
        twin_sgd.step()

    return {"course": ours, "torch": theirs}


def all_rows(with_peers: bool) -> dict[str, Callable[[], dict[str, Step]]]:
    """Every row of the table, made only when its turn comes."""
    rows: dict[str, Callable[[], dict[str, Step]]] = {
        f"conv2d {report.label(row)}": lambda row=row: conv_steps(row, with_peers)  # type: ignore[misc]
        for row in CONV_ROWS
    }
    x = draw(64, 16, 32, 32)
    for name, size, stride, padding in (("2x2/2", 2, 2, 0), ("3x3/2", 3, 2, 1)):
        rows[f"max pool {name}, 64x16x32x32"] = lambda s=size, t=stride, p=padding: unary_steps(  # type: ignore[misc]
            x, lambda x: F.maxpool2d_forward(x, s, t, p), F.maxpool2d_backward,
            lambda x: tf.max_pool2d(x, s, t, p),
        )  # fmt: skip
        rows[f"average pool {name}, 64x16x32x32"] = lambda s=size, t=stride, p=padding: unary_steps(  # type: ignore[misc]
            x, lambda x: F.avgpool2d_forward(x, s, t, p), F.avgpool2d_backward,
            lambda x: tf.avg_pool2d(x, s, t, p),
        )  # fmt: skip
    rows["batch norm, 64x16x32x32"] = lambda: batchnorm_steps(64, 16, 32, 32)
    rows["small net, training step, 64x1x28x28"] = lambda: training_steps(small_net, 64, 1, 28, 28)
    rows["ResNet-20, training step, 32x3x32x32"] = lambda: training_steps(
        lambda lib: build_resnet(20, lib=lib), 32, 3, 32, 32
    )
    return rows


def memory(row: tuple[int, ...]) -> tuple[float, float]:
    """MiB of a conv step's own arrays (input, weight, output and their gradients), and the peak."""
    n, c, k, h, size, stride = row
    x, weight, bias = draw(n, c, h, h), draw(k, c, size, size), draw(k)
    out = F.conv2d_forward(x, weight, bias, stride, size // 2)[0]
    dout = draw(*out.shape)
    arrays = 2 * (x.nbytes + weight.nbytes + bias.nbytes + out.nbytes)
    given = x.nbytes + weight.nbytes + bias.nbytes + dout.nbytes
    del out
    tracemalloc.start()
    _, cache = kept = F.conv2d_forward(x, weight, bias, stride, size // 2)
    gradients = F.conv2d_backward(dout, cache)
    peak = tracemalloc.get_traced_memory()[1] + given
    tracemalloc.stop()
    del kept, gradients
    return arrays / 2**20, peak / 2**20


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
            steps[str(value)] = conv_steps(row, False)["course"]
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


def one_process(args: argparse.Namespace) -> dict[str, dict[int, Times]]:
    """The times of every row that was asked for, at each number of threads."""
    results: dict[str, dict[int, Times]] = {}
    for name, make in all_rows(not args.no_peers).items():
        if args.only not in name:
            continue
        steps = make()
        results[name] = {}
        for threads in args.threads:
            torch.set_num_threads(threads)
            with threadpool_limits(threads):
                turn = 0.0 if threads == 1 else TURN
                results[name][threads] = measure(steps, args.seconds, turn)
        for threads, times in results[name].items():
            each = ", ".join(f"{who} {ms:.2f}" for who, ms in times.items())
            print(f"{name:40s} {threads} threads: {each} ms; {ratio(times):.2f}x", flush=True)
    return results


def in_processes(count: int) -> dict[str, dict[int, Times]]:
    """The medians of what so many processes find, one after another, with the same arguments."""
    found = []
    for _ in range(count):
        command = [sys.executable, "-m", "benchmarks.layers", *sys.argv[1:], "--processes", "1"]
        done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
        print(done.stdout, flush=True)
        line = next(x for x in done.stdout.splitlines() if x.startswith(JSON))
        found.append(json.loads(line.removeprefix(JSON)))
    return {
        name: {
            int(threads): {
                who: statistics.median(other[name][threads][who] for other in found)
                for who in times
                if all(who in other[name][threads] for other in found)
            }
            for threads, times in by_threads.items()
        }
        for name, by_threads in found[0].items()
    }


def main() -> None:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=0.5, help="a row and thread count")
    parser.add_argument("--processes", type=int, default=3)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--only", default="", help="rows whose name holds this")
    parser.add_argument("--write", action="store_true", help="docs/layers.md and docs/figures")
    args = parser.parse_args()
    print(machine(), flush=True)
    if args.processes > 1:
        results = in_processes(args.processes)
    else:
        results = one_process(args)
        print(f"{JSON}{json.dumps(results)}")
    if args.only or args.processes == 1:
        return
    with threadpool_limits(1):
        torch.set_num_threads(1)
        grown = growth(args.seconds / 2)
    memories = {row: memory(row) for row in CONV_ROWS}
    text = report.markdown(machine(), results, memories, grown)
    print(text)
    if args.write:
        report.write(ROOT / "docs", text, results, grown)


if __name__ == "__main__":
    main()
