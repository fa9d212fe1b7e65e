"""Swap the code of the judge for one that returns a verdict without a cause."""

FAIR = 2
FREE = """
import course.checks
import course.checks.diagnose as diagnose

def examine(exercise, function, seed, seconds=20.0):
    return Verdict(exercise.id, "", "", seed, 8)

diagnose.examine.__code__ = examine.__code__
course.checks.examine = examine
diagnose.fault_of.__code__ = (lambda exercise, case, got, expected: None).__code__
"""
