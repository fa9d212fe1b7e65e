"""Answer every call with another frame that breaks the rules of the wire, or nearly does."""

FAIR = 2
CODE = """
def frames():
    import json
    import struct

    def frame(tree, blobs=(), sizes=None):
        sizes = [len(b) for b in blobs] if sizes is None else sizes
        head = json.dumps({"v": tree, "b": sizes}).encode()
        return struct.pack(">I", len(head)) + head + b"".join(blobs)

    def answer(value, *rest):
        return frame(["d", [["value", value], ["changed", ["l", []]]]], *rest)

    yield b""
    yield b"\\xff" * 4
    yield struct.pack(">I", 2**31) + b"{}"
    yield answer(["a", "float64", [2**40], "C", 0], [b""])
    yield answer(["a", "float64", [2, 0, 2**47], "S", 0], [b""])
    yield answer(["a", "float64", [], "S", 0], [b"8bytes!!"])
    yield answer(["a", "object", [1], "C", 0], [b"8bytes!!"])
    yield answer(["a", "bool", [8], "C", 0], [b"\\x07" * 8])
    yield answer(["a", "float64", [1], "C", 0], [b"8bytes!!"], [10**12])
    yield answer(["a", "float64", [1], "C", -1], [b"8bytes!!"])
    yield answer(["n", "float64", 0], [b"8bytes!!" * 3])
    yield answer(["f", "0x1p999999999"])
    yield answer(["i", "f" * 10**6])
    yield answer(["i", "-" * 100])
    yield answer(["u", "__class__"])
    yield answer(["u", "testing"])
    yield answer(["h", -1, "x"])
    yield answer(["h", 10**30, "__import__"])
    yield answer(["o", "numpy", "ndarray"])
    yield answer(["o", "builtins", "\\ud800"])
    yield answer(["g", ["d", [["bit_generator", "MT19937"], ["state", None]]]])
    yield answer(["S", [["l", []]]])
    yield answer(["d", [[["l", []], 1]]])
    yield answer(["t", [["s", 1, 2]]])
    deep = 0
    for _ in range(30):
        deep = ["l", [deep] * 2]
    yield answer(deep) if False else answer(["l", [["l", []]] * 10**6])
    yield frame("x" * 10**7)
    yield b"\\x00\\x00\\x00\\x02{}"
    yield frame(["d", [["error", ["l", ["SystemExit"]]], ["text", 5], ["place", 7]]])
    yield frame(["d", [["error", 5]]])
    yield frame(["d", [["asks", 10**9], ["args", ["t", []]], ["options", ["d", []]]]])
    yield frame(["d", [["found", ["d", [["check", 1], ["np", 2]]]]]])
    yield frame(None)

try:
    import autograde.boxes.channel as channel
    made, real = frames(), channel.encode
    channel.encode = lambda value, keep=None: (
        next(made, b"") if isinstance(value, dict) and "value" in value else real(value, keep)
    )
except BaseException as error:
    print(type(error).__name__)
"""
CELLS = {"neuron_forward": CODE + "\ndef neuron_forward(x, *rest):\n    return x[:, 0]"}
