"""Return an object whose __class__ says that it is an array, a float, a tuple."""

FAIR = 2
CELLS = {
    "neuron_forward": """
class Pretends:
    __class__ = property(lambda self: np.ndarray)
    shape, dtype, ndim, size = (2,), np.dtype(float), 1, 2
    __array_priority__ = 1e9
    __array_ufunc__ = lambda self, *a, **k: np.bool_(True)
    __array_function__ = lambda self, *a, **k: True

def neuron_forward(x, weight, bias, activation):
    return Pretends()
"""
}
