"""Hold the gradebook's lock for a minute from a process of one's own."""

FAIR = 2
LAST = """
import os
import sqlite3
import time

if os.fork() == 0:
    try:
        os.setsid()
        book = sqlite3.connect("file:@GRADING@/gradebook.db?mode=rw", uri=True, timeout=1)
        book.execute("begin exclusive")
        time.sleep(40)
    finally:
        os._exit(0)
time.sleep(1)
"""
