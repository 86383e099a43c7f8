"""xfail_on: a failure that is expected on some machines only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from go_project import output
from marked_machine import put

if TYPE_CHECKING:
    import pytest
    from go_project import GoProject

FAILING = """
    package m

    import "testing"

    // TestFails fails on WSL1.
    //
    //wslgo:xfail_on wsl1 drvfs reason="no netlink"
    func TestFails(t *testing.T) { t.Error("no") }
"""
PYTHON = """
    import pytest

    @pytest.mark.xfail_on("wsl1", reason="no netlink")
    def test_fails(): assert False
"""
FACT = "this is WSL1 (/proc/version: Linux version 6.1.0); no netlink"


def test_where_it_applies(project: GoProject) -> None:
    """There the failure is expected, of Go and Python tests, with fact and evidence."""
    put(project, "machine(kind='wsl1')")
    project.write({"a_test.go": FAILING, "test_p.py": PYTHON})

    result = project.run("-rx")

    assert result.ret == 0
    result.assert_outcomes(xfailed=2)
    assert f'XFAIL test_p.py::test_fails - xfail_on("wsl1"): {FACT}' in output(result)
    assert f'XFAIL a_test.go::TestFails - xfail_on("wsl1", "drvfs"): {FACT}' in output(result)


def test_fixture_that_fails(project: GoProject) -> None:
    """The mark is there before fixtures come up: that one of them fails is expected as well."""
    put(project, "machine(kind='wsl1')")
    fixture = "@pytest.fixture\n    def broken(): assert False\n\n    @pytest.mark.x"
    text = PYTHON.replace("@pytest.mark.x", fixture).replace("test_fails()", "test_fails(broken)")
    project.write({"test_p.py": text})

    result = project.run(off=True)

    result.assert_outcomes(xfailed=1)


def test_elsewhere(project: GoProject) -> None:
    """Elsewhere a failure is one."""
    put(project)
    project.write({"a_test.go": FAILING, "test_p.py": PYTHON})

    result = project.run()

    assert result.ret == 1
    result.assert_outcomes(failed=2)


def test_strict(project: GoProject) -> None:
    """With strict=true a test that passes against expectation fails."""
    put(project, "with_drive(config.rootpath)")
    go = FAILING.replace('t.Error("no")', "").replace("reason=", "strict=true reason=")
    project.write({"a_test.go": go})

    result = project.run()

    assert result.ret == 1
    result.assert_outcomes(failed=1)
    assert "[XPASS(strict)]" in output(result)
    assert f"{project.path} is a Windows drive (9p, aname=drvfs); no netlink" in output(result)


def test_race(project: GoProject) -> None:
    """A failure can be expected of runs with the race detector alone."""
    put(project)
    project.write({"a_test.go": FAILING.replace("wsl1 drvfs", "race")})

    on, off = project.run("--wslgo-race=on"), project.run("--wslgo-race=off")

    on.assert_outcomes(xfailed=1)
    off.assert_outcomes(failed=1)


def test_platform(project: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform is what Go builds for: linux/386 is no other machine, but another outcome."""
    put(project)
    project.write({"a_test.go": FAILING.replace("wsl1 drvfs", "linux/386")})

    here = project.run()
    monkeypatch.setenv("GOARCH", "386")
    there = project.run()

    here.assert_outcomes(failed=1)
    there.assert_outcomes(xfailed=1)


def test_no_excuse(project: GoProject) -> None:
    """A package that does not build stays an error, wherever its tests may fail."""
    put(project, "machine(kind='wsl1')")
    project.write({"a_test.go": FAILING, "b.go": "package m\n\nvar x int = undefined\n"})

    result = project.run()

    assert result.ret == 1
    result.assert_outcomes(errors=1)
