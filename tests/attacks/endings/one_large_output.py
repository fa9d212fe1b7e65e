"""Display one page of 60 MB."""

FAIR = 10
RIGHT_ANSWERS = True
LAST = """
from IPython.display import HTML, display

display(HTML("<p>" + "x" * 60_000_000))
"""
