"""Let the parent process, and all that it starts, run only when nobody else wants to."""

FAIR = 10
RIGHT_ANSWERS = True
LAST = """
import os

boss = os.getppid()
if boss not in (1, @HARNESS@):
    for slow in (
        lambda: os.sched_setscheduler(boss, os.SCHED_IDLE, os.sched_param(0)),
        lambda: os.setpriority(os.PRIO_PROCESS, boss, 19),
    ):
        try:
            slow()
        except OSError as error:
            print(type(error).__name__)
"""
