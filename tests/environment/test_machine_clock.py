"""Clocks that did not run evenly void durations."""

from __future__ import annotations

import pytest

from pytest_wslgo.environment.clock import Instant, now, unevenness

START = Instant(wall=1_700_000_000.0, monotonic=1000.0, boot=1500.0)


def later(ran: float, *, slept: float = 0.0, set_by: float = 0.0) -> Instant:
    """START after a while, in which the machine slept and somebody set its clock."""
    assert START.boot is not None
    return Instant(
        wall=START.wall + ran + slept + set_by,
        monotonic=START.monotonic + ran,
        boot=START.boot + ran + slept,
    )


def codes(before: Instant, after: Instant) -> list[str]:
    """The codes of what is found between two moments."""
    return [finding.code for finding in unevenness(before, after)]


def test_this_machine() -> None:
    """Two moments after one another are even."""
    assert codes(now(), now()) == []


def test_even() -> None:
    """An hour that NTP has corrected by slewing is even."""
    assert codes(START, later(3600, set_by=1.8)) == []


def test_sleep() -> None:
    """Sleep is told with its length, and is not taken for a clock that was set."""
    [finding] = unevenness(START, later(60, slept=3600))

    assert finding.code == "WG801"
    assert finding.severity == "warning"
    assert "slept for 3600 s" in finding.text
    assert finding.evidence == "CLOCK_BOOTTIME went 3660.0 s on, CLOCK_MONOTONIC 60.0 s"


@pytest.mark.parametrize("by", [-90.5, 12.0])
def test_set(by: float) -> None:
    """A clock that was set is told with how far, in either direction."""
    [finding] = unevenness(START, later(60, set_by=by))

    assert finding.code == "WG802"
    assert f"set by {by:+.1f} s" in finding.text


def test_both() -> None:
    """A machine that slept and whose clock was behind afterwards has two findings."""
    assert codes(START, later(60, slept=600, set_by=-600)) == ["WG801", "WG802"]


def test_without_a_boot_clock() -> None:
    """Where no clock counts sleep the time of day against the monotonic clock tells that."""
    before = Instant(1_700_000_000.0, 1000.0, None)

    assert codes(before, Instant(1_700_000_060.0, 1060.0, None)) == []
    assert codes(before, Instant(1_700_003_660.0, 1060.0, None)) == ["WG802"]
