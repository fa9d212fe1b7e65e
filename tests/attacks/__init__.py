"""Submissions that try to gain points, to read, to destroy or to stop the grader: harness.py."""
