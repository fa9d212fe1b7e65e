"""Write answers into every socket before anything was asked."""

FAIR = 2
FREE = """
def advance():
    import os
    import socket
    import stat
    from autograde.boxes.channel import Channel
    for number in range(3, 200):
        try:
            if not stat.S_ISSOCK(os.fstat(number).st_mode):
                continue
            line = Channel(socket.socket(fileno=os.dup(number)))
            line.socket.settimeout(1)
            names = ["to_unit_range", "neuron_forward", "moving_average"]
            line.send({"found": {name: len for name in names}}, lambda thing: 0)
            line.send({"value": np.array([1.5, 3.0]), "changed": []})
            for size in (27, 22):
                line.send({"value": np.zeros(size), "changed": []})
        except OSError:
            continue

try:
    advance()
except BaseException as error:
    print(type(error).__name__)
"""
