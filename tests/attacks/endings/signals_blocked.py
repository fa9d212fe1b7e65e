"""Sleep with every signal blocked, in a checked function."""

FAIR = 7
RIGHT_ANSWERS = True
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    import signal
    import time
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
    time.sleep(150)
"""
}
