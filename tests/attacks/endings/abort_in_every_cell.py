"""Abort the process in a free cell at the top, below the set-up and at the end."""

FAIR = 10
RIGHT_ANSWERS = True
TOP = FREE = LAST = "import os\nimport signal\nos.kill(os.getpid(), signal.SIGABRT)"
