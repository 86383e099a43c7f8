"""--wslgo-require: a skip for a reason that the machine must not give is a failure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from go_project import errors, output
from marked_machine import put, write_all, write_marked

if TYPE_CHECKING:
    from go_project import GoProject

PYTHON = """
    import pytest

    @pytest.mark.requires_systemd
    def test_systemd(): pass

    @pytest.mark.requires_root
    def test_root(): pass
"""
SAID = (
    "requires_systemd: PID 1 is init (/proc/1/comm). "
    "As --wslgo-require (or wslgo_require) names requires_systemd "
)


@pytest.mark.parametrize("by", ["flag", "ini"])
def test_go(project: GoProject, by: str) -> None:
    """A Go test that lacks it is an error: the skip's reason, and what to do. It does not run."""
    put(project)
    write_all(project, {"TestS": ["requires_systemd"], "TestR": ["requires_root"], "TestO": []})
    if by == "ini":
        project.write({"pytest.ini": "[pytest]\nwslgo_require = requires_systemd\n"})

    result = project.run("-rs", *(["--wslgo-require=requires_systemd"] if by == "flag" else []))

    assert result.ret == 1
    result.assert_outcomes(passed=1, skipped=1, errors=1)
    assert project.executed() == ["m.TestO"]
    assert SAID in output(result)
    assert "or take requires_systemd out of it" in output(result)


@pytest.mark.parametrize("off", [True, False], ids=["off", "on"])
def test_python(project: GoProject, off: bool) -> None:
    """So is a Python test, without --wslgo too; other skips stay skips."""
    put(project)
    project.write({"test_p.py": PYTHON})

    result = project.run("-rs", "--wslgo-require=requires_systemd", off=off)

    assert result.ret == 1
    result.assert_outcomes(skipped=1, errors=1)
    assert SAID in output(result)


def test_met(project: GoProject) -> None:
    """Where nothing is lacking, nothing changes."""
    put(project, "booted(uid=0)")
    project.write({"test_p.py": PYTHON})

    result = project.run("--wslgo-require=requires_systemd,requires_root", off=True)

    result.assert_outcomes(passed=2)


def test_capability(project: GoProject) -> None:
    """The name of a capability will do: it is about the tests that lack this one."""
    put(project, prober='prober({"symlink": "EPERM", "flock": "ENOLCK"})')
    tests = {"TestS": ["requires_capability symlink"], "TestF": ["requires_capability flock"]}
    write_all(project, tests)

    result = project.run("--wslgo-require=requires_root, symlink")

    result.assert_outcomes(skipped=1, errors=1)
    assert "EPERM. As --wslgo-require (or wslgo_require) names symlink " in output(result)


def test_beside_another_reason(project: GoProject) -> None:
    """A test that lacks something else as well is a failure all the same."""
    put(project)
    write_marked(project, "requires_root", "requires_systemd")

    result = project.run("--wslgo-require=requires_systemd")

    result.assert_outcomes(passed=1, errors=1)


def test_expected_failure_is_no_excuse(project: GoProject) -> None:
    """An xfail mark does not make it green."""
    put(project)
    text = PYTHON.replace(
        "@pytest.mark.requires_s", "@pytest.mark.xfail\n    @pytest.mark.requires_s"
    )
    project.write({"test_p.py": text})

    result = project.run("-k", "systemd", "--wslgo-require=requires_systemd", off=True)

    assert result.ret == 1
    result.assert_outcomes(errors=1, deselected=1)


def test_skipped_by_somebody(project: GoProject) -> None:
    """A test that pytest's own mark skips has not been lost with the machine."""
    put(project)
    text = PYTHON.replace(
        "@pytest.mark.requires_s", "@pytest.mark.skip(reason='later')\n    @pytest.mark.requires_s"
    )
    project.write({"test_p.py": text})

    result = project.run("-rs", "-k", "systemd", "--wslgo-require=requires_systemd", off=True)

    result.assert_outcomes(skipped=1, deselected=1)


def test_xdist(project: GoProject) -> None:
    """With pytest-xdist the outcomes are the same."""
    put(project)
    project.write({"test_p.py": PYTHON})
    write_marked(project, "requires_systemd")

    result = project.run("-n2", "--wslgo-require=requires_systemd")

    result.assert_outcomes(passed=1, skipped=1, errors=2)
    assert project.executed() == ["m.TestOther"]


def test_junit(project: GoProject) -> None:
    """JUnit has an error with the reason."""
    put(project)
    write_marked(project, "requires_systemd")

    cases = project.junit("--wslgo-require=requires_systemd")

    error = cases["a_test.go::TestMarked"].find("error")
    assert error is not None
    assert SAID in str(error.get("message"))


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("requires_sytemd", "did you mean requires_systemd?"),
        ("requires_root,simlink", "'simlink' is no marker or capability: did you mean symlink?"),
        ("xfail_on", "xfail_on skips nothing: it cannot be required"),
    ],
)
@pytest.mark.parametrize("off", [True, False], ids=["off", "on"])
def test_unknown(project: GoProject, names: str, message: str, off: bool) -> None:
    """A name that is none is a usage error with the nearest, without --wslgo too."""
    project.write({"test_p.py": PYTHON})

    result = project.run(f"--wslgo-require={names}", off=off)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert any(message in line for line in errors(result))
    assert errors(result)[0].startswith(f"--wslgo-require={names}: ")
