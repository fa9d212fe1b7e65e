"""Two boxes: the learner's cells run in one, the checks in another; only values pass between."""
