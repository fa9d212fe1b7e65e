"""Print, display, raise and return half of a two-part letter; one answer is right."""

FAIR = 2
FREE = """
print("\\ud800")
from IPython.display import HTML, display
display(HTML("\\udfff"))
raise ValueError("\\ud800")
"""
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    raise ValueError("\\ud800")
""",
    "moving_average": """
def moving_average(values, width):
    raise type("\\ud801", (ValueError,), {})("\\udc00")
""",
}
