"""What nbgrader does in this course; read by `nbgrader`, formgrader and `python -m autograde`.

Start nbgrader in this folder. Penalties, time limits and names may be changed here.
"""

from pathlib import Path

from nbconvert.preprocessors import ClearMetadataPreprocessor, CSSHTMLHeaderPreprocessor
from nbgrader import preprocessors as nbgrader

from autograde.boxes.executor import ExecuteInBoxes
from autograde.notebook import RELEASE_STEPS
from autograde.pages import (
    ClearHiddenTestsOfChecks,
    FeedbackExporter,
    HideHiddenTests,
    PassiveOutputs,
)
from autograde.settings import prepare

prepare()
c = get_config()  # type: ignore[name-defined]  # noqa: F821  (nbgrader puts it here)

c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.course_id = "convnet-course"

# Release: lecture cells are left out, otherwise nbgrader's own steps.
c.GenerateAssignment.preprocessors = RELEASE_STEPS

# Grading. A cell may train a small network: 180 s each, 900 s for the notebook.
c.Execute.timeout = 180
c.ExecuteForMarks.notebook_seconds = 900
c.Execute.extra_arguments = ["--log-level=ERROR"]  # not a warning for each kernel
c.Autograde.autograde_preprocessors = [
    ExecuteInBoxes,  # the seam: another executor goes here
    nbgrader.IgnorePattern,
    ClearMetadataPreprocessor,
    nbgrader.LimitOutput,
    nbgrader.SaveAutoGrades,
    nbgrader.AssignLatePenalties,
    nbgrader.CheckCellMetadata,
]
c.ClearMetadataPreprocessor.enabled = False  # it would drop the figures' and cells' metadata

# Late submissions: "none" (shown, not punished) or "zero". A plugin of your own is named with
# c.AssignLatePenalties.plugin_class.
c.LateSubmissionPlugin.penalty_method = "none"

# Feedback: no hidden test, nothing from a submission that could run in a reader's browser.
c.HTMLExporter.exclude_anchor_links = True
c.GenerateFeedback.exporter_class = FeedbackExporter
c.GenerateFeedback.preprocessors = [
    nbgrader.GetGrades,
    HideHiddenTests,
    ClearHiddenTestsOfChecks,
    PassiveOutputs,
    CSSHTMLHeaderPreprocessor,
]

# Formgrader shows submissions through nbconvert's HTMLExporter, in your browser with your rights:
# it gets the same cleaning. (Its template drops `sanitize_html` for the text cells.)
c.HTMLExporter.preprocessors = ["autograde.pages.PassiveOutputs"]
c.HTMLExporter.filters = {
    "markdown2html": "autograde.pages.passive_markdown",
    "highlight_code": "autograde.pages.bounded_code",
    "clean_html": "autograde.pages.clean",
}
c.FeedbackExporter.preprocessors = []  # those above
c.FeedbackExporter.filters = {}
