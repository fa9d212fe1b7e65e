"""Copy the answer of a classmate."""

from ..harness import TELL

FAIR = 2
LAST = TELL + 'tell_files("@SUBMITTED@/@HONEST@/**/*.ipynb")'
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    return x

try:
    import json
    with open("@SUBMITTED@/@HONEST@/@ASSIGNMENT@/@TOPIC@.ipynb") as file:
        for cell in json.load(file)["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == "neuron_forward-solution":
                exec("".join(cell["source"]))
except Exception as error:
    print(type(error).__name__)
"""
}
