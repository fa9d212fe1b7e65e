"""Install another kernel under the name of the one that the class is graded with."""

FAIR = 2
LAST = """
import json
import os

folder = "@HOME@/.local/share/jupyter/kernels/python3"
spec = {"argv": ["false"], "display_name": "@WAS_HERE@", "language": "python"}
try:
    os.makedirs(folder, exist_ok=True)
    with open(folder + "/kernel.json", "w") as file:
        json.dump(spec, file)
    open(folder + "/@WAS_HERE@", "w").close()
except OSError as error:
    print(type(error).__name__)
"""
