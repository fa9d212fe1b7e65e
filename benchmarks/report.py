"""The benchmark's numbers as a page and as two figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from . import peers

Memories = dict[tuple[int, ...], tuple[float, float]]  # MiB of a row's arrays, and the peak
Results = dict[str, dict[int, dict[str, float]]]  # row -> threads -> name -> milliseconds
OURS, THEIRS = "#00467f", "#b35900"


def label(row: tuple[int, ...]) -> str:
    """A convolution's sizes in words."""
    n, c, k, h, size, stride = row
    return f"{n}x{c}x{h}x{h} -> {k}, {size}x{size}/{stride}"


def geomean(values: list[float]) -> float:
    return float(np.exp(np.mean(np.log(values))))


def markdown(
    machine: str,
    results: Results,
    left_out: dict[str, peers.LeftOut],
    memories: dict[int, Memories],
    grown: dict[str, Any],
) -> str:
    """Tables of times, peers, memory and growth, with what they say. memories: by threads."""
    intro = (
        f"Machine: {machine}. float32, forward and backward, in milliseconds: medians of "
        "runs that take turns in one process, then of three processes with that row alone. "
        "Reproduce with `python -m benchmarks.layers`."
    )
    parts = _times(results), _peers(results, left_out), _memory(memories), _growth(grown)
    return "\n\n".join([intro, *("\n".join(part) for part in parts if part)]) + "\n"


def _times(results: Results) -> list[str]:
    first = next(iter(results.values()))
    threads = sorted(first)
    head = ["layer: N x C x H x W, for conv2d -> K, kernel/stride"]
    for t in threads:
        head += [f"course, {t} thr.", f"PyTorch, {t} thr.", "course / PyTorch"]
    head += [f"fastest NumPy peer / course, {t} thr." for t in threads]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    ratios: dict[int, list[float]] = {t: [] for t in threads}
    faster: dict[int, list[float]] = {t: [] for t in threads}
    for name, by_threads in results.items():
        cells = [name]
        for t in threads:
            times = by_threads[t]
            ratio = times["course"] / times["torch"]
            cells += [f"{times['course']:.2f}", f"{times['torch']:.2f}", f"{ratio:.2f}x"]
            if name.startswith("conv2d"):
                ratios[t].append(ratio)
        for t in threads:
            others = {k: v for k, v in by_threads[t].items() if k not in ("course", "torch")}
            best = min(others, key=lambda k: others[k], default=None)
            if best is None:
                cells.append("")
            else:
                faster[t].append(others[best] / by_threads[t]["course"])
                cells.append(f"{faster[t][-1]:.1f}x ({best})")
        lines.append("| " + " | ".join(cells) + " |")
    said = "; ".join(
        f"{geomean(r):.2f}x at {t} thread{'s' * (t > 1)}, worst row {max(r):.2f}x"
        for t, r in ratios.items()
    )
    lines += ["", f"conv2d beside PyTorch, geometric mean: {said}."]
    if len(threads) == 2:
        slower = max(by[2]["course"] / by[1]["course"] for by in results.values())
        lines.append(f"Two threads beside one: at worst {slower:.2f}x the time.")
    for t, times_as_fast in faster.items():
        if times_as_fast:
            span = f"{min(times_as_fast):.1f} to {max(times_as_fast):.1f} times"
            at = f"{t} thread{'s' * (t > 1)}"
            lines.append(f"Beside the fastest NumPy peer of each row, at {at}: {span} as fast.")
    return lines


def _peers(results: Results, left_out: dict[str, peers.LeftOut]) -> list[str]:
    """Every peer's milliseconds in every row, at the fewest threads, or why there are none."""
    threads = min(next(iter(results.values())))
    cells = {
        name: {who: f"{ms:.1f}" for who, ms in by_threads[threads].items()}
        | {who: peers.in_words(why) for who, why in left_out[name].items()}
        for name, by_threads in results.items()
    }
    names = dict.fromkeys(who for row in cells.values() for who in row)
    names = {who: None for who in names if who not in ("course", "torch")}
    if not names:
        return []
    lines = [f"| every NumPy peer, ms, {threads} thr. | " + " | ".join(names) + " |"]
    lines += ["|---|" + "---|" * len(names)]
    for name, row in cells.items():
        lines.append(f"| {name} | " + " | ".join(row.get(who, "not tried") for who in names) + " |")
    return lines


