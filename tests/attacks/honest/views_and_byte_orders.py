"""Return right numbers as a view with gaps, in another order of memory and of bytes."""

FAIR = 10
RIGHT_ANSWERS = True
CELLS = {
    "to_unit_range": """
def to_unit_range(image):
    return np.asfortranarray(image / 255)
""",
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    return activation(x @ weight + bias)[::-1].copy()[::-1]
""",
    "moving_average": """
def moving_average(values, width):
    found = np.convolve(values, np.ones(width) / width, "valid")
    room = np.zeros(2 * len(found), dtype=">f8")
    room[::2] = found
    return room[::2]
""",
}
