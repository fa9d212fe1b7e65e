"""Keep every socket open in a child, so that nobody sees that the answering process ended."""

from ..lesson import RIGHT

FAIR = 7
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    import os
    import time
    if os.fork() == 0:
        time.sleep(60)
    os._exit(0)
""",
    "moving_average": RIGHT["moving_average"],
}
