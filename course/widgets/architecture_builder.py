"""The architecture builder: type a pattern, see its volumes and what every layer costs."""

from __future__ import annotations

from typing import Any, ClassVar

import traitlets

from course.summary import Summary
from course.widgets._base import BrowserWidget


class ArchitectureBuilder(BrowserWidget):
    """A pattern of layers -> volumes to scale, shapes, parameters, multiply-adds, memory, field.

    The grammar is that of `course.pattern`; N, M and K may stand behind a star and are set by the
    traits n, m, k. A pattern that cannot be read or built is shown with the wrong word marked.

    Settable from Python: pattern, channels, side, classes, width, hidden, n, m, k, layer. Raises
    TraitError naming the value and what is allowed.
    """

    _js = "architecture_builder.js"
    _parts = ("_patterns.js",)
    LIMITS: ClassVar[dict[str, tuple[float, float]]] = {
        "channels": (1, 512),
        "side": (1, 512),
        "classes": (1, 10000),
        "width": (1, 512),
        "hidden": (1, 8192),
        "n": (0, 9),
        "m": (0, 9),
        "k": (0, 9),
        "layer": (0, 2000),
    }

    pattern = traitlets.Unicode(
        "INPUT -> [(CONV -> RELU)*N -> POOL?]*M -> [FC -> RELU]*K -> FC"
    ).tag(sync=True)
    channels = traitlets.Int(3).tag(sync=True)
    side = traitlets.Int(32).tag(sync=True)
    classes = traitlets.Int(10).tag(sync=True)
    width = traitlets.Int(16).tag(sync=True)
    hidden = traitlets.Int(128).tag(sync=True)
    n = traitlets.Int(2).tag(sync=True)
    m = traitlets.Int(3).tag(sync=True)
    k = traitlets.Int(2).tag(sync=True)
    layer = traitlets.Int(0).tag(sync=True)

    @property
    def summary(self) -> Summary:
        """The table of what is shown. Raises PatternError pointing at what is wrong."""
        from course.architecture import table

        shape = (self.channels, self.side, self.side)
        settings = {"width": self.width, "hidden": self.hidden}
        times = {"N": self.n, "M": self.m, "K": self.k}
        return table(self.pattern, shape, self.classes, **settings, **times)

    @traitlets.validate("channels", "side", "classes", "width", "hidden", "n", "m", "k", "layer")
    def _valid_number(self, proposal: Any) -> Any:
        return self._limited(proposal)
