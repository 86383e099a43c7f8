"""The times in Go's events."""

from __future__ import annotations

import pytest

from pytest_wslgo.outcomes.clock import seconds_between


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:01.5Z", 1.5),
        ("2026-01-01T00:00:00.123456789Z", "2026-01-01T00:00:00.223456789Z", 0.1),
        ("2026-01-01T01:00:00+01:00", "2026-01-01T00:00:02Z", 2.0),
        ("2026-01-01T00:00:00.1-05:00", "2026-01-01T05:00:00.3Z", 0.2),
    ],
)
def test_times_with_any_fraction_and_zone_are_read(start: str, end: str, seconds: float) -> None:
    """Go writes RFC 3339 with as many digits as it needs, in the local zone."""
    assert seconds_between(start, end) == pytest.approx(seconds)


@pytest.mark.parametrize("damaged", ["", "yesterday", "2026-13-01T00:00:00Z", "2026-01-01"])
def test_a_damaged_time_is_no_time(damaged: str) -> None:
    """The clock is for show: it never fails."""
    assert seconds_between(damaged, "2026-01-01T00:00:00Z") == 0.0
