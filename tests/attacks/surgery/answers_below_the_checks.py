"""Give the right answers only in the last cell, below the checks that have run by then."""

from ..lesson import RIGHT

FAIR = 2
LAST = RIGHT["neuron_forward"] + RIGHT["moving_average"]
