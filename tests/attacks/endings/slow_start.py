"""Spend seven tenths of a cell's time in every cell, and die in the last one."""

FAIR = 10
RIGHT_ANSWERS = True
TOP = FREE = "import time\ntime.sleep(5)"
LAST = "import os\nos._exit(3)"
