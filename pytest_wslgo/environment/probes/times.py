"""The probe of how finely a filesystem keeps times."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Final

from pytest_wslgo.environment.probes.trial import Result, failed, plain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

COARSE: Final = 10_000_000
"""Nanoseconds from which on two changes of a file, one after the other, may look like one."""

# Nanoseconds since 1970, after 1980 (FAT) and before 2038. Whatever unit they are cut or rounded
# to, a power of ten or two seconds, it is the greatest that divides them all.
SAMPLES: Final = (
    1_600_000_001_123_456_789,
    1_600_000_004_987_654_321,
    1_600_000_006_333_333_337,
    1_600_000_009_555_555_557,
)


def granularity(times: Iterable[int]) -> int:
    """The unit that times are kept in, given what became of `SAMPLES`."""
    return math.gcd(*times)


def mtime_granularity(place: Path) -> Result:
    """Modification times that are set come back from stat(2) to the nanosecond, or nearly."""
    file = place / "file"
    plain(file)
    times = []
    for sample in SAMPLES:
        os.utime(file, ns=(sample, sample))
        times.append(file.stat().st_mtime_ns)
    unit = granularity(times)
    if unit < COARSE:
        return Result(works=True, value=unit)
    return failed(f"modification times are kept in units of {unit / 10**9:g} s", unit)
