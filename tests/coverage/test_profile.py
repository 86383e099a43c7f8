"""Cover profiles: read, merged, written."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.coverage import Profile, merge, read_profile, write_profile
from pytest_wslgo.errors import ProfileError

if TYPE_CHECKING:
    from pathlib import Path

BLOCK = "m/p.go:3.1,5.2 2"
OTHER = "m/p.go:13.1,15.2 1"


def profile(path: Path, *lines: str) -> Path:
    """A file with these lines."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def test_blocks_that_stand_twice_are_added_up(tmp_path: Path) -> None:
    """-coverpkg repeats each block once for each test binary."""
    file = profile(tmp_path / "c", "mode: atomic", f"{BLOCK} 1", f"{OTHER} 0", f"{BLOCK} 2")

    read = read_profile(file)

    assert read == Profile("atomic", {BLOCK: 3, OTHER: 0})
    assert read.percent == pytest.approx(100 * 2 / 3)


def test_an_empty_file_covers_nothing(tmp_path: Path) -> None:
    """Go leaves one behind where no package was tested."""
    assert read_profile(profile(tmp_path / "c")).percent == 0.0


@pytest.mark.parametrize(
    "line",
    ["m/p.go:3.1,5.2 2", "m/p.go:3.1,5.2 2 -1", "m/p.go 2 1", "x", "", "m/p.go:3.1,5.2 2 1x"],
)
def test_a_damaged_line_is_named(tmp_path: Path, line: str) -> None:
    """The file and the line's number stand in the message."""
    file = profile(tmp_path / "c.out", "mode: atomic", f"{BLOCK} 1", line, f"{OTHER} 1")

    with pytest.raises(ProfileError, match=r"c\.out:3: a damaged line"):
        read_profile(file)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    """Without its heading a file is no profile."""
    with pytest.raises(ProfileError, match=r"c:1: not a cover profile"):
        read_profile(profile(tmp_path / "c", f"{BLOCK} 1"))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The message says which file it was."""
    with pytest.raises(ProfileError, match="missing: No such file"):
        read_profile(tmp_path / "missing")


def test_profiles_are_merged_by_block() -> None:
    """Counts add up; an empty profile of another mode does not matter."""
    merged = merge(
        [Profile("atomic", {BLOCK: 1}), Profile("set", {}), Profile("atomic", {BLOCK: 1, OTHER: 0})]
    )

    assert merged == Profile("atomic", {BLOCK: 2, OTHER: 0})


def test_modes_are_not_mixed() -> None:
    """A count and a mark cannot be added."""
    with pytest.raises(ProfileError, match="mode atomic and set"):
        merge([Profile("atomic", {BLOCK: 1}), Profile("set", {BLOCK: 1})])


def test_what_was_written_is_read_again_in_the_order_of_the_lines(tmp_path: Path) -> None:
    """Line 3 comes before line 13, and nothing is lost."""
    whole = Profile("atomic", {OTHER: 0, BLOCK: 7, "m/ü b.go:1.1,2.2 1": 1})

    write_profile(whole, tmp_path / "deep" / "c.out")

    assert read_profile(tmp_path / "deep" / "c.out") == whole
    lines = (tmp_path / "deep" / "c.out").read_text(encoding="utf-8").splitlines()
    assert lines == ["mode: atomic", f"{BLOCK} 7", f"{OTHER} 0", "m/ü b.go:1.1,2.2 1 1"]


def test_an_unwritable_profile_is_an_error(tmp_path: Path) -> None:
    """The message names the way out."""
    (tmp_path / "file").touch()

    with pytest.raises(ProfileError, match="--wslgo-coverprofile"):
        write_profile(Profile("atomic", {}), tmp_path / "file" / "c.out")


SOURCE = """package m

func Sign(n int) int {
	if n < 0 {
		return -1
	}
	if n > 0 {
		return 1
	}
	return 0
}

func Unused() {
	println("a")
	println("b")
}
"""
TEST = """package m

import "testing"

func TestSign(t *testing.T) { Sign(3) }
"""


def test_the_total_is_that_of_go_tool_cover(tmp_path: Path) -> None:
    """A real profile gives the figure that `go tool cover -func` prints."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("there is no go on PATH")
    profile(tmp_path / "go.mod", "module m", "", "go 1.21")
    (tmp_path / "m.go").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "m_test.go").write_text(TEST, encoding="utf-8")
    environ = {**os.environ, "GOFLAGS": "", "GOWORK": "off"}
    argv = [go, "test", "-covermode=atomic", "-coverprofile=c.out", "."]
    subprocess.run(argv, cwd=tmp_path, env=environ, check=True, capture_output=True)
    argv = [go, "tool", "cover", "-func=c.out"]
    done = subprocess.run(
        argv, cwd=tmp_path, env=environ, check=True, capture_output=True, text=True
    )

    total = read_profile(tmp_path / "c.out").percent

    assert f"{total:.1f}%" == done.stdout.split()[-1]
