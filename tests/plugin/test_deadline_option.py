"""The moment that all runs of a session agree on."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.errors import JournalError
from pytest_wslgo.plugin.deadline import agreed, seconds

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", 0.0),
        ("0", 0.0),
        ("0s", 0.0),
        ("90s", 90.0),
        ("1h30m", 5400.0),
        ("1.5s", 1.5),
        ("1m2.5s30ms", 62.53),
        ("250ms", 0.25),
        ("5us4µs3ns", 9.003e-6),
        ("1.h", 3600.0),
    ],
)
def test_seconds(text: str, value: float) -> None:
    """Go's spelling in seconds."""
    assert seconds(text) == pytest.approx(value)


def test_the_first_sets_the_moment(tmp_path: Path) -> None:
    """Whoever comes later, even at the same time, finds it."""
    before = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: agreed(tmp_path / "session", "1m"), range(8)))

    assert all(each == found[0] for each in found)
    assert 60 <= found[0]["deadline"]["at"] - before < 120
    assert found[0]["deadline"]["limit"] == "1m"


@pytest.mark.parametrize("limit", ["", "0", "0s"])
def test_no_limit(tmp_path: Path, limit: str) -> None:
    """Nothing is agreed on, and nothing written."""
    assert agreed(tmp_path / "session", limit) == {}
    assert not (tmp_path / "session").exists()


@pytest.mark.parametrize("damage", ["file", "text"])
def test_a_directory_that_cannot_be_used(tmp_path: Path, damage: str) -> None:
    """The message is that of a journal that cannot be written."""
    if damage == "file":
        (tmp_path / "session").touch()
    else:
        (tmp_path / "session").mkdir()
        (tmp_path / "session" / "deadline.json").write_text("{")

    with pytest.raises(JournalError, match=r"cannot write the journal .*--wslgo-journal"):
        agreed(tmp_path / "session", "1m")
