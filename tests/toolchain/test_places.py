"""Go's build cache and work directory are looked at before Go fails over them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, NamedTuple

import pytest

from pytest_wslgo.errors import ToolchainError
from pytest_wslgo.toolchain import check_places

if TYPE_CHECKING:
    from pathlib import Path


class Usage(NamedTuple):
    """What shutil.disk_usage gives."""

    total: int
    used: int
    free: int


def test_a_cache_that_is_not_there_yet_is_made(tmp_path: Path) -> None:
    """As Go itself does it."""
    check_places({"GOCACHE": str(tmp_path / "a/b")}, {"TMPDIR": str(tmp_path)})

    assert (tmp_path / "a/b").is_dir()


def test_a_missing_work_directory(tmp_path: Path) -> None:
    """It is not made: Go does not make it either. The message names it and the cure."""
    with pytest.raises(ToolchainError, match=r"work directory, .*gone.*No such file.*GOTMPDIR"):
        check_places({}, {"TMPDIR": str(tmp_path / "gone")})


def test_gotmpdir_comes_before_tmpdir(tmp_path: Path) -> None:
    """A work directory that is fine makes a missing TMPDIR no matter of ours."""
    check_places({}, {"TMPDIR": str(tmp_path / "gone"), "GOTMPDIR": str(tmp_path)})


def test_a_file_in_the_way_of_the_cache(tmp_path: Path) -> None:
    """The message says what the system says."""
    (tmp_path / "cache").write_text("")

    with pytest.raises(ToolchainError, match=r"build cache, .*cache, cannot be used: .*GOCACHE"):
        check_places({"GOCACHE": str(tmp_path / "cache")}, {"TMPDIR": str(tmp_path)})


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Go would say that packages of the standard library are not in std."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 30, 1 << 30, 300 << 10))

    with pytest.raises(ToolchainError, match=r"has 300 kB of free space left: set GOCACHE"):
        check_places({"GOCACHE": str(tmp_path)}, {"TMPDIR": str(tmp_path)})
