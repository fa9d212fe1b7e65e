"""Print 100 MB from a checked function, past Python's own streams too; the answer is right."""

FAIR = 10
RIGHT_ANSWERS = True
CELLS = {
    "moving_average": """
def moving_average(values, width):
    import os
    for _ in range(100):
        print("x" * 200_000)
        os.write(1, b"y" * 50_000)
        os.write(2, b"z" * 50_000)
    return np.array([np.mean(values[i : i + width]) for i in range(len(values) - width + 1)])
"""
}
