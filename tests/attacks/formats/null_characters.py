"""Write null and control characters into cells; the answers are right."""

from ..lesson import RIGHT

FAIR = 10
RIGHT_ANSWERS = True
FREE = "x = 1\x00\x1b[2J\x08"
CELLS = {"moving_average": RIGHT["moving_average"] + "# \x1b]0;title\x07 \x7f\u202e\u2028\n"}
