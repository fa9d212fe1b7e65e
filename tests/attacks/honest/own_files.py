"""Save numbers in a file beside the notebook and read them in an answer."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = """
import tempfile

np.save("scale.npy", np.array([255.0]))
with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False) as file:
    file.write("mode=valid")
"""
CELLS = {
    "to_unit_range": "def to_unit_range(image):\n    return image / np.load('scale.npy')[0]",
    "moving_average": """
def moving_average(values, width):
    with open(file.name) as again:
        mode = again.read().partition("=")[2]
    return np.convolve(values, np.ones(width) / width, mode)
""",
}
