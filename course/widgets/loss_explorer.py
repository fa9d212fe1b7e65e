"""The loss explorer: the same scores seen by softmax cross-entropy and by the multiclass hinge."""

from __future__ import annotations

from typing import Any, ClassVar

import traitlets

from course.widgets._base import BrowserWidget


class LossExplorer(BrowserWidget):
    """Three class scores; both losses, their gradients, the probabilities, with and without care.

    Settable from Python: score0, score1, score2 (-6 to 6), right (0, 1, 2, the right class),
    margin (0 to 4), log_t (-1 to 1, temperature 10 ** log_t), lift (True adds 1000 to every
    score). Raises TraitError naming the value and what is allowed.

    Source: Weston and Watkins (1999) for the hinge; Guo et al. (2017), section 4.2, for the
    temperature.
    """

    _js = "loss_explorer.js"
    _parts = ("_activations.js", "_losses.js")
    LIMITS: ClassVar[dict[str, tuple[float, float]]] = {
        **{f"score{k}": (-6, 6) for k in range(3)},
        "right": (0, 2),
        "margin": (0, 4),
        "log_t": (-1, 1),
    }

    score0 = traitlets.Float(1.5).tag(sync=True)
    score1 = traitlets.Float(1.0).tag(sync=True)
    score2 = traitlets.Float(-1.0).tag(sync=True)
    right = traitlets.Int(0).tag(sync=True)
    margin = traitlets.Float(1.0).tag(sync=True)
    log_t = traitlets.Float(0.0).tag(sync=True)
    lift = traitlets.Bool(False).tag(sync=True)

    @traitlets.validate("score0", "score1", "score2", "right", "margin", "log_t")
    def _valid_number(self, proposal: Any) -> Any:
        return self._limited(proposal)