def _memory(memories: dict[int, Memories]) -> list[str]:
    """What each convolution needs, and whether that is within the bound at each thread count."""
    most = max(memories)
    head = ["conv2d", "arrays and gradients", "peak", "on top", "all windows"]
    head += [f"within the bound, {threads} thr." for threads in memories]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    beyond: dict[int, list[str]] = {threads: [] for threads in memories}
    for row, (arrays, peak) in memories[most].items():
        n, c, _, h, size, stride = row
        windows = 4 * n * c * size**2 * (h // stride) ** 2 / 2**20
        cells = [f"{mib:.1f}" for mib in (arrays, peak, peak - arrays, windows)]
        for threads, by_row in memories.items():
            on_top = by_row[row][1] - by_row[row][0]
            cells.append(f"{'yes' if on_top <= windows else 'no'}: {on_top:.1f}")
            if on_top > windows:
                beyond[threads].append(f"{label(row)} ({on_top:.1f}, {windows:.1f} of windows)")
        lines.append("| " + " | ".join([label(row), *cells]) + " |")
    said = "; ".join(
        f"at {threads} thread{'s' * (threads > 1)} "
        + (f"exceeded in {' and '.join(rows)}" if rows else "met in all rows")
        for threads, rows in beyond.items()
    )
    note = (
        "MiB. *Arrays*: input, weight, bias, output and the gradients of all of them. *On top*: "
        "what the layer needs besides. *All windows*: what a copy of every window, the usual "
        "im2col, would need. *The bound*: on top no more than one copy of all windows; "
        f"{said}. The other columns are at {most} thread{'s' * (most > 1)}."
    )
    return [*lines, "", note]


def _growth(grown: dict[str, Any]) -> list[str]:
    slopes = ", ".join(f"{name} {slope:.2f}" for name, (_, _, slope) in grown.items())
    return [
        f"Time of conv2d as a power of each size (slope on logarithmic axes): {slopes}. By the "
        "number of multiply-adds it would be 1 for N, C and K, and 2 for H and k."
    ]


def write(docs: Path, text: str, results: Results, grown: dict[str, Any]) -> None:
    """Save the page and the figures."""
    (docs / "figures").mkdir(parents=True, exist_ok=True)
    head = "# The layers beside PyTorch and other NumPy libraries\n\n"
    figures = (
        "\n![Time of each layer beside PyTorch](figures/layers.png)\n"
        "\n![How the time of a convolution grows](figures/layers_growth.png)\n"
    )
    (docs / "layers.md").write_text(head + text + figures)
    for name, figure in (("layers", bars(results)), ("layers_growth", lines(grown))):
        figure.savefig(docs / "figures" / f"{name}.png", dpi=120, metadata={"Software": None})


def bars(results: Results) -> Figure:
    """Time over PyTorch's, one bar a row, at one thread."""
    names = list(results)[::-1]
    ratios = [results[n][1]["course"] / results[n][1]["torch"] for n in names]
    figure = Figure(figsize=(8, 0.36 * len(names) + 1.2), layout="constrained")
    axes = figure.subplots()
    axes.barh(names, ratios, color=[THEIRS if r > 1 else OURS for r in ratios])
    for place, ratio in enumerate(ratios):
        axes.text(0.03, place, f"{ratio:.2f}", va="center", color="white")
    axes.axvline(1, color="black", linewidth=1)
    axes.set_xlim(0, max(1.1, *ratios))
    axes.set_xlabel("time / PyTorch's time (one thread; below 1 is faster)")
    axes.set_title("Forward and backward beside PyTorch on the CPU")
    axes.spines[["top", "right"]].set_visible(False)
    return figure


def lines(grown: dict[str, Any]) -> Figure:
    """Time against each size, on logarithmic axes, with its slope."""
    figure = Figure(figsize=(11, 2.8), layout="constrained")
    panels: list[Axes] = list(figure.subplots(1, len(grown), sharey=True))
    means = {"N": "images", "C": "channels", "K": "filters", "H": "height, width", "k": "kernel"}
    for axes, (name, (values, times, slope)) in zip(panels, grown.items(), strict=True):
        axes.loglog(values, times, "o-", color=OURS)
        axes.set_xticks(values, [str(v) for v in values])
        axes.minorticks_off()
        axes.set_xlabel(f"{name} ({means[name]})")
        axes.set_title(f"slope {slope:.2f}")
        axes.grid(True, alpha=0.3)
    panels[0].set_ylabel("forward + backward (ms)")
    return figure
