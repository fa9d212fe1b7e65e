"""Call the port through programs that may lie around: bash, curl, another Python."""

FAIR = 2
LAST = """
import subprocess
import sys

code = "import socket; socket.create_connection(('127.0.0.1', @PORT@), 2).send(b'hello')"
for command in (
    ["bash", "-c", "echo hello > /dev/tcp/127.0.0.1/@PORT@"],
    ["curl", "-s", "-m", "2", "http://127.0.0.1:@PORT@/"],
    [sys.executable, "-c", code],
):
    try:
        subprocess.run(command, capture_output=True, timeout=5)
    except (OSError, subprocess.SubprocessError) as error:
        print(type(error).__name__)
"""
