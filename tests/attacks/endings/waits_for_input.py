"""Wait for a line on the standard input."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = "name = input('your name? ')"
LAST = "import sys\nsys.stdin.read()\nopen(0).read()"
