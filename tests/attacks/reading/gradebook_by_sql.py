"""Ask the gradebook for the hidden tests and for the other students."""

from ..harness import TELL

FAIR = 2
LAST = (
    TELL
    + """
import sqlite3

try:
    book = sqlite3.connect("file:@GRADING@/gradebook.db?mode=ro", uri=True)
    for table in ("student", "source_cell", "base_cell", "comment", "grade"):
        try:
            tell(*book.execute("select * from " + table).fetchall())
        except sqlite3.Error as error:
            print(type(error).__name__)
except sqlite3.Error as error:
    print(type(error).__name__)
"""
)
