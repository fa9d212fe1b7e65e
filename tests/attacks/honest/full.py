"""All answers are right."""

FAIR = 10
RIGHT_ANSWERS = True
