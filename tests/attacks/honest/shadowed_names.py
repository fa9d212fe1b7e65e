"""Use names for one's own things that the tests use for theirs; all answers are right."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = """
check = "to do: look at this again"
rng, values, expected = 1, 2, 3
list, sum, input, max = [1], 2, "in", 4
"""
