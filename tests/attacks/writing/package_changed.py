"""Change the course's package, so that everybody's checks fail from now on."""

FAIR = 2
LAST = """
try:
    with open("@LIB@/course/checks/__init__.py", "a") as file:
        file.write("\\nraise SystemExit('gone')\\n")
except OSError as error:
    print(type(error).__name__)
"""
