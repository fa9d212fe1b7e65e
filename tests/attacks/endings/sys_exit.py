"""Say sys.exit in a free cell and exit() in another; all answers are right."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = "import sys\nsys.exit(0)"
LAST = "exit()"
