"""What nbgrader does in this course; read by `nbgrader`, formgrader and `python -m autograde`.

Start nbgrader in this folder. Penalties, time limits and names may be changed here.
"""

from pathlib import Path

from autograde.notebook import RELEASE_STEPS
from autograde.settings import find_tools

find_tools()
c = get_config()  # type: ignore[name-defined]  # noqa: F821  (nbgrader puts it here)

c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.course_id = "convnet-course"
c.GenerateAssignment.preprocessors = RELEASE_STEPS
