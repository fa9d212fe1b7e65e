"""The graph explorer: values forward and gradients backward on the graph of a typed expression."""

from __future__ import annotations

from typing import Any

import traitlets

from course.widgets._base import BrowserWidget


class GraphExplorer(BrowserWidget):
    """Type an expression such as `max(0, x*w + b)`; see every value and every gradient.

    Numbers, names, + - * /, parentheses, max(a, b), min(a, b), exp, log, tanh, sigmoid, relu. The
    value above an edge is what flows forward; below it stands d result / d value. In a tie, max and
    min give each side half, as PyTorch does.

    Settable from Python: expression, values (name -> number; a name without one is 1). Raises
    TraitError for a value that is not a finite number.

    Source: Rumelhart, Hinton and Williams (1986); Goodfellow, Bengio and Courville (2016), 6.5.
    """

    _js = "graph_explorer.js"

    expression = traitlets.Unicode("max(0, x*w + b)").tag(sync=True)
    values = traitlets.Dict({"x": 3.0, "w": -2.0, "b": 8.0}).tag(sync=True)

    @traitlets.validate("values")
    def _valid_values(self, proposal: Any) -> dict[str, float]:
        values = dict(proposal["value"])
        for name, value in values.items():
            if not isinstance(value, int | float) or abs(value) > 1e6 or value != value:
                raise traitlets.TraitError(f"{name} is {value!r}; give a number within a million")
        return values
