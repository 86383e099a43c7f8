"""The probe of flock(2), which Go's caches, `filelock` and many databases rely on."""

from __future__ import annotations

import fcntl
from contextlib import suppress
from typing import TYPE_CHECKING

from pytest_wslgo.environment.probes.trial import WORKS, Result, failed, plain

if TYPE_CHECKING:
    from pathlib import Path


def flock(place: Path) -> Result:
    """A lock can be had, is refused to a second descriptor, and can be had again after that."""
    file = place / "lock"
    plain(file)
    with file.open("r+b") as one, file.open("r+b") as other:
        fcntl.flock(one, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with suppress(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return failed("two descriptors have the same lock at the same time")
        fcntl.flock(one, fcntl.LOCK_UN)
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return WORKS
