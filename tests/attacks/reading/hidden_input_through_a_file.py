"""Keep the hidden inputs in a file, for a process that starts later."""

from ..harness import TELL

FAIR = 7
CELLS = {
    "moving_average": """
def moving_average(values, width):
    for name in ("seen.txt", "@TMP@", "@SHARED@"):
        try:
            with open(name, "a") as file:
                file.write(str([int(v) for v in values]))
        except OSError:
            pass
    return np.array([np.mean(values[i : i + width]) for i in range(len(values) - width + 1)])
"""
}
LAST = (
    TELL
    + """
import os

for name in ("seen.txt", "@TMP@", "@SHARED@"):
    tell_files(name)
    if os.path.exists(name):
        os.remove(name)
"""
)
