"""Return an array that lies about its shape, its size and its type."""

FAIR = 2
CELLS = {
    "moving_average": """
class Liar(np.ndarray):
    shape = property(lambda self: (27,))
    size = property(lambda self: 0)
    dtype = property(lambda self: np.dtype(bool))
    ndim = property(lambda self: 1)
    __class__ = property(lambda self: float)
    __len__ = lambda self: 27

def moving_average(values, width):
    return np.zeros(3).view(Liar)
"""
}
