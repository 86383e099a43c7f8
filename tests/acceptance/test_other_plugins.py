"""Beside the plugins that people have: reruns, expected failures, coverage, and without some."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from stage import Stage

FLAKY = """
    package m

    import (
        "os"
        "testing"
    )

    func TestFlaky(t *testing.T) {
        _, err := os.Stat(os.Getenv("STAGE") + "/state")
        os.WriteFile(os.Getenv("STAGE")+"/state", nil, 0o644)
        say("attempt")
        t.Run("sub", func(t *testing.T) {
            if err != nil {
                t.Error("first time")
            }
        })
    }

    func TestNext(t *testing.T) {}
"""
"""A test that fails the first time, in a subtest, and passes from then on."""

AUTOUSE = "import pytest\n\n@pytest.fixture(scope='{}', autouse=True)\ndef some(): pass\n"


@pytest.mark.parametrize("options", [(), ("-x",), ("-n2",)], ids=["plain", "exitfirst", "xdist"])
@pytest.mark.parametrize("scope", ["none", "session"])
def test_reruns(stage: Stage, options: tuple[str, ...], scope: str) -> None:
    """A test that fails first is executed again, passes, and its first subtests are not told."""
    stage.go("x")
    stage.write({"a_test.go": FLAKY})
    if scope != "none":
        stage.write({"conftest.py": AUTOUSE.format(scope)})

    result = stage.run("--reruns=2", *options)

    assert result.ret == 0
    assert stage.outcomes(subtests=True) == {
        "a_test.go::TestFlaky": "rerun passed",
        "a_test.go::TestNext": "passed",
    }
    assert stage.events() == ["attempt", "attempt"]


def test_reruns_in_vain(stage: Stage) -> None:
    """A test that fails each time is executed as often as allowed, and fails."""
    stage.go("a", TestA='say("attempt"); t.Fail()', TestB="")

    result = stage.run("--reruns=2")

    assert result.ret == 1
    assert stage.outcomes()["a_test.go::TestA"] == "rerun rerun failed"
    assert stage.events() == ["attempt"] * 3


def test_exitfirst_spares_expected_failures(stage: Stage) -> None:
    """-x does not act on a Go failure that an xfail mark expects: what follows is run."""
    stage.go("a", TestA="t.Fail()", TestB="")
    stage.go("b/b", TestC='say("ran")')
    stage.write(
        {
            "conftest.py": """
                import pytest

                def pytest_collection_modifyitems(items):
                    for item in items:
                        if item.name == "TestA":
                            item.add_marker(pytest.mark.xfail(reason="known"))
            """
        }
    )

    result = stage.run("-x")

    result.assert_outcomes(passed=2, xfailed=1)
    assert result.ret == 0
    assert stage.events() == ["ran"]


@pytest.mark.parametrize("more", [(), ("-n2",)], ids=["alone", "xdist"])
def test_pytest_cov(stage: Stage, more: tuple[str, ...]) -> None:
    """pytest-cov measures Python beside Go's own coverage; neither disturbs the other."""
    stage.write(
        {
            "test_p.py": "import code_ as code\n\ndef test_f(): assert code.f() == 1\n",
            "code_.py": "def f():\n    return 1\n",
            "m.go": "package m\n\nfunc One() int { return 1 }\nfunc Two() int { return 2 }\n",
        }
    )
    stage.go("a", TestOne="One()")

    result = stage.run("--cov=code_", "--wslgo-cover=on", *more)

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines_random(["code_.py * 100%", "coverage: 50.0% of statements"])


@pytest.mark.parametrize(
    "plugin", ["xdist", "timeout", "cacheprovider", "rerunfailures", "terminal"]
)
def test_without(stage: Stage, plugin: str) -> None:
    """Each of the plugins that ours speaks with may be missing."""
    stage.write({"conftest.py": AUTOUSE.format("module")})
    stage.go("a", TestA="", TestB="t.Fail()")
    stage.write({"test_p.py": "def test_p(): pass"})

    result = stage.run("-p", f"no:{plugin}")

    assert result.ret == 1
    assert stage.outcomes() == {
        "a_test.go::TestA": "passed",
        "a_test.go::TestB": "failed",
        "test_p.py::test_p": "passed",
    }


def test_no_warnings(stage: Stage) -> None:
    """With warnings as errors, as strict projects have them, a session with Go passes."""
    stage.write({"conftest.py": AUTOUSE.format("session")})
    stage.go("a", TestA="")

    result = stage.run("-W", "error", PYTHONWARNINGS="error")

    result.assert_outcomes(passed=1)
    assert result.ret == 0
