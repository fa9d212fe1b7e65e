"""Return an object that runs a command when it is unpickled."""

FAIR = 2
CELLS = {
    "moving_average": """
class Code:
    def __reduce__(self):
        import os
        return os.system, ("touch @TMP@ @DROP@/@WAS_HERE@",)

    __reduce_ex__ = lambda self, protocol: self.__reduce__()
    __deepcopy__ = __copy__ = lambda self, *args: self

def moving_average(values, width):
    return Code()
""",
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    import pickle
    import os
    class Code:
        __reduce__ = lambda self: (os.system, ("touch @TMP@ @DROP@/@WAS_HERE@",))
    return np.frombuffer(pickle.dumps(Code()), dtype=np.uint8)
""",
}
