"""Close every file, pipe and socket of the process; the answers before it are right."""

FAIR = 10
RIGHT_ANSWERS = True
LAST = "import os\nos.closerange(0, 4096)"
