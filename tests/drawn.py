"""What the property tests draw alike, and how near to PyTorch the answers must come."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import settings
from hypothesis import strategies as st

settings.register_profile("course", deadline=None, derandomize=True, max_examples=40)
settings.load_profile("course")
torch.set_num_threads(1)  # of short products: threads would wait for one another

TOLERANCE = {"float64": 1e-10, "float32": 1e-5}
dtypes = st.sampled_from(["float64", "float32"])
seeds = st.integers(0, 2**20)


def settings_between(low: float, high: float) -> st.SearchStrategy[float]:
    """Python's numbers, and NumPy's float64, which must not turn float32 arrays into float64."""
    return st.builds(
        lambda kind, value: kind(value), st.sampled_from([float, np.float64]), st.floats(low, high)
    )
