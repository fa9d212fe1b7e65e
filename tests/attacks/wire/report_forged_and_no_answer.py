"""Report that all checks ran without an error, then never answer one of their calls."""

from .report_forged import FORGE

FAIR = 2
FREE = FORGE
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    import time
    time.sleep(150)
""",
}
