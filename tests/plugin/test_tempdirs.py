from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.plugin.tempdirs import locked_directory

if TYPE_CHECKING:
    from pathlib import Path

HOLDER = """
import os, sys
from pathlib import Path
from pytest_wslgo.plugin.tempdirs import locked_directory

with locked_directory(Path(sys.argv[1]), soft=sys.argv[2] == "soft") as directory:
    (directory / "file").write_text("mine")
    print(directory, flush=True)
    sys.stdin.read()
    if sys.argv[3] == "dies":
        os._exit(1)
"""


def holder(home: Path, kind: str, end: str) -> subprocess.Popen[str]:
    """Another session with a directory; it ends when its input does."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home), kind, end],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("kind", ["flock", "soft"])
def test_removed(tmp_path: Path, kind: str) -> None:
    """A directory is there inside, with a lock beside it, and nothing of either afterwards."""
    with locked_directory(tmp_path, soft=kind == "soft") as directory:
        (directory / "file").write_text("x")
        assert directory.with_name(f"{directory.name}.lock").exists()

    assert [path.name for path in tmp_path.iterdir() if "guard" not in path.name] == []


@pytest.mark.parametrize("kind", ["flock", "soft"])
def test_others_stay(tmp_path: Path, kind: str) -> None:
    """A directory of a session that lives is left alone by others that come and go."""
    with holder(tmp_path, kind, "ends") as other:
        assert other.stdout is not None
        theirs = tmp_path / other.stdout.readline().strip()

        with locked_directory(tmp_path, soft=kind == "soft") as mine:
            assert mine != theirs

        assert (theirs / "file").read_text() == "mine"
        other.communicate("")
    assert not theirs.exists()


@pytest.mark.parametrize("kind", ["flock", "soft"])
def test_left_over(tmp_path: Path, kind: str) -> None:
    """What a session that died has left is removed by the next one."""
    with holder(tmp_path, kind, "dies") as other:
        assert other.stdout is not None
        theirs = tmp_path / other.stdout.readline().strip()
        other.communicate("")
    assert theirs.exists()

    with locked_directory(tmp_path, soft=kind == "soft"):
        assert not theirs.exists()
    assert not theirs.with_name(f"{theirs.name}.lock").exists()


def test_half_removed(tmp_path: Path) -> None:
    """So is what a session that died while it removed its directory has left."""
    half = tmp_path / "t-abc.gone"
    half.mkdir()
    (tmp_path / "t-abc.lock").touch()

    with locked_directory(tmp_path):
        pass

    assert [path.name for path in tmp_path.iterdir() if "guard" not in path.name] == []


def test_foreign_files(tmp_path: Path) -> None:
    """What has another name is nobody's to remove."""
    (tmp_path / "precious").mkdir()

    with locked_directory(tmp_path):
        pass

    assert (tmp_path / "precious").exists()
