"""Use the names of right answers for something else in the last cell."""

FAIR = 10
RIGHT_ANSWERS = True
LAST = "moving_average = moving_average(np.ones(5), 2)\ndel neuron_forward\nto_unit_range = 3"
