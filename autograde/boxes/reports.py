"""Read what a box reports about a cell: believed only where it has the form of a report."""

from __future__ import annotations

from typing import Any

from .wire import WireError

Outputs = list[dict[str, Any]]


def state_of(message: Any, count: int, before: int) -> tuple[int, str]:
    """Which cell a report is about, and what it says."""
    if not isinstance(message, dict):
        raise WireError("no report")
    at, state = message.get("at"), message.get("state")
    if type(at) is not int or not max(before, 0) <= at <= count or type(state) is not str:
        raise WireError("no report")
    if (at == count) != (state == "over"):
        raise WireError("no report")
    return at, state


FIELDS: dict[str, dict[str, type]] = {
    "stream": {"type": str, "name": str, "text": str},
    "error": {"type": str, "name": str, "value": str, "traceback": list},
    "display_data": {"type": str, "data": dict},
    "execute_result": {"type": str, "data": dict},
}


def outputs_of(outputs: Any) -> Outputs:
    """The outputs of a report, if they are made of texts as they should be."""
    if not isinstance(outputs, list):
        raise WireError("no outputs")
    for output in outputs:
        kind = output.get("type") if isinstance(output, dict) else None
        wanted = FIELDS.get(kind) if isinstance(kind, str) else None
        if wanted is None or set(output) != set(wanted):
            raise WireError("no output")
        if any(type(output[name]) is not kind for name, kind in wanted.items()):
            raise WireError("no output")
        data = output.get("data", {})
        texts = [*output.get("traceback", []), *data, *data.values()]
        if not all(type(text) is str for text in texts):
            raise WireError("no output")
    return outputs
