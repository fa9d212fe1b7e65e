"""Say that the function raised errors with odd names, texts and places."""

FAIR = 2
CODE = """
try:
    import autograde.boxes.channel as channel
    real, count = channel.encode, [0]
    names = ["SystemExit", "KeyboardInterrupt", "CheckFailed", "TimeIsUp", "NotImplementedError"]
    names += ["UnicodeDecodeError", "ExceptionGroup", "StopIteration", "MemoryError", "", "a b"]
    places = [(10**9, "x\\n\\0", "y" * 10**6), (-1, "\\ud800", "\\ud800"), (1, "f", "</pre>"), 5]

    def claim(value, keep=None):
        if isinstance(value, dict) and "value" in value:
            count[0] += 1
            name, place = names[count[0] % len(names)], places[count[0] % len(places)]
            text = ["\\ud800", "x" * 10**6, "</script>", 5][count[0] % 4]
            value = {"error": [name, "Exception"], "text": text, "place": place}
        return real(value, keep)

    channel.encode = claim
except BaseException as error:
    print(type(error).__name__)
"""
CELLS = {"neuron_forward": CODE + "\ndef neuron_forward(x, *rest):\n    return x[:, 0]"}
