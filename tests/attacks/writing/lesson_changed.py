"""Change the lesson's source, its release and the instructor's notebook."""

FAIR = 2
LAST = """
from pathlib import Path

for folder in ("@COURSE@/solutions", "@GRADING@/release", "@GRADING@/source"):
    for path in [p for p in Path(folder).rglob("*") if p.is_file()]:
        try:
            path.chmod(0o644)
            path.write_text(path.read_text().replace("points", "p0ints") + " ")
        except OSError as error:
            print(type(error).__name__)
"""
