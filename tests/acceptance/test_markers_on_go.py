"""Markers on Go tests: what is skipped is not executed, and the skip has the fact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from go_project import output
from marked_machine import put, write_all, write_marked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from go_project import GoProject

BROKEN = 'prober({"symlink": "EPERM: Operation not permitted"})'

WSL2 = "booted(kind='wsl2', interop=True, uid=0)"
DRIVE = "with_drive(config.rootpath, uid=0)"
MET = {
    WSL2: [
        "requires_systemd",
        "skip_on_drvfs",
        "requires_wsl",
        "requires_wsl 2",
        "skip_on_wsl version=1",
        'requires_kernel ">=5.15"',
        'requires_go ">=1.21"',
        "requires_cgo",
        "requires_capability symlink flock",
        "requires_interop",
        "requires_root",
    ],
    "machine()": ["skip_on_wsl", "skip_if_root"],
}
UNMET = {
    "machine()": {
        "requires_systemd": "requires_systemd: PID 1 is init (/proc/1/comm)",
        "requires_wsl": "requires_wsl: this is Linux on hardware of its own (/proc/version: ",
        'requires_kernel ">=6.99"': 'requires_kernel(">=6.99"): this is 6.1.0-18-amd64 (/proc/',
        'requires_go ">=1.99"': 'requires_go(">=1.99"): this is go1.',
        "requires_race": "requires_race: the run is without the race detector (--wslgo-race=off)",
        "requires_interop": "requires_interop: Windows programs are not registered to run here",
        "requires_root": "requires_root: the user is not root (uid 7)",
    },
    DRIVE: {
        "skip_on_drvfs": "skip_on_drvfs: {root} is a Windows drive (9p, aname=drvfs)",
        'skip_on_drvfs reason="renames fail"': "a Windows drive (9p, aname=drvfs); renames fail",
        "requires_wsl 1": "requires_wsl(version=1): this is WSL2",
        "skip_on_wsl": "skip_on_wsl: this is WSL2",
        "skip_if_root": "skip_if_root: the user is root (uid 0)",
    },
}


def numbered(directives: Iterable[str]) -> dict[str, list[str]]:
    """A test for each directive: ``TestA``, ``TestB``, …."""
    return {f"Test{chr(ord('A') + index)}": [each] for index, each in enumerate(directives)}


@pytest.mark.parametrize("machine", MET)
def test_met(project: GoProject, machine: str) -> None:
    """Where the condition holds, the test runs as any other."""
    put(project, machine)
    tests = numbered(MET[machine])
    write_all(project, tests)

    result = project.run("-rs")

    result.assert_outcomes(passed=len(tests))
    assert project.executed() == [f"m.{name}" for name in tests]


@pytest.mark.parametrize("machine", UNMET)
def test_not_met(project: GoProject, machine: str) -> None:
    """Where it does not, the test is not executed; the skip has place, marker, fact, evidence."""
    put(project, machine)
    tests = numbered(UNMET[machine])
    write_all(project, {**tests, "TestOther": []})

    result = project.run("-rs")

    result.assert_outcomes(passed=1, skipped=len(tests))
    assert project.executed() == ["m.TestOther"]
    for line, reason in enumerate(UNMET[machine].values()):
        place = f"SKIPPED [1] a_test.go:{6 + 3 * line}: "
        [said] = [said for said in result.outlines if said.startswith(place)]
        assert reason.format(root=project.path) in said


def test_no_cgo(project: GoProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without cgo the toolchain's own reason is the test's, for requires_race too."""
    monkeypatch.setenv("CGO_ENABLED", "0")
    write_marked(project, "requires_cgo")
    cgo = project.run("-rs")
    write_marked(project, "requires_race")

    race = project.run("-rs", "--wslgo-race=auto")

    assert "requires_cgo: CGO_ENABLED=0 in the environment" in output(cgo)
    assert "requires_race: race needs cgo: CGO_ENABLED=0 in the environment" in output(race)
    assert "m.TestMarked" not in project.executed()


def test_race(project: GoProject) -> None:
    """With the race detector a test that requires it runs."""
    put(project)
    write_marked(project, "requires_race")

    result = project.run("--wslgo-race=on")

    result.assert_outcomes(passed=2)


def test_capability(project: GoProject) -> None:
    """A capability is tried in the temporary directory, or, when asked, in the test's own."""
    put(project, prober=BROKEN)
    write_marked(project, "requires_capability flock symlink")
    in_tmp = project.run("-rs")
    write_marked(project, 'requires_capability symlink directory="source"')

    in_source = project.run("-rs")

    error = "EPERM: Operation not permitted"
    assert f'requires_capability("symlink"): symlink in /tmp: {error}' in output(in_tmp)
    assert f"symlink in {project.path}: {error}" in output(in_source)
    assert "m.TestMarked" not in project.executed()


