"""Write nbgrader's own markers into the answers, which are right."""

from ..lesson import RIGHT

FAIR = 10
PAGE = True
RIGHT_ANSWERS = True
CELLS = {
    "neuron_forward": RIGHT["neuron_forward"] + "### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS\n",
    "moving_average": "### BEGIN SOLUTION\n" + RIGHT["moving_average"] + "### END SOLUTION\n",
}
FREE = "### BEGIN HIDDEN TESTS\nprint('no end')"
