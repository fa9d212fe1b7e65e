"""Begin the file as the grader's own packets of several notebooks begin."""

FAIR = 0


def build(world):
    return {"windows.ipynb": 'several notebooks\n[["a", true, 99999999], ["b", true, -5]]\n{}'}
