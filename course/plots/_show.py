"""Show a figure with its alternative text and caption, wherever the lesson runs."""

from __future__ import annotations

import base64
import html
import io
import os
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from ._theme import theme


def show(figure: Figure, *, alt: str, caption: str) -> None:
    """Show a figure: a picture with alternative text and caption in a notebook, words elsewhere.

    alt: what is to be seen, for someone who does not see it. caption: what to look for; stands
    under the picture. In a notebook the output is a bundle of `text/html` (a `<figure>`) and
    `image/png`; in a terminal the two texts are printed. `COURSE_FIGURES=folder` also keeps each
    figure as a PNG there. The figure is closed.

    Raises: `ValueError` for an empty alt or caption: a figure without words is lost on some.
    """
    for name, text in (("alt", alt), ("caption", caption)):
        if not text.strip():
            raise ValueError(f"{name} is empty: say in words what the figure shows")
    folder = os.environ.get("COURSE_FIGURES", "")
    if folder:
        _keep(figure, Path(folder))
    if in_notebook():
        from IPython import display

        publish: Any = display.display
        publish(bundle(figure, alt=alt, caption=caption), raw=True)
    else:
        print(textwrap.fill(f"[Figure: {alt}]", 100))
        print(textwrap.fill(caption, 100))
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close(figure)


def bundle(figure: Figure, *, alt: str, caption: str) -> dict[str, str]:
    """The figure as display data: `text/html` with alt text, `image/png`, and plain words."""
    picture = base64.b64encode(png(figure)).decode()
    alt_text, words = html.escape(alt, quote=True), html.escape(caption)
    width = round(figure.get_figwidth() * 110)  # CSS pixels; the picture itself is twice as fine
    return {
        "text/html": (
            f'<figure style="margin:0.6em 0;max-width:{width}px">'
            f'<img alt="{alt_text}" src="data:image/png;base64,{picture}" width="{width}" '
            f'style="max-width:100%;height:auto;background:#fff;border-radius:4px">'
            f'<figcaption style="margin-top:0.4em;font-style:italic">{words}</figcaption></figure>'
        ),
        "image/png": picture,
        "text/plain": f"[Figure: {alt}]\n{caption}",
    }


def png(figure: Figure, dpi: int = 160) -> bytes:
    """The figure as the bytes of a PNG file, on white."""
    buffer = io.BytesIO()
    with theme():
        figure.savefig(buffer, format="png", dpi=dpi, facecolor="white")
    return buffer.getvalue()


def in_notebook() -> bool:
    """Whether a Jupyter kernel is running this code (not a terminal, not a script)."""
    ipython: Any = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return shell is not None and hasattr(shell, "kernel")


def _keep(figure: Figure, folder: Path) -> None:
    """Save the figure as NN_first_words_of_its_title.png."""
    folder.mkdir(parents=True, exist_ok=True)
    titles = [figure.get_suptitle(), *(ax.get_title() for ax in figure.axes)]
    name = next((title for title in titles if title), "figure")
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:50]
    number = len(list(folder.glob("*.png"))) + 1
    (folder / f"{number:02d}_{slug}.png").write_bytes(png(figure))
