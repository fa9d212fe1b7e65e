"""Leave a process behind that belongs to nobody."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = """
import os
import signal
import time

if os.fork() == 0:
    try:
        os.setsid()
        if os.fork() == 0:
            os.environ.clear()
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            os.closerange(0, 1024)
            time.sleep(60)
    finally:
        os._exit(0)
"""
