"""Begin right answers with magics that time and catch."""

from ..lesson import RIGHT

FAIR = 10
RIGHT_ANSWERS = True
CELLS = {
    "neuron_forward": "%%time\n" + RIGHT["neuron_forward"],
    "moving_average": "%%capture caught\n" + RIGHT["moving_average"],
}
LAST = "caught\n%time moving_average(np.ones(9), 3)\nmoving_average?"
