"""Take two gigabytes and keep them."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = "kept = np.ones(2**28 - 1)"
