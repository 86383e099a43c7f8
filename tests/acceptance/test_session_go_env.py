"""The environment of Go runs: what fixtures and settings change in it, and what follows from it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from go_project import errors, output
from marked_machine import put

from pytest_wslgo.__main__ import main
from pytest_wslgo.toolchain import locate

if TYPE_CHECKING:
    from pathlib import Path

    from go_project import GoProject

SHOW = """
    package m

    import (
        "os"
        "testing"
    )

    func TestShow(t *testing.T) {
        for _, name := range []string{"A", "B", "GOFLAGS", "GOWORK", "PATH"} {
            value, found := os.LookupEnv(name)
            t.Log(name, found, value)
        }
    }
"""

# A conditional file: whether it is listed and built tells with which environment Go was started.
TAGGED = """
    //go:build extra

    package m

    import "testing"

    func TestTagged(t *testing.T) {}
"""

RACING = """
    package m

    import "testing"

    //wslgo:usefixtures cgo_disabled
    func TestWithout(t *testing.T) { report(t) }

    func TestWith(t *testing.T) { report(t) }
"""

# Whether a build has the race detector and cgo: the files say it.
BUILT = {
    "race_test.go": "//go:build race\n\npackage m\n\nconst race = true\n",
    "norace_test.go": "//go:build !race\n\npackage m\n\nconst race = false\n",
    "cgo_test.go": "//go:build cgo\n\npackage m\n\nconst cgo = true\n",
    "nocgo_test.go": "//go:build !cgo\n\npackage m\n\nconst cgo = false\n",
    "report_test.go": """
        package m

        import ("os"; "fmt"; "testing")

        func report(t *testing.T) {
            file, _ := os.OpenFile("built", os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
            fmt.Fprintln(file, t.Name(), "race", race, "cgo", cgo)
            file.Close()
        }
    """,
}


@pytest.fixture
def racing(project: GoProject) -> GoProject:
    """A package of which one test is under cgo_disabled; the tests note how they were built."""
    support = locate(environ=os.environ).race
    if not support.ok:
        pytest.skip(f"no race detector here: {support.reason}")
    project.write({"a_test.go": RACING, **BUILT})
    return project


def built(project: GoProject) -> list[str]:
    """How the tests were built, a line for each execution, sorted."""
    return sorted((project.path / "built").read_text().splitlines())


def shown(result: pytest.RunResult) -> dict[str, str]:
    """The variables that TestShow saw, those that were set."""
    lines = [line.partition("_test.go:")[2].split(maxsplit=3) for line in result.outlines]
    return {line[1]: line[3] if len(line) > 3 else "" for line in lines if "true" in line[2:3]}


def test_changed_by_fixtures(project: GoProject) -> None:
    """What a fixture sets in go_env and deletes from it is so in Go, and nowhere else."""
    project.write(
        {
            "a_test.go": SHOW,
            "conftest.py": """
                import os, pytest

                os.environ["B"] = "from outside"

                @pytest.fixture(scope="session", autouse=True)
                def database(go_env):
                    with pytest.MonkeyPatch.context() as patch:
                        patch.setitem(go_env, "A", "from a fixture")
                        patch.delitem(go_env, "B")
                        assert "A" not in os.environ and os.environ["B"]
                        yield
                    assert "A" not in go_env
                    assert go_env["B"] == "from outside"
            """,
        }
    )

    result = project.run("-rP", alone=True)

    result.assert_outcomes(passed=1)
    told = shown(result)
    assert told["A"] == "from a fixture"
    assert "B" not in told


@pytest.mark.parametrize("by", ["flag", "ini"])
def test_settings(project: GoProject, monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    """--wslgo-env sets variables for discovery and runs alike, and NAME= leaves one out."""
    monkeypatch.setenv("GOFLAGS", "-tags=nothing")
    monkeypatch.setenv("B", "from outside")
    project.write({"a_test.go": SHOW, "tagged_test.go": TAGGED})
    words = "GOFLAGS=-tags=extra B= A='two words'"
    if by == "ini":
        project.write({"pytest.ini": f"[pytest]\nwslgo_env = {words}\n"})

    result = project.run("-v", "-rP", *([f"--wslgo-env={words}"] if by == "flag" else []))

    result.assert_outcomes(passed=2)
    told = shown(result)
    assert (told["A"], told["GOFLAGS"]) == ("two words", "-tags=extra")
    assert "B" not in told
    result.stdout.fnmatch_lines(
        ["wslgo: environment for Go: GOFLAGS=-tags=extra, without B, A=two words"]
    )


@pytest.mark.parametrize("word", ["GOFLAGS", "=x", "1A=x", "A-B=x"])
def test_bad_setting(project: GoProject, word: str) -> None:
    """What is no assignment is a usage error that shows one."""
    project.write({"a_test.go": SHOW})

    result = project.run(f"--wslgo-env=A=1 {word}")

    assert result.ret == 4
    [line] = errors(result)
    assert f"{word!r} is not NAME=VALUE" in line


def test_windows_directories(project: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Go's PATH has no directories of Windows drives; -v says which were left out."""
    drive = project.path / "drive"
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}:{drive}/Windows:{drive}/Go/bin")
    put(project, f"with_drive({str(drive)!r})")
    project.write({"a_test.go": SHOW})

    result = project.run("-v", "-rP")

    result.assert_outcomes(passed=1)
    assert str(drive) not in shown(result)["PATH"]
    result.stdout.fnmatch_lines(
        [f"wslgo: 2 Windows directories are left out of Go's PATH: {drive}/Windows:{drive}/Go/bin"]
    )


