"""The widgets: each shows one central idea, computes and draws in the browser, obeys the keyboard.

The import of a widget costs ipywidgets and anywidget, so it waits until the widget is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_WIDGETS = {
    "ActivationExplorer": "activation_explorer",
    "ArchitectureBuilder": "architecture_builder",
    "ClassifierExplorer": "classifier_explorer",
    "ConvolutionStepper": "convolution_stepper",
    "DescentExplorer": "descent_explorer",
    "FilterDesigner": "filter_designer",
    "GraphExplorer": "graph_explorer",
    "LossExplorer": "loss_explorer",
    "NeuronExplorer": "neuron_explorer",
    "SpatialCalculator": "spatial_calculator",
}

__all__ = sorted(_WIDGETS)


def __getattr__(name: str) -> Any:
    """Import a widget when it is first used (PEP 562)."""
    if name not in _WIDGETS:
        raise AttributeError(f"there is no widget {name!r}; there are {', '.join(__all__)}")
    return getattr(import_module(f"course.widgets.{_WIDGETS[name]}"), name)


def __dir__() -> list[str]:
    return __all__
