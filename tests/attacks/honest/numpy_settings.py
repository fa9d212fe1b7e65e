"""Change NumPy's global settings; all answers are right."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = """
np.seterr(all="raise")
np.set_printoptions(precision=2, threshold=5, suppress=True)
np.random.seed(0)
import random
random.seed(0)
"""
