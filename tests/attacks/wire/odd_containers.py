"""Return dictionaries with odd keys, sets, slices, bytes, types and halves of letters."""

FAIR = 2
CELLS = {
    "moving_average": """
def moving_average(values, width):
    return {
        float("nan"): 1, float("nan"): 2, (1, 2): {3}, None: slice(None), True: b"\\xff",
        "\\ud800": ..., int: NotImplemented, "__class__": "ndarray", "shape": [-1, 2**63],
        "type": "array", "dtype": "O", "data": "gASVAAAAAAAAAACMAkAu",
    }
"""
}
