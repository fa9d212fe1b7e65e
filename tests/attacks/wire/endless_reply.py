"""Return a list that holds itself, and iterators without an end."""

FAIR = 2
CELLS = {
    "moving_average": """
def moving_average(values, width):
    round = [1.0]
    round.append(round)
    return round
""",
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    import itertools
    return itertools.count()
""",
}
