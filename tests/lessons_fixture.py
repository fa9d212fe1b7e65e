"""A small course for the tests of autograde: one lesson that holds every kind of cell."""

from __future__ import annotations

from pathlib import Path

import nbformat

from autograde.course import Course
from autograde.notebook import source_notebook
from autograde.rules import examine

LESSON = '''\
# %% [markdown] slide="slide"
# # Count: double and divide
#
# **What you will build.** Two functions about numbers. About 5 minutes.

# %% lock="setup"
from math import isclose

# %% [markdown] only="lecture" slide="notes"
# Ask the audience first.

# %% only="notebook"
print("hello")

# %% solve="double"
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    twice_the_argument = x + x
    return twice_the_argument
    ### END SOLUTION


# %% test="double" points=2
assert double(2) == 4

# %% solve="mean"
def mean(values):
    """The mean of a list."""
    ### BEGIN SOLUTION
    total_of_all_values = sum(values)
    return total_of_all_values / len(values)
    ### END SOLUTION


# %% test="mean" points=3
assert isclose(mean([1, 2, 3]), 2)
### BEGIN HIDDEN TESTS
secret_list_of_values = [4, 4, 10]
assert isclose(mean(secret_list_of_values), 6)
### END HIDDEN TESTS

# %%
print("the mean is used here:", [1, 2])

# %% [markdown] answer="why" points=2
# Because dividing by the count makes sums of different length comparable.

# %% [markdown] task="sketch" points=1
# Add a cell below and plot something.
#
# ### BEGIN MARK SCHEME
# One point for axis labels and a caption.
# ### END MARK SCHEME
'''
# One with a check that names mistakes, one with asserts; 2 and 3 points. A lesson has the imports.
TWO_EXERCISES = '''\
# %% solve="conv_output_size"
def conv_output_size(size, kernel_size, stride=1, padding=0):
    """How many places a window has."""
    ### BEGIN SOLUTION
    if stride < 1 or kernel_size > size + 2 * padding:
        raise ValueError("these settings do not fit")
    return (size + 2 * padding - kernel_size) // stride + 1
    ### END SOLUTION


# %% test="conv_output_size" points=2
check("conv_output_size", conv_output_size)

# %% solve="mean"
def mean(values):
    """The mean of a list."""
    ### BEGIN SOLUTION
    return sum(values) / len(values)
    ### END SOLUTION


# %% test="mean" points=3
assert isclose(mean([1, 2, 3]), 2)
'''
AUTO_POINTS, ALL_POINTS = 5, 8
STUB = "# YOUR CODE HERE\n    raise NotImplementedError()"


def make_course(root: Path, text: str = LESSON, name: str = "07_count.py") -> Course:
    """A course with one lesson in a folder of its own."""
    (root / "solutions").mkdir(parents=True, exist_ok=True)
    (root / "solutions" / name).write_text(text, encoding="utf-8")
    return Course(root)


def solved(text: str = LESSON) -> nbformat.NotebookNode:
    """The notebook with every answer, as the best learner hands it in."""
    return source_notebook(examine(text)[0])


def cell(notebook: nbformat.NotebookNode, grade_id: str) -> nbformat.NotebookNode:
    """The cell with an nbgrader id."""
    return next(
        c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )
