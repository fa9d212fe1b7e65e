"""Print 100 MB in a free cell."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = "for _ in range(1000):\n    print('x' * 100_000)"
