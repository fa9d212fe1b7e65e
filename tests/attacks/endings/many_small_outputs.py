"""Display twenty thousand small things."""

FAIR = 10
RIGHT_ANSWERS = True
LAST = """
from IPython.display import display

for number in range(20_000):
    display(number)
"""
