"""Read the text of the running test through the frames of the caller."""

from ..harness import TELL

FAIR = 7
CELLS = {
    "moving_average": """
found = []

def moving_average(values, width):
    import inspect
    try:
        for frame in inspect.stack():
            found.append("".join(inspect.findsource(frame.frame)[0]))
            found.append(str(frame.frame.f_globals.get("In")))
    except Exception:
        pass
    return np.array([np.mean(values[i : i + width]) for i in range(len(values) - width + 1)])
"""
}
LAST = TELL + "tell(*found)"
