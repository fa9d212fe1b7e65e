"""Return subclasses of float, list, tuple and dict that show something else at every look."""

FAIR = 2
CELLS = {
    "neuron_forward": """
class Shifty(list):
    looks = 0

    def __iter__(self):
        Shifty.looks += 1
        return iter([float(Shifty.looks)] * 5)

    def __getitem__(self, place):
        return Shifty([1.0])

    __len__ = lambda self: Shifty.looks % 7
    __eq__ = lambda self, other: True
    __hash__ = None

def neuron_forward(x, weight, bias, activation):
    return Shifty([1.0] * len(x))
""",
    "moving_average": """
class Number(float):
    __eq__ = __le__ = __ge__ = lambda self, other: True
    __float__ = lambda self: 1.5
    __hash__ = float.__hash__

class Pair(tuple):
    __iter__ = lambda self: iter([Number(1.5), Number(3.0)])
    __eq__ = lambda self, other: True
    __hash__ = tuple.__hash__

def moving_average(values, width):
    return Pair((Number(0), Number(0)))
""",
}
