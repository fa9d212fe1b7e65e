"""Call a socket that has a name but no file: a boundary of the file system does not stop it."""

FAIR = 2
LAST = """
import socket

try:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(2)
        line.connect("\\0@ABSTRACT@")
        line.sendall(b"here I am")
except (OSError, AttributeError) as error:
    print(type(error).__name__)
"""
