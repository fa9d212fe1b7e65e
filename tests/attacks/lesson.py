"""The small assignment that every attack hands in: three exercises, ten points."""

from __future__ import annotations

NUMBER, TOPIC = "07", "windows"
ASSIGNMENT = f"{NUMBER}_{TOPIC}"
POINTS = {"to_unit_range": 2, "neuron_forward": 3, "moving_average": 5}
ALL_POINTS = sum(POINTS.values())
FIRST = POINTS["to_unit_range"]

LESSON = '''\
# %% [markdown]
# # Windows: three functions
#
# **What you will build.** A scaling, a neuron and a moving average. About 5 minutes.

# %% lock="setup"
import numpy as np

from course.checks import check

# %%
print("three functions follow")

# %% solve="to_unit_range"
def to_unit_range(image):
    """Bytes to numbers between 0 and 1."""
    ### BEGIN SOLUTION
    # @solution@
    return np.asarray(image, dtype=np.float32) / 255
    ### END SOLUTION

# %% test="to_unit_range" points=2
check("to_unit_range", to_unit_range)

# %% solve="neuron_forward"
def neuron_forward(x, weight, bias, activation):
    """activation(x @ weight + bias)."""
    ### BEGIN SOLUTION
    # @solution@
    return activation(x @ weight + bias)
    ### END SOLUTION

# %% test="neuron_forward" points=3
check("neuron_forward", neuron_forward)

# %% solve="moving_average"
def moving_average(values, width):
    """The mean of every window of `width` neighbours."""
    ### BEGIN SOLUTION
    # @solution@
    return np.convolve(values, np.ones(width) / width, "valid")
    ### END SOLUTION

# %% test="moving_average" points=5
np.testing.assert_allclose(moving_average(np.array([1.0, 2.0, 4.0]), 2), [1.5, 3.0])
### BEGIN HIDDEN TESTS
# @hidden test@
rng = np.random.default_rng(7)
values = rng.normal(size=30)
values[5] = @hidden number@
expected = np.array([values[i : i + 4].mean() for i in range(27)])
np.testing.assert_allclose(moving_average(values.copy(), 4), expected)
expected = np.array([values[i : i + 9].mean() for i in range(22)])
np.testing.assert_allclose(moving_average(values.copy(), 9), expected)
### END HIDDEN TESTS

# %%
print("and that was all")
'''

RIGHT = {
    "to_unit_range": '''\
def to_unit_range(image):
    """Bytes to numbers between 0 and 1."""
    return image.astype(np.float32) / 255
''',
    "neuron_forward": '''\
def neuron_forward(x, weight, bias, activation):
    """activation(x @ weight + bias)."""
    return activation(np.sum(x * weight, axis=1) + bias)
''',
    "moving_average": '''\
def moving_average(values, width):
    """The mean of every window of `width` neighbours."""
    return np.array([np.mean(values[i : i + width]) for i in range(len(values) - width + 1)])
''',
}
WRONG = {
    "neuron_forward": '''\
def neuron_forward(x, weight, bias, activation):
    """Forgets the activation."""
    return x @ weight - bias
''',
    "moving_average": '''\
def moving_average(values, width):
    """Forgets the first window."""
    return np.cumsum(values)[width:] / width
''',
}
