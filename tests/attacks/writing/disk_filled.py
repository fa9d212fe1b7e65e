"""Write 100 MB into every folder that lets one; all answers are right."""

FAIR = 10
RIGHT_ANSWERS = True
FREE = """
import os
import tempfile

for folder in (".", tempfile.gettempdir(), "@DROP@"):
    name = os.path.join(folder, "@WAS_HERE@")
    try:
        with open(name, "wb") as file:
            for _ in range(100):
                file.write(bytes(10**6))
    except OSError as error:
        print(type(error).__name__)
"""
