"""Say exit() below a right answer."""

from ..lesson import RIGHT

FAIR = 10
RIGHT_ANSWERS = True
CELLS = {"to_unit_range": RIGHT["to_unit_range"] + "\nexit()\n"}