@pytest.mark.parametrize("asked", ["auto", "on"])
def test_race_off_for_one(racing: GoProject, asked: str) -> None:
    """A test under cgo_disabled is executed without cgo and -race, others with; it is said."""
    file = racing.path / "junit.xml"

    result = racing.run(f"--wslgo-race={asked}", f"--junitxml={file}")

    result.assert_outcomes(passed=2)
    assert built(racing) == ["TestWith race true cgo true", "TestWithout race false cgo false"]
    result.stdout.fnmatch_lines(["race off for 1 test: cgo_disabled"])
    told = {case.get("name"): _properties(case) for case in ET.parse(file).iter("testcase")}
    assert told["TestWithout"] == {"race": "off: cgo_disabled"}
    assert told["TestWith"] == {}


def test_race_off_in_the_report(racing: GoProject, tmp_path: Path) -> None:
    """The report of the journal has the same property as the session's."""
    journal = tmp_path / "journal"
    racing.run("--wslgo-race=on", f"--wslgo-journal={journal}")
    file = racing.path / "report.xml"

    main(["report", str(journal), "--junit", str(file)])

    told = {case.get("name"): _properties(case) for case in ET.parse(file).iter("testcase")}
    assert told["TestWithout"] == {"race": "off: cgo_disabled"}
    assert told["TestWith"] == {}


def test_race_off_on_workers(racing: GoProject) -> None:
    """With pytest-xdist the controller's summary says it."""
    result = racing.run("--wslgo-race=on", "-n2", alone=True)

    result.assert_outcomes(passed=2)
    assert built(racing) == ["TestWith race true cgo true", "TestWithout race false cgo false"]
    result.stdout.fnmatch_lines(["race off for 1 test: cgo_disabled"])


@pytest.mark.parametrize("change", ["CGO_ENABLED=0", "GOARCH=386"])
def test_race_off_by_any_fixture(racing: GoProject, change: str) -> None:
    """So is what another fixture makes impossible, by os.environ or go_env."""
    name, _, value = change.partition("=")
    racing.write(
        {
            "a_test.go": RACING.replace("cgo_disabled", "other"),
            "conftest.py": f"""
                import pytest

                @pytest.fixture(scope="session")
                def other(go_env):
                    with pytest.MonkeyPatch.context() as patch:
                        patch.setitem(go_env, "{name}", "{value}")
                        yield
            """,
        }
    )

    result = racing.run("--wslgo-race=on", alone=True)

    result.assert_outcomes(passed=2)
    assert built(racing) == ["TestWith race true cgo true", "TestWithout race false cgo false"]
    result.stdout.fnmatch_lines([f"race off for 1 test: {change}"])


def test_race_off_says_nothing_more(racing: GoProject) -> None:
    """Where the session has the race detector off, a test under cgo_disabled is like others."""
    result = racing.run("--wslgo-race=off", "-rP")

    result.assert_outcomes(passed=2)
    assert built(racing)[1] == "TestWithout race false cgo false"
    assert "race off for" not in result.stdout.str()


def _properties(case: ET.Element) -> dict[str | None, str | None]:
    return {each.get("name"): each.get("value") for each in case.iter("property")}


def test_build_constraints_under_a_fixture(project: GoProject) -> None:
    """A test whose file is left out under its fixtures is not told to have passed as its namesake.

    Nor is the namesake executed, which nobody selected.
    """
    project.write_noting("p", "TestOther")
    test = 'package p\n\nimport "testing"\n\n{}func TestX(t *testing.T) {{ note(t); {} }}\n'
    uses = "//wslgo:usefixtures cgo_disabled\n"
    project.write(
        {
            "p/x_test.go": "//go:build cgo\n\n" + test.format(uses, "t.Fatal()"),
            "p/y_test.go": "//go:build !cgo\n\n" + test.format("//wslgo:skip_if_root\n", ""),
        }
    )

    result = project.run()

    result.assert_outcomes(passed=1, errors=1)
    assert project.executed() == ["p.TestOther"]
    told = "did not run: build constraints leave its file out under its fixtures (CGO_ENABLED=0"
    assert told in output(result)


@pytest.mark.parametrize("flags", ["-run=/none", "'-run=/none'", "-count=0", "-skip=TestA/sub"])
@pytest.mark.parametrize("by", ["session", "fixture"])
def test_flags_that_hide_a_failure(
    project: GoProject, monkeypatch: pytest.MonkeyPatch, flags: str, by: str
) -> None:
    """Flags in GOFLAGS that would hide a failed subtest are left out, quoted or not, and said."""
    source = """
        package m

        import "testing"

        func TestA(t *testing.T) { t.Run("sub", func(t *testing.T) { t.Fatal("it fails") }) }
    """
    project.write({"a_test.go": source})
    if by == "session":
        monkeypatch.setenv("GOFLAGS", flags)
    else:
        fixture = f"""
            import pytest

            @pytest.fixture(scope="session", autouse=True)
            def flags(go_env):
                go_env["GOFLAGS"] = {flags!r}
        """
        project.write({"conftest.py": fixture})

    result = project.run()

    assert result.ret == 1
    assert "it fails" in output(result)
    assert "GOFLAGS without " in output(result)
