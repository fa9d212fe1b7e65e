"""Call a port of the grader's machine and tell it something."""

FAIR = 2
LAST = """
import socket

try:
    with socket.create_connection(("127.0.0.1", @PORT@), timeout=2) as line:
        line.sendall(b"here I am")
except OSError as error:
    print(type(error).__name__)
"""
