"""The first two answers are right, the third is wrong."""

from ..lesson import WRONG

FAIR = 5
RIGHT_ANSWERS = True
CELLS = {"moving_average": WRONG["moving_average"]}
