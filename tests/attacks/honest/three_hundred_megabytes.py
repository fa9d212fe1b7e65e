"""Keep an array of 300 MB; all answers are right."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = "large = np.ones(40_000_000)\nprint(large.sum())"
