"""The descent explorer: a loss over two weights, and the path gradient descent takes on it."""

from __future__ import annotations

from typing import Any, ClassVar

import traitlets

from course.widgets._base import BrowserWidget, one_of

SURFACES = ("valley", "bowl", "minima", "saddle")


class DescentExplorer(BrowserWidget):
    """Gradient descent with momentum: v = momentum v + gradient, w = w - 10 ** log_lr v.

    Settable from Python: surface ("valley", "bowl", "minima", "saddle"), log_lr (-3 to 0.5),
    momentum (0 to 0.99), steps (1 to 200), x, y (the start, -3 to 3). Raises TraitError naming
    the value and what is allowed.

    Source: Polyak (1964); Sutskever, Martens, Dahl and Hinton (2013), section 2.
    """

    _js = "descent_explorer.js"
    _parts = ("_activations.js",)
    LIMITS: ClassVar[dict[str, tuple[float, float]]] = {
        "log_lr": (-3, 0.5),
        "momentum": (0, 0.99),
        "steps": (1, 200),
        "x": (-3, 3),
        "y": (-3, 3),
    }

    surface = traitlets.Unicode("valley").tag(sync=True)
    log_lr = traitlets.Float(-1.5).tag(sync=True)
    momentum = traitlets.Float(0.0).tag(sync=True)
    steps = traitlets.Int(40).tag(sync=True)
    x = traitlets.Float(-2.6).tag(sync=True)
    y = traitlets.Float(1.0).tag(sync=True)

    @traitlets.validate("log_lr", "momentum", "steps", "x", "y")
    def _valid_number(self, proposal: Any) -> Any:
        return self._limited(proposal)

    @traitlets.validate("surface")
    def _valid_surface(self, proposal: Any) -> str:
        return one_of("surface", proposal["value"], SURFACES)
