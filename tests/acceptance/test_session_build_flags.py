"""The files that are collected are those that `go test` builds."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.toolchain import locate

if TYPE_CHECKING:
    from go_project import GoProject

RACE = '//go:build race\n\npackage m\n\nimport "testing"\n\nfunc TestWithRace(t *testing.T) {}\n'
PLAIN = '//go:build !race\n\npackage m\n\nimport "testing"\n\nfunc TestWithout(t *testing.T) {}\n'


def test_race_sets_a_build_tag(project: GoProject) -> None:
    """Files for the race detector are there when it is on, those against it when it is off."""
    if not locate(environ=os.environ).race.ok:
        pytest.skip("the race detector does not work here")
    project.write({"race_on_test.go": RACE, "race_off_test.go": PLAIN})

    with_race = project.run("-v", "--wslgo-race=on")

    with_race.assert_outcomes(passed=1)
    with_race.stdout.fnmatch_lines(["race_on_test.go::TestWithRace PASSED*"])
    assert project.collect("--wslgo-race=off") == ["race_off_test.go::TestWithout"]


def test_another_go_mod_reaches_the_list(project: GoProject) -> None:
    """-modfile, given for `go test`, decides how packages are listed too."""
    project.write({"broken.mod": "nonsense\n"})
    project.write_noting("p", "TestA")

    result = project.run(f"--wslgo-args=-modfile={project.path / 'broken.mod'}")

    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(
        ["*cannot list the packages*broken.mod:1: *", "Tried: *-modfile=*broken.mod*"]
    )


def test_a_file_that_only_an_overlay_has(project: GoProject) -> None:
    """Tests are collected from the disk: the session is refused with the file's name."""
    project.write_noting("p", "TestA")
    project.write({"added.txt": 'package p\n\nimport "testing"\n\nfunc TestB(t *testing.T) {}\n'})
    overlay = project.path / "overlay.json"
    added = project.path / "p" / "added_test.go"
    overlay.write_text(f'{{"Replace": {{"{added}": "{project.path / "added.txt"}"}}}}')
    project.pytester._monkeypatch.setenv("GOFLAGS", f"-overlay={overlay}")

    result = project.run(alone=True)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: GOFLAGS has -overlay=*, which replaces {added}: *"])
    assert project.executed() == []


def test_a_link_to_a_package_is_not_a_package(project: GoProject) -> None:
    """Go leaves symbolic links out of `./...`, and so does pytest; a named one is followed."""
    project.write_noting("p", "TestA")
    (project.path / "link").symlink_to("p")

    assert project.collect() == ["p/a_test.go::TestA"]
    assert project.collect("link") == ["link/a_test.go::TestA"]


def test_repetitions_in_goflags_are_counted(project: GoProject) -> None:
    """GOFLAGS=-count=2 runs each test twice; that is one outcome and no contradiction."""
    project.write_noting("p", "TestA")
    project.pytester._monkeypatch.setenv("GOFLAGS", "-count=2")

    result = project.run()

    result.assert_outcomes(passed=1)
    assert project.executed() == ["p.TestA", "p.TestA"]
