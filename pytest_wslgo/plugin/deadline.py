"""The session's deadline: one moment for all of its Go runs, whichever process starts them."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from pytest_wslgo.errors import JournalError
from pytest_wslgo.execution import Deadline
from pytest_wslgo.execution.journal import cannot_write

if TYPE_CHECKING:
    from pathlib import Path

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)")


def seconds(duration: str) -> float:
    """A duration in Go's spelling, which has been checked, in seconds; 0.0 for none."""
    return sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(duration))


def agreed(session: Path, limit: str) -> dict[str, Any]:
    """What a plan says of the deadline; nothing where there is none.

    Args:
        session: The session's directory. The first process that comes here sets the moment, counted
            from now, and the others find it there.
        limit: The option's value.

    Raises:
        JournalError: The directory cannot be written.
    """
    after = seconds(limit)
    if not after:
        return {}
    file = session / "deadline.json"
    try:
        session.mkdir(parents=True, exist_ok=True)
        with FileLock(session / "deadline.lock"):
            if not file.exists():
                moment = Deadline(limit, time.monotonic() + after)
                file.write_text(json.dumps(moment.to_plan()), encoding="utf-8")
            return {"deadline": json.loads(file.read_bytes())}
    except (OSError, ValueError) as error:
        what = error if isinstance(error, OSError) else OSError(5, f"{file.name} is damaged")
        raise JournalError(cannot_write(session, what)) from error
