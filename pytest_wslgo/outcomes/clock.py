"""The times in Go's events."""

from __future__ import annotations

import re
from datetime import datetime

EPOCH = "1970-01-01T00:00:00Z"
_NANOSECONDS = re.compile(r"(\.\d{6})\d+")


def seconds_between(start: str, end: str) -> float:
    """Seconds between two ``Time`` fields (RFC 3339, up to nanoseconds); 0.0 for damaged ones."""
    try:
        return (_parse(end) - _parse(start)).total_seconds()
    except (ValueError, TypeError):
        return 0.0


def _parse(text: str) -> datetime:
    # Before Python 3.11 fromisoformat knows neither "Z" nor more or fewer than 6 digits.
    text = _NANOSECONDS.sub(r"\1", text.replace("Z", "+00:00"))
    match = re.fullmatch(r"(.*?)(?:\.(\d+))?([+-]\d\d:\d\d)", text)
    if match is None:
        raise ValueError(text)
    return datetime.fromisoformat(f"{match[1]}.{(match[2] or '0'):0<6}{match[3]}")
