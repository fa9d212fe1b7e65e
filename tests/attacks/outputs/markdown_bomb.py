"""Write text and HTML whose rendering takes a time that grows with its square or worse."""

from nbformat.v4 import new_markdown_cell

from ..harness import FILE, notebook
from ..lesson import RIGHT

FAIR = 10
PAGE = True
BOMBS = (
    r"\begin{a}" * 100_000,
    r"\begin{a}" * 2_000,
    r"\\[" * 6_000,
    "<div>" * 4_000,
    "".join(f"<p><b x={n}>" for n in range(1_500)),
    "# " * 9_000,
    "```ipython3\n" + "a." * 9_000 + "\n```",
)

LAST = """
from IPython.display import HTML, Markdown, display

display(HTML("<div>" * 30_000))
display(Markdown("<i>" * 6_000))
"""


def build(world):
    made = notebook(world, RIGHT, free="x = " + "a." * 20_000 + "a", last=LAST)
    made.cells += [new_markdown_cell(bomb) for bomb in BOMBS]
    return {FILE: made}
