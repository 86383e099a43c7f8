"""Did the clocks run evenly? A machine that slept, or whose time was set, spoils durations."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from pytest_wslgo.environment.finding import Finding

_LEAST: Final = 1.0
# The kernel slews by at most 500 ppm to follow NTP (adjtimex(2)); twice that is no slewing.
_SLEW: Final = 0.001
_BOOT_CLOCK: Final = getattr(time, "CLOCK_BOOTTIME", None)


@dataclass(frozen=True, slots=True)
class Instant:
    """What three clocks said at one moment, in seconds.

    Attributes:
        wall: since the epoch.
        monotonic: since some moment; it stands still while the machine sleeps.
        boot: the same and goes on meanwhile; None where there is no such clock (macOS).
    """

    wall: float
    monotonic: float
    boot: float | None


def now() -> Instant:
    """This moment."""
    boot = None if _BOOT_CLOCK is None else time.clock_gettime(_BOOT_CLOCK)
    return Instant(time.time(), time.monotonic(), boot)


def unevenness(before: Instant, after: Instant) -> tuple[Finding, ...]:
    """What happened to the clocks between two moments: nothing, or a finding for each event.

    On WSL2 both are common: Windows sleeps and the VM with it, and its clock is set afterwards
    (microsoft/WSL#4179, #12583, #41291).
    """
    found = []
    ran = after.monotonic - before.monotonic
    threshold = max(_LEAST, _SLEW * ran)
    passed = ran
    if before.boot is not None and after.boot is not None:
        passed = after.boot - before.boot
        if passed - ran > threshold:
            found.append(
                Finding(
                    "WG801",
                    "warning",
                    f"the machine slept for {passed - ran:.0f} s: durations of this run are void",
                    f"CLOCK_BOOTTIME went {passed:.1f} s on, CLOCK_MONOTONIC {ran:.1f} s",
                    "run again, with the machine's sleep off",
                )
            )
    set_by = (after.wall - before.wall) - passed
    if abs(set_by) > threshold:
        found.append(
            Finding(
                "WG802",
                "warning",
                f"the clock was set by {set_by:+.1f} s: durations and dates of this run are void",
                f"the time of day went {after.wall - before.wall:.1f} s on, {passed:.1f} s passed",
                "run again; if it happens often look for two programs that set the clock",
            )
        )
    return tuple(found)
