"""Remove the instructor's files."""

FAIR = 2
LAST = """
import shutil
import subprocess

shutil.rmtree("@VALUABLES@", ignore_errors=True)
shutil.rmtree("@HOME@/.ssh", ignore_errors=True)
subprocess.run(["rm", "-rf", "@VALUABLES@"])
"""
