"""Stop the process by SIGSTOP: it neither ends nor answers."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = "import os\nimport signal\nos.kill(os.getpid(), signal.SIGSTOP)"
