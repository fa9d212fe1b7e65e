"""Open files until no more can be opened."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = """
kept_open = []
try:
    for _ in range(5000):
        kept_open.append(open("/dev/null"))
except OSError as error:
    kept_open.clear()
    print(type(error).__name__)
"""
