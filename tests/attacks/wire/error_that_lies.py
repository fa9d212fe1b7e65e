"""Raise exceptions that do something odd when they are shown, matched or printed."""

FAIR = 2
CELLS = {
    "neuron_forward": """
class Passed(BaseException):
    __class__ = property(lambda self: type(None))
    __name__ = "\\n{passed: true}"

    def __str__(self):
        raise SystemExit(0)

    __repr__ = __format__ = __str__
    args = property(__str__)
    __traceback__ = __cause__ = __context__ = None

def neuron_forward(x, weight, bias, activation):
    raise Passed
""",
    "moving_average": """
class Endless(Exception):
    def __str__(self):
        return "x" * 10**7
    @property
    def __cause__(self):
        return Endless()
    def _render_traceback_(self):
        return []

def moving_average(values, width):
    raise Endless from Endless()
""",
}