def test_capability_where_go_makes_directories(
    project: GoProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a Go test the temporary directory is GOTMPDIR where that is set, as for t.TempDir."""
    (project.path / "gotmp").mkdir()
    monkeypatch.setenv("GOTMPDIR", str(project.path / "gotmp"))
    put(project, prober=BROKEN)
    write_marked(project, "requires_capability symlink")

    result = project.run("-rs")

    assert f"symlink in {project.path / 'gotmp'}: EPERM" in output(result)


def test_file(project: GoProject) -> None:
    """Above the package clause a directive is for all tests of the file, and of no other."""
    put(project)
    project.write_noting("", "TestA", "TestB")
    text = (project.path / "a_test.go").read_text()
    project.write({"a_test.go": f"// Package m is small.\n//\n//wslgo:requires_systemd\n{text}"})
    project.write({"b_test.go": text.replace("TestA", "TestC").replace("TestB", "TestD")})

    result = project.run("-rs")

    result.assert_outcomes(passed=2, skipped=2)
    assert project.executed() == ["m.TestC", "m.TestD"]


def test_several(project: GoProject) -> None:
    """A test that lacks several things says all of them."""
    put(project)
    write_marked(project, "requires_systemd", "requires_root")

    result = project.run("-rs")

    root = "requires_root: the user is not root (uid 7)"
    systemd = "requires_systemd: PID 1 is init (/proc/1/comm)"
    assert f"{systemd}; and {root}" in output(result)


def test_selected_by_mark(project: GoProject) -> None:
    """They are marks of pytest: -m chooses Go tests by them."""
    put(project, "booted()")
    write_marked(project, "requires_systemd")

    assert project.collect("-m", "requires_systemd") == ["a_test.go::TestMarked"]
    assert project.collect("-m", "not requires_systemd") == ["a_test.go::TestOther"]


def test_strict_markers(project: GoProject) -> None:
    """They are registered: --strict-markers accepts them."""
    put(project, "booted()")
    write_marked(project, "requires_systemd", "requires_capability flock")

    result = project.run("--strict-markers", "-W", "error")

    result.assert_outcomes(passed=2)


def test_junit(project: GoProject) -> None:
    """JUnit has the reason."""
    put(project)
    write_marked(project, "requires_systemd")

    cases = project.junit()

    skipped = cases["a_test.go::TestMarked"].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "requires_systemd: PID 1 is init (/proc/1/comm)"


def test_by_hook(project: GoProject) -> None:
    """Marks that a conftest.py adds to Go items count as directives do."""
    more = """
def pytest_collection_modifyitems(items):
    items[0].add_marker("requires_systemd")
    items[1].add_marker(pytest.mark.requires_kernel(">=6.99"))
"""
    put(project, more=more)
    project.write_noting("", "TestA", "TestB", "TestC")

    result = project.run("-rs")

    result.assert_outcomes(passed=1, skipped=2)
    assert project.executed() == ["m.TestC"]


def test_wrong_mark_by_hook(project: GoProject) -> None:
    """One that is wrong makes its item an error that says so; the test is not executed."""
    more = """
def pytest_collection_modifyitems(items):
    items[0].add_marker(pytest.mark.requires_kernel("6.99"))
"""
    put(project, more=more)
    project.write_noting("", "TestA", "TestB")

    result = project.run()

    result.assert_outcomes(passed=1, errors=1)
    assert project.executed() == ["m.TestB"]
    message = "requires_kernel('6.99'): '6.99' is no version specifier (as in requires_kernel("
    assert message in output(result)
    assert "Traceback" not in output(result)


@pytest.mark.parametrize(
    ("directive", "message"),
    [
        (
            "requires_sytemd",
            "is not a directive of pytest-wslgo: did you mean //wslgo:requires_sys",
        ),
        ("requires_kernel 5.15", 'as in //wslgo:requires_kernel ">=5.15"'),
        ("requires_capability simlink", "'simlink' is no capability: did you mean symlink?"),
    ],
)
def test_wrong_directive(project: GoProject, directive: str, message: str) -> None:
    """A wrong directive is an error at collection, at its file and line."""
    write_marked(project, directive)

    result = project.run("--collect-only")

    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert f"a_test.go:7: //wslgo:{directive.split(maxsplit=1)[0]}" in output(result)
    assert message in output(result)


def test_collecting_judges_nothing(project: GoProject) -> None:
    """--collect-only looks at no machine: it costs nothing, and works on a broken one."""
    put(project, environment="None", prober="None")
    write_marked(project, "requires_systemd", "requires_capability symlink", "xfail_on wsl1")

    assert project.collect() == ["a_test.go::TestOther", "a_test.go::TestMarked"]


def test_asked_once(project: GoProject) -> None:
    """Many tests with the same marker in one directory ask the machine once."""
    more = """
def pytest_sessionfinish(session):
    asked = session.config.stash[PROBER].asked
    print("asked", len([name for name, _ in asked if name == "flock"]))
"""
    put(project, more=more)
    project.write_noting("a", *(f"TestA{number}" for number in range(20)))
    project.write_noting("b", *(f"TestB{number}" for number in range(20)))
    marks = "wslgo_marks = ... requires_capability flock directory=source\n"
    project.write({"pytest.ini": f"[pytest]\n{marks}"})

    result = project.run("-s")

    result.assert_outcomes(passed=40)
    assert "asked 2" in output(result)


def test_xdist(project: GoProject) -> None:
    """With pytest-xdist the outcomes are the same."""
    put(project)
    write_marked(project, "requires_systemd")
    project.write_noting("p", "TestP")

    result = project.run("-rs", "-n2")

    result.assert_outcomes(passed=2, skipped=1)
    assert project.executed() == ["m.TestOther", "p.TestP"]
    assert "a_test.go:8: requires_systemd: PID 1 is init (/proc/1/comm)" in output(result)


@pytest.mark.parametrize(
    ("source", "line", "said"),
    [
        ("//wslgo:requires_root\n\nfunc TestA(t *testing.T) {}", 5, "belongs to no test"),
        ("//wslgo:requires_rot\n\nfunc TestA(t *testing.T) {}", 5, "belongs to no test"),
        ("func TestA(t *testing.T) {\n//wslgo:requires_root\n}", 6, "belongs to no test"),
        ("//wslgo:requires_root\nfunc help() {}", 5, "belongs to no test"),
        ("// wslgo:requires_root\nfunc TestA(t *testing.T) {}", 5, "write //wslgo:requires_root"),
        ("//WSLGO: requires_rot\nfunc TestA(t *testing.T) {}", 5, "write //wslgo:requires_root"),
    ],
)
def test_stray_directive(project: GoProject, source: str, line: int, said: str) -> None:
    """What somebody may take for a directive, and is none of any test, is an error at its line."""
    put(project)
    project.write({"a_test.go": f'package m\n\nimport "testing"\n\n{source}\n'})

    result = project.run()

    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert f"a_test.go:{line}: " in output(result)
    assert said in output(result)


def test_what_is_no_directive(project: GoProject) -> None:
    """Text in strings, and prose about the directives, is left alone."""
    put(project)
    project.write_noting("")
    source = """
        package m

        import "testing"

        // The comment // wslgo: is explained in the documentation of wslgo: see there.
        const text = `
        //wslgo:requires_root
        `

        func TestA(t *testing.T) { note(t); _ = "//wslgo:requires_root" }
    """
    project.write({"a_test.go": source})

    project.run().assert_outcomes(passed=1)


CGO_OFF = """
    import pytest

    @pytest.fixture(scope="session")
    def no_cgo(go_env):
        go_env["CGO_ENABLED"] = "0"
        yield
        del go_env["CGO_ENABLED"]
"""


@pytest.mark.parametrize("fixture", ["cgo_disabled", "no_cgo"])
def test_taken_by_a_fixture(project: GoProject, fixture: str) -> None:
    """A test that requires the race detector is not executed where its fixtures turn it off."""
    project.write({"conftest.py": CGO_OFF})
    write_all(
        project,
        {
            "TestOther": [f"usefixtures {fixture}"],
            "TestRace": ["requires_race", f"usefixtures {fixture}"],
            "TestCgo": ["requires_cgo", f"usefixtures {fixture}"],
        },
    )

    result = project.run("-rs", "--wslgo-race=auto")
    required = project.run("--wslgo-race=auto", "--wslgo-require=requires_race")

    result.assert_outcomes(passed=1, skipped=2)
    assert project.executed() == ["m.TestOther"] * 2
    told = output(result)
    assert "requires_race: CGO_ENABLED=0 under this test's fixtures" in told
    assert "requires_cgo: CGO_ENABLED=0 under this test's fixtures" in told
    required.assert_outcomes(passed=1, skipped=1, errors=1)
