"""Write binary rubbish to the standard streams while being called; the answer is right."""

FAIR = 10
RIGHT_ANSWERS = True
CELLS = {
    "moving_average": """
def moving_average(values, width):
    import os
    import sys
    rubbish = bytes(range(256)) * 10 + b'\\n{"ok": false}\\n'
    for number in (1, 2):
        os.write(number, rubbish)
    sys.stdout.write("\\x00\\ud800")
    return np.array([np.mean(values[i : i + width]) for i in range(len(values) - width + 1)])
"""
}
