"""Start fifty processes at every call, fifty in all; the answer is right."""

FAIR = 10
RIGHT_ANSWERS = True
CELLS = {
    "moving_average": """
started = []

def moving_average(values, width):
    import subprocess
    try:
        while len(started) < 50:
            started.append(subprocess.Popen(["sleep", "60"]))
    except OSError:
        pass
    return np.array([np.mean(values[i : i + width]) for i in range(len(values) - width + 1)])
"""
}
