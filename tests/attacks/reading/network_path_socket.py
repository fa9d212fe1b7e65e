"""Call a socket in the file system, as an agent or a container's daemon has one."""

FAIR = 2
LAST = """
import socket

try:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(2)
        line.connect("@UNIX@")
        line.sendall(b"here I am")
except (OSError, AttributeError) as error:
    print(type(error).__name__)
"""
