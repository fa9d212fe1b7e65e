"""Send SIGKILL to every process that belongs to the grading of this course."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = """
import glob
import os
import signal

for path in glob.glob("/proc/[0-9]*"):
    pid = int(path.removeprefix("/proc/"))
    text = b""
    for name in ("environ", "cmdline"):
        try:
            with open(f"{path}/{name}", "rb") as file:
                text += file.read()
        except OSError:
            continue
    if b"@BASE@/" in text and pid not in (1, os.getpid(), @HARNESS@):
        try:
            os.kill(pid, signal.SIGKILL)
        except OSError as error:
            print(type(error).__name__)
"""
