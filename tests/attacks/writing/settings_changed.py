"""Change the course's settings, so that the next run of the grader does as the student says."""

FAIR = 2
LAST = """
try:
    with open("@GRADING@/nbgrader_config.py", "a") as file:
        file.write("\\nc.Autograde.autograde_preprocessors = []\\n")
except OSError as error:
    print(type(error).__name__)
"""
