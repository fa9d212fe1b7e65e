"""Claim that the arguments became what makes a wrong answer right."""

FAIR = 2
CODE = """
try:
    import autograde.boxes.channel as channel
    real = channel.encode
    given = []

    def claim(value, keep=None):
        if isinstance(value, dict) and "changed" in value:
            value = {**value, "changed": {key: 0 * thing for key, thing in enumerate(given)}}
        return real(value, keep)

    channel.encode = claim
except BaseException as error:
    print(type(error).__name__)
"""
CELLS = {
    "neuron_forward": CODE
    + "def neuron_forward(x, weight, bias, activation):\n"
    + "    given[:] = [x, weight, bias]\n    return activation(0 * (x @ weight))",
    "moving_average": "def moving_average(values, width):\n"
    + "    given[:] = [values, width]\n    return np.zeros(len(values) - width + 1)",
}
