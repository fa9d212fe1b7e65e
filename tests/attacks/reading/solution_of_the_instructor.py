"""Read the instructor's notebook with the answers, and hand those in."""

from ..harness import TELL

FAIR = 2
LAST = TELL + 'tell_files("@GRADING@/source/**/*.ipynb", "@GRADING@/source/**/*")'
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    return x

try:
    import json
    with open("@GRADING@/source/@ASSIGNMENT@/@TOPIC@.ipynb") as file:
        for cell in json.load(file)["cells"]:
            text = "".join(cell["source"])
            if cell["metadata"].get("nbgrader", {}).get("solution"):
                exec(text)
except Exception as error:
    print(type(error).__name__)
"""
}
