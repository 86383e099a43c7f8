"""Go's limit, and the fingerprint that rides in it."""

from __future__ import annotations

import pytest

from pytest_wslgo.plugin.timeouts import given, in_nanoseconds, marked

SECOND = 10**9


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("0", 0),
        ("1ns", 1),
        ("1.5us", 1500),
        ("2µs", 2000),
        ("10ms", 10**7),
        ("90s", 90 * SECOND),
        ("1h30m", 5400 * SECOND),
    ],
)
def test_durations(duration: str, expected: int) -> None:
    """Durations are read as time.ParseDuration reads them."""
    assert in_nanoseconds(duration) == expected


@pytest.mark.parametrize(
    ("setting", "goflags", "expected"),
    [
        ("", "", "10m"),
        ("30s", "-timeout=5s", "30s"),
        ("", "-race -timeout=5s", "5s"),
        ("", "-test.timeout=7s -timeout=5s", "5s"),
        ("0", "-timeout=5s", "0"),
    ],
)
def test_who_sets_it(setting: str, goflags: str, expected: str) -> None:
    """The option wins over GOFLAGS, the last word there over the others, and all over Go's own."""
    assert given(setting, goflags) == expected


@pytest.mark.parametrize(
    ("duration", "least", "more"),
    [
        ("10m", 600 * SECOND, SECOND),
        ("1s", SECOND, 10**6),
        ("0", 100 * 365 * 86400 * SECOND, SECOND),
    ],
)
def test_a_mark_is_less_than_matters(duration: str, least: int, more: int) -> None:
    """A limit grows by less than a second, a short one by less than a millisecond."""
    value = in_nanoseconds(marked(duration, {}))

    assert least <= value < least + more


def test_another_environment_has_another_mark() -> None:
    """A fact that changes a test without Go noticing changes the limit."""
    assert marked("10m", {"GOMAXPROCS": "1"}) != marked("10m", {"GOMAXPROCS": "2"})
    assert marked("10m", {"HOME": "/a"}) == marked("10m", {"HOME": "/b"})
