"""Machines without Go, without a C compiler, without space: one paragraph, and what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from go_project import errors, output

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from go_project import GoProject


@pytest.fixture
def simple(project: GoProject) -> GoProject:
    """A package with one test, and a Python test."""
    project.write_noting("", "TestA")
    project.write({"test_p.py": "def test_python(): pass"})
    return project


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system without a free byte."""
    mount = tmp_path / "full"
    mount.mkdir()
    if shutil.which("mount") is None or os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    options = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(mount)]
    if subprocess.run(options, check=False, capture_output=True).returncode:
        pytest.skip("this root may not mount a file system")
    try:
        (mount / "rest").write_bytes(b"\0" * 64 * 1024)
        yield mount
    finally:
        subprocess.run(["umount", str(mount)], check=True)


def test_no_go(simple: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Go --wslgo is a usage error that lists where it was looked for and what helps."""
    (simple.path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(simple.path / "bin"))
    monkeypatch.delenv("GOROOT", raising=False)

    result = simple.run()

    if result.ret == 0:
        pytest.skip("there is a Go in a well-known place of this machine")
    assert result.ret == 4
    text = " ".join(errors(result))
    assert "PATH" in text
    assert "pytest-wslgo[go]" in text
    assert "Traceback" not in output(result)


def test_no_go_but_off(simple: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Go and without --wslgo Python tests run."""
    monkeypatch.setenv("PATH", str(simple.path))

    result = simple.run(off=True)

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize("by", ["flag", "ini"])
def test_go_that_does_not_exist(simple: GoProject, by: str) -> None:
    """A Go that is named and does not exist is an error: no other one is taken in its place."""
    if by == "ini":
        simple.write({"pytest.ini": "[pytest]\nwslgo_go = /nonexistent/go\n"})

    result = simple.run(*(["--wslgo-go=/nonexistent/go"] if by == "flag" else []))

    assert result.ret == 4
    [line] = errors(result)
    assert "/nonexistent/go" in line
    assert "Traceback" not in output(result)
    assert simple.executed() == []


def test_race_that_cannot_work(simple: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """--wslgo-race=on where it cannot work is an error with the reason and the ways out."""
    monkeypatch.setenv("CGO_ENABLED", "0")

    result = simple.run("--wslgo-race=on")

    assert result.ret == 4
    [line] = errors(result)
    assert line.startswith("--wslgo-race=on: the race detector does not work here: ")
    assert "CGO_ENABLED" in line
    assert "--wslgo-race=auto runs without it" in line


def test_race_that_is_off_by_itself(simple: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """With auto it is off, and header and summary say why and what helps."""
    monkeypatch.setenv("CGO_ENABLED", "0")

    result = simple.run("--wslgo-race=auto")

    assert result.ret == 0
    header = [line for line in result.outlines if line.startswith("wslgo: ")]
    assert "race off: " in header[0]
    assert "CGO_ENABLED" in header[0]
    assert header[1].startswith("wslgo: the race detector is off; ")
    [line] = [line for line in result.outlines if line.startswith("races were not looked for: ")]
    assert "unset CGO_ENABLED" in line


def test_race_on(simple: GoProject) -> None:
    """Where the race detector works it finds a race, and the test fails with the report."""
    simple.write(
        {
            "r_test.go": """
                package m

                import "testing"

                func TestRace(t *testing.T) {
                    n, done := 0, make(chan bool)
                    go func() { n++; done <- true }()
                    n++
                    <-done
                }
            """
        }
    )

    result = simple.run("--wslgo-race=auto", "r_test.go")

    if "race on" not in output(result):
        pytest.skip("the race detector does not work here")
    assert result.ret == 1
    result.assert_outcomes(failed=1)
    assert output(result).count("WARNING: DATA RACE") == 1


def test_journal_is_no_directory(simple: GoProject) -> None:
    """A journal that cannot be written is a usage error before anything runs."""
    simple.write({"file": ""})

    result = simple.run("--wslgo-journal=file/j")

    assert result.ret == 4
    [line] = errors(result)
    assert f"cannot write the journal of the Go run in {simple.path / 'file/j'}" in line
    assert simple.executed() == []


def test_journal_on_a_full_disk(simple: GoProject, full_disk: Path) -> None:
    """A full disk is noticed before anything runs."""
    result = simple.run(f"--wslgo-journal={full_disk}")

    assert result.ret == 4
    [line] = errors(result)
    assert "No space left on device" in line
    assert simple.executed() == []


def test_cache_directory_that_cannot_be_written(simple: GoProject) -> None:
    """Where pytest's cache cannot be written the journal goes to the user's cache instead."""
    simple.write({".pytest_cache": "a file in the way", "pytest.ini": "[pytest]\n"})

    result = simple.run("-v", alone=True)

    assert result.ret == 0
    [line] = [line for line in result.outlines if line.startswith("wslgo: journal: ")]
    assert os.environ["XDG_CACHE_HOME"] in line


def test_go_cache_that_cannot_be_written(
    simple: GoProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A GOCACHE that cannot be written is Go's error: no test is green, and its words are there."""
    simple.write({"file": ""})
    monkeypatch.setenv("GOCACHE", str(simple.path / "file/cache"))

    result = simple.run()

    assert result.ret != 0
    assert simple.executed() == []
    assert "file/cache" in output(result)
    assert "Traceback" not in output(result)


def test_refused_go_is_shown(simple: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken go that comes first on PATH is passed over, and -v says why."""
    simple.write({"bin/go": "#!/bin/sh\necho broken >&2\nexit 1\n"})
    (simple.path / "bin/go").chmod(0o755)
    monkeypatch.setenv("PATH", f"{simple.path / 'bin'}{os.pathsep}{os.environ['PATH']}")

    result = simple.run("-v")

    result.assert_outcomes(passed=2)
    [line] = [line for line in result.outlines if line.startswith("wslgo: not used: ")]
    assert str(simple.path / "bin/go") in line


def test_journals_are_kept(simple: GoProject) -> None:
    """The journals of a few sessions stay, older ones go; one for each session, never shared."""
    for _ in range(6):
        simple.run("--wslgo-journal=j", "-k", "TestA")

    sessions = [path for path in (simple.path / "j").iterdir() if path.is_dir()]

    assert len(sessions) == 4
    assert all((session / "shared/plan.json").exists() for session in sessions)


def test_no_work_directory(project: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line that names the directory and the cure, before anything is compiled."""
    project.write_noting("", "TestA")
    monkeypatch.setenv("GOTMPDIR", str(project.path / "gone"))

    result = project.run(alone=True)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: Go's work directory, */gone, cannot be used: *GOTMPDIR*"])
