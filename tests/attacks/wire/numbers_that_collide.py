"""Answer with a set of two hundred thousand numbers that share one hash."""

from ..lesson import RIGHT

FAIR = 7
CODE = """
import json
import struct

try:
    import autograde.boxes.channel as channel
    real = channel.encode
    step = 2**61 - 1
    numbers = [["i", format(n * step, "x")] for n in range(200_000)]

    def collide(value, keep=None):
        if isinstance(value, dict) and type(value.get("value")) is str:
            tree = ["d", [["value", ["S", numbers]], ["changed", ["l", []]]]]
            head = json.dumps({"v": tree, "b": []}).encode()
            return struct.pack(">I", len(head)) + head
        return real(value, keep)

    channel.encode = collide
except BaseException as error:
    print(type(error).__name__)
"""
CELLS = {
    "neuron_forward": CODE + "\ndef neuron_forward(x, weight, bias, activation):\n    return 'now'",
    "moving_average": RIGHT["moving_average"],
}
