"""Say that arguments were changed which are not there, or were not changed."""

FAIR = 2
CODE = """
try:
    import autograde.boxes.channel as channel
    real = channel.encode

    def claim(value, keep=None):
        if isinstance(value, dict) and "changed" in value:
            odd = [0, 1, 2, 3, -1, 10**6, "x", "weight", None, [], {}, 1.5, True]
            value = {**value, "changed": odd}
        return real(value, keep)

    channel.encode = claim
except BaseException as error:
    print(type(error).__name__)
"""
CELLS = {"neuron_forward": CODE + "\ndef neuron_forward(x, *rest):\n    return x[:, 0]"}
