"""Return an object that is equal to everything, near to everything, and true."""

FAIR = 2
CODE = """
class Yes:
    def __getattr__(self, name):
        return Yes()

    def __eq__(self, other):
        return True

    def __call__(self, *args, **kwargs):
        return self

    def __iter__(self):
        return iter([])

    __ne__ = __lt__ = __gt__ = lambda self, other: False
    __le__ = __ge__ = __eq__
    __hash__ = object.__hash__
    __bool__ = lambda self: True
    __len__ = lambda self: 0
    __sub__ = __rsub__ = __mul__ = __rmul__ = __abs__ = lambda self, *other: self

"""
CELLS = {
    "neuron_forward": CODE + "def neuron_forward(*args):\n    return Yes()",
    "moving_average": CODE + "def moving_average(*args):\n    return Yes()",
}
