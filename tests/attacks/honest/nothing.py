"""Hand in an empty folder."""

FAIR = 0


def build(world):
    return {"notes.txt": "I could not come"}
