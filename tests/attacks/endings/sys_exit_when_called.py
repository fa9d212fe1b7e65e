"""Raise SystemExit with the status of success in a checked function."""

FAIR = 5
RIGHT_ANSWERS = True
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    raise SystemExit(0)
""",
    "to_unit_range": """
def to_unit_range(image):
    quit()
""",
}
