"""The entries of a journal's log, and which lines are none."""

from __future__ import annotations

import json
from typing import Any

_FIELDS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "runner": {"pid": int},
    "start": {"invocation": int, "pid": int, "created": (int, float)},
    "deadline": {"invocation": int, "limit": str, "stdout_size": int},
    "stop": {"why": str},
    "stopping": {"invocation": int, "stdout_size": int},
    "end": {"invocation": int, "returncode": (int, type(None)), "stopped": str, "error": str},
    "done": {"stopped": str},
}
"""What the entries of the log hold."""
_FIGURES = {"start": "counters", "end": "signs"}
"""What some hold besides, since the system's counters are read: see ``counters``."""


def parse(line: bytes, invocations: int) -> dict[str, Any] | None:
    """An entry with all that belongs to its event; None for any other line."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    fields = _FIELDS.get(str(entry.get("event"))) if isinstance(entry, dict) else None
    if fields is None or not isinstance(entry.get("time", 0.0), float):
        return None
    sound = all(isinstance(entry.get(key, ...), fields[key]) for key in fields)
    if sound and "invocation" in fields:
        sound = 0 <= entry["invocation"] < invocations
    return (
        entry if sound and _are_figures(entry.get(_FIGURES.get(entry["event"], ""), {})) else None
    )


def _are_figures(value: object) -> bool:
    """Whether a value is what counters are written as: names with whole numbers from 0 up."""
    return isinstance(value, dict) and all(
        type(each) is int and each >= 0 for each in value.values()
    )
