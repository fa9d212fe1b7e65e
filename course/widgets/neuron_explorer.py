"""The neuron explorer: the weighted sum term by term, and what a neuron says to the whole plane."""

from __future__ import annotations

from typing import Any, ClassVar

import traitlets

from course.widgets._base import BrowserWidget, one_of

ACTIVATIONS = ("step", "sigmoid", "tanh", "relu", "leaky_relu", "gelu")


class NeuronExplorer(BrowserWidget):
    """Two inputs, two weights, a bias and an activation: out = f(w1 x1 + w2 x2 + b).

    Settable from Python: w1, w2, bias, x1, x2 (each from -3 to 3), activation ("step", "sigmoid",
    "tanh", "relu", "leaky_relu", "gelu"). Raises TraitError naming the value and what is allowed.

    Source: McCulloch and Pitts (1943); Rosenblatt (1958).
    """

    _js = "neuron_explorer.js"
    _parts = ("_activations.js",)
    LIMITS: ClassVar[dict[str, tuple[float, float]]] = dict.fromkeys(
        ("w1", "w2", "bias", "x1", "x2"), (-3, 3)
    )

    w1 = traitlets.Float(1.0).tag(sync=True)
    w2 = traitlets.Float(-0.5).tag(sync=True)
    bias = traitlets.Float(0.5).tag(sync=True)
    x1 = traitlets.Float(1.0).tag(sync=True)
    x2 = traitlets.Float(1.5).tag(sync=True)
    activation = traitlets.Unicode("sigmoid").tag(sync=True)

    @traitlets.validate("w1", "w2", "bias", "x1", "x2")
    def _valid_number(self, proposal: Any) -> Any:
        return self._limited(proposal)

    @traitlets.validate("activation")
    def _valid_activation(self, proposal: Any) -> str:
        return one_of("activation", proposal["value"], ACTIVATIONS)
