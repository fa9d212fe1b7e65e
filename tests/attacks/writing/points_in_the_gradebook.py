"""Write full marks for oneself and none for the class into the gradebook."""

FAIR = 2
STUDENT = "zed"
LAST = """
import sqlite3

try:
    book = sqlite3.connect("@GRADING@/gradebook.db", timeout=2)
    book.execute("update grade set auto_score = 0, manual_score = 0")
    book.execute("update grade set extra_credit = 9")
    book.commit()
    book.close()
except sqlite3.Error as error:
    print(type(error).__name__)
"""
