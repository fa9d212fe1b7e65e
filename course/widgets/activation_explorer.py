"""The activation explorer: a function, its slope, and what many layers leave of a gradient."""

from __future__ import annotations

from typing import Any, ClassVar

import traitlets

from course.widgets._base import BrowserWidget, one_of

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "gelu")


class ActivationExplorer(BrowserWidget):
    """Value and slope of an activation at z, and slope ** layers, what a chain of units passes on.

    Settable from Python: activation, compare ("sigmoid", "tanh", "relu", "leaky_relu", "gelu";
    compare also "none"), z (-6 to 6), layers (1 to 30). Raises TraitError naming the value and
    what is allowed.

    Source: Glorot and Bengio (2010), section 3.
    """

    _js = "activation_explorer.js"
    _parts = ("_activations.js",)
    LIMITS: ClassVar[dict[str, tuple[float, float]]] = {"z": (-6, 6), "layers": (1, 30)}

    activation = traitlets.Unicode("sigmoid").tag(sync=True)
    compare = traitlets.Unicode("none").tag(sync=True)
    z = traitlets.Float(2.0).tag(sync=True)
    layers = traitlets.Int(8).tag(sync=True)

    @traitlets.validate("z", "layers")
    def _valid_number(self, proposal: Any) -> Any:
        return self._limited(proposal)

    @traitlets.validate("activation")
    def _valid_activation(self, proposal: Any) -> str:
        return one_of("activation", proposal["value"], ACTIVATIONS)

    @traitlets.validate("compare")
    def _valid_compare(self, proposal: Any) -> str:
        return one_of("activation to compare with", proposal["value"], ("none", *ACTIVATIONS))
