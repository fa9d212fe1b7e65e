"""The classifier explorer: the boundaries that the hinge and softmax draw between three classes."""

from __future__ import annotations

from typing import Any, ClassVar

import traitlets

from course.widgets._base import BrowserWidget


class ClassifierExplorer(BrowserWidget):
    """Two linear classifiers on the same points of the plane, trained anew at every change.

    Settable from Python: spread (0.1 to 1.5), steps (0 to 400), decay (weight decay, 0 to 0.2),
    x, y (the place of one point of class 0, -4 to 4). Raises TraitError naming the value and what
    is allowed.

    Source: Weston and Watkins (1999) for the hinge loss of several classes.
    """

    _js = "classifier_explorer.js"
    _parts = ("_activations.js", "_losses.js")
    LIMITS: ClassVar[dict[str, tuple[float, float]]] = {
        "spread": (0.1, 1.5),
        "steps": (0, 400),
        "decay": (0, 0.2),
        "x": (-4, 4),
        "y": (-4, 4),
    }

    spread = traitlets.Float(0.45).tag(sync=True)
    steps = traitlets.Int(200).tag(sync=True)
    decay = traitlets.Float(0.0).tag(sync=True)
    x = traitlets.Float(-3.0).tag(sync=True)
    y = traitlets.Float(2.5).tag(sync=True)

    @traitlets.validate("spread", "steps", "decay", "x", "y")
    def _valid_number(self, proposal: Any) -> Any:
        return self._limited(proposal)
