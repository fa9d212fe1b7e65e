"""Look at this computer before the course begins: is everything here that the course needs?

A line marked ✗ here is about the machine, never about the learner's code.
"""

from __future__ import annotations

import html
import importlib.metadata as metadata
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .guard import call_guarded

PACKAGE = "convnet-course"
GOOD, NOTE, BAD = "✓", "·", "✗"


@dataclass(frozen=True)
class Line:
    """One thing looked at: what, what was found, whether that is well, and else what to do."""

    what: str
    found: str
    mark: str
    advice: str = ""


class Preflight:
    """The findings: an HTML table in a notebook, aligned text elsewhere."""

    def __init__(self, lines: tuple[Line, ...]) -> None:
        """Keep the findings."""
        self.lines = lines

    @property
    def ready(self) -> bool:
        """Whether nothing that the course needs is missing."""
        return all(line.mark != BAD for line in self.lines)

    @property
    def verdict(self) -> str:
        """One sentence for the learner."""
        if self.ready:
            return (
                "Your machine is ready. From here on, a ✗ under an exercise is about your code, "
                "and its text says what kind of mistake it is."
            )
        return (
            "The lines marked ✗ are about your machine, not about anything you wrote. Mend them "
            "first: a check can only judge your code on a machine that is complete."
        )

    def __repr__(self) -> str:
        """The table as text."""
        width = max(len(line.what) for line in self.lines)
        rows = [f"{line.mark} {line.what:{width}}  {line.found}" for line in self.lines]
        for i, line in enumerate(self.lines):
            rows[i] += f"\n  {'':{width}}  {line.advice}" if line.advice else ""
        return "\n".join([*rows, self.verdict])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{line.mark}</td>"
            f'<th scope="row" style="text-align:left">{html.escape(line.what)}</th>'
            f'<td style="text-align:left">{html.escape(line.found)}'
            + (f"<br><em>{html.escape(line.advice)}</em>" if line.advice else "")
            + "</td></tr>"
            for line in self.lines
        )
        return (
            '<table><caption style="caption-side:bottom;text-align:left">'
            f"{html.escape(self.verdict)}</caption>"
            '<thead><tr><th></th><th scope="col">Your machine</th>'
            f'<th scope="col">Found</th></tr></thead><tbody>{rows}</tbody></table>'
        )


def look_around() -> Preflight:
    """Look at Python, the packages, the processor, the GPU and the data. Takes a few seconds."""
    looks: tuple[Callable[[], Iterator[Line]], ...] = (_python, _packages, _machine, _gpu, _data)
    lines: list[Line] = []
    for look in looks:
        call = call_guarded(lambda look=look: list(look()))  # type: ignore[misc]
        if call.error is None:
            lines += call.result
        else:
            name = look.__name__.strip("_")
            lines.append(Line(name, f"could not be looked at: {call.error}", NOTE))
    return Preflight(tuple(lines))


def _python() -> Iterator[Line]:
    found = f"{platform.python_version()} in {sys.prefix}"
    try:
        needed = metadata.metadata(PACKAGE)["Requires-Python"] or ">=3.11"
    except metadata.PackageNotFoundError:
        needed = ">=3.11"
    good = _within(platform.python_version(), needed)
    yield Line("Python", found, GOOD if good else BAD, "" if good else f"Needed: {needed}")


def _within(version: str, specifier: str) -> bool:
    from packaging.specifiers import SpecifierSet

    return SpecifierSet(specifier).contains(version, prereleases=True)


def _packages() -> Iterator[Line]:
    """Every run-time requirement of the installed course against what is installed."""
    from packaging.requirements import Requirement

    try:
        stated = metadata.requires(PACKAGE) or []
    except metadata.PackageNotFoundError:
        yield Line("course", "not installed", BAD, "Run `make lab`, or `pip install -e .` here.")
        return
    wanted = [Requirement(text) for text in stated]
    wanted = [r for r in wanted if r.marker is None or r.marker.evaluate({"extra": ""})]
    fitting: list[str] = []
    for requirement in wanted:
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            advice = f"Install it: pip install '{requirement.name}{requirement.specifier}'"
            yield Line(requirement.name, "missing", BAD, advice)
            continue
        if requirement.specifier.contains(version, prereleases=True):
            fitting.append(f"{requirement.name} {version}")
        else:
            advice = f"The course is made for {requirement.specifier}."
            yield Line(requirement.name, version, BAD, advice)
    yield Line("packages", ", ".join(fitting), GOOD)


def _machine() -> Iterator[Line]:
    system = f"{platform.system()} {platform.release()}, {platform.machine()}"
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    yield Line("system", system, NOTE)
    yield Line("processor", f"{cores} cores for this program", NOTE)
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    advice = "" if free > 1 else "Less than 1 GB: make some room before you download data."
    yield Line("free disk", f"{free:.0f} GB", NOTE if free > 1 else BAD, advice)


def _gpu() -> Iterator[Line]:
    try:
        import torch
    except Exception as error:  # a broken wheel may raise anything
        yield Line("PyTorch", f"does not start: {error}", BAD, "Install torch again.")
        return
    if torch.cuda.is_available():
        yield Line("GPU", f"{torch.cuda.get_device_name(0)} (CUDA)", GOOD)
    elif torch.backends.mps.is_available():
        yield Line("GPU", "Apple GPU (MPS)", GOOD)
    else:
        yield Line("GPU", "none that PyTorch can use; every lesson also runs without", NOTE)


def _data() -> Iterator[Line]:
    from course import data

    folder = os.environ.get("COURSE_DATA", "")
    if folder:
        there = Path(folder).is_dir()
        advice = "" if there else "COURSE_DATA names this folder; correct it or unset it."
        yield Line(
            "COURSE_DATA",
            folder if there else f"{folder} not found",
            GOOD if there else BAD,
            advice,
        )
    for name in ("digits", "fashion_mnist"):
        start = time.perf_counter()
        try:
            images = len(data.load(name, progress=False).x_train)
        except Exception as error:
            yield Line(f"data: {name}", f"not readable: {error}", BAD, "Install the course again.")
        else:
            seconds = time.perf_counter() - start
            yield Line(
                f"data: {name}", f"{images:,} training images, read in {seconds:.1f} s", GOOD
            )
