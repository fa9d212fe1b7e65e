"""Say that arguments became what they cannot: other shapes, dtypes and kinds, huge, nested."""

FAIR = 2
CODE = """
try:
    import itertools
    import autograde.boxes.channel as channel
    real = channel.encode
    deep = []
    for _ in range(28):
        deep = [deep, {"x": deep}] if len(str(deep)) < 10**5 else [deep]
    odd = itertools.cycle([
        np.zeros((0, 7)), np.zeros(2**22), np.zeros(3, "i2"), np.ma.masked_array([1.0]), deep,
        [None] * 900_000, {n: () for n in range(10**5)}, object(), len, "text", -1, ..., {1, 2},
        np.random.default_rng(0), slice(None), np.array([None]), 10**9000, float("nan"),
    ])

    def claim(value, keep=None):
        if isinstance(value, dict) and "changed" in value:
            value = {**value, "changed": {0: next(odd), 1: next(odd), 2: next(odd)}}
        return real(value, keep)

    channel.encode = claim
except BaseException as error:
    print(type(error).__name__)
"""
CELLS = {"neuron_forward": CODE + "\ndef neuron_forward(x, *rest):\n    return x[:, 0]"}
