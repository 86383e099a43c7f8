"""pytest-xdist: the same results as without it, from one Go run for all workers of a host."""

from __future__ import annotations

import os
import re
import signal
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from stage import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from go_project import GoProject
    from stage import Stage

SAYS_WHICH_WORKER = """
    import os
    from stage_side import say

    def pytest_sessionstart(session):
        if hasattr(session.config, "workerinput"):
            say(f"{session.config.workerinput['workerid']} is {os.getpid()}")
"""


def _mixed(stage: Stage) -> None:
    """Every kind of result, of Python and of Go."""
    stage.go(
        "a/a",
        TestPasses="",
        TestFails='t.Fatal("no")',
        TestSkips='t.Skip("not here")',
        TestSubtests="""
            t.Run("good", func(t *testing.T) {})
            t.Run("bad", func(t *testing.T) { t.Error("bad") })
            t.Run("skipped", func(t *testing.T) { t.Skip("why not") })
        """,
    )
    stage.go("fault/a", TestA="", TestB="")
    stage.write(
        {
            "fault/main_test.go": """
                package fault

                import ("os"; "testing")

                func TestMain(m *testing.M) { m.Run(); os.Exit(3) }
            """,
            "broken/a_test.go": """
                package broken

                import "testing"

                func TestA(t *testing.T) { undefined() }
                func TestB(t *testing.T) {}
            """,
            "untested/broken.go": "package untested\n\nfunc f() { undefined() }\n",
            "test_p.py": """
                import pytest

                def test_passes(): pass
                def test_fails(): assert False
                def test_skips(): pytest.skip("no")

                @pytest.mark.xfail
                def test_xfails(): assert False
            """,
        }
    )


def _junit(stage: Stage) -> list[tuple[str, str, list[str]]]:
    """The test cases of the JUnit file: where, which, and the results in them."""
    return sorted(
        (
            str(case.get("classname")),
            str(case.get("name")),
            sorted(f"{child.tag} {child.get('message')}" for child in case),
        )
        for case in ET.parse(stage.path / "junit.xml").iter("testcase")
    )


def _counts(result: pytest.RunResult) -> dict[str, int]:
    return result.parseoutcomes()


def test_same_as_without(stage: Stage) -> None:
    """With -n2 outcomes, counts, exit status and JUnit are those without; Go is started once."""
    _mixed(stage)
    alone = stage.run("--junitxml=junit.xml")
    expected = stage.outcomes(), _junit(stage)
    stage.forget()

    result = stage.run("-n2", "--junitxml=junit.xml")

    assert (stage.outcomes(), _junit(stage)) == expected
    assert _counts(result) == _counts(alone)
    assert result.ret == alone.ret == 1
    assert len(expected[0]) == 13
    assert stage.starts() == 1


@pytest.mark.parametrize("mode", ["loadfile", "loadscope", "worksteal", "no"])
def test_modes(stage: Stage, mode: str) -> None:
    """In each mode of distribution the results are complete, and Go is started once."""
    for directory in ("one", "two"):
        for file in ("a", "b"):
            stage.go(f"{directory}/{file}", **{f"Test1{file}": "say(t.Name())", f"Test2{file}": ""})
    stage.write({"test_p.py": "def test_1(): pass\ndef test_2(): pass"})

    result = stage.run("-n2", f"--dist={mode}")

    result.assert_outcomes(passed=10)
    assert sorted(stage.events()) == ["Test1a", "Test1a", "Test1b", "Test1b"]
    assert stage.starts() == 1


@pytest.mark.parametrize("mode", ["load", "loadfile", "loadscope"])
def test_fixtures(stage: Stage, mode: str) -> None:
    """Under fixtures each Go test is executed once, by the worker that holds them."""
    stage.write(
        {
            "conftest.py": """
                import os, pytest

                @pytest.fixture(scope="session", autouse=True)
                def worker(worker_id):
                    os.environ["HOLDER"] = worker_id
                    yield
                    os.environ["HOLDER"] = "nobody"
            """
        }
    )
    for directory in ("one", "two", "three"):
        stage.go(f"{directory}/x")
        for file in ("a", "b"):
            stage.write(
                {
                    f"{directory}/{file}_test.go": f"""
                        package {directory}

                        import ("os"; "testing")

                        func tell{file}() {{ say("{directory} " + os.Getenv("HOLDER")) }}
                        func Test1{file}(t *testing.T) {{ tell{file}() }}
                        func Test2{file}(t *testing.T) {{ tell{file}() }}
                    """
                }
            )

    result = stage.run("-n2", f"--dist={mode}")

    result.assert_outcomes(passed=12)
    where, holders = zip(*(event.split() for event in stage.events()), strict=True)
    assert sorted(where) == sorted(["one", "two", "three"] * 4)
    assert set(holders) <= {"gw0", "gw1"}


def test_two_environments(stage: Stage) -> None:
    """Workers with different environments are different hosts: each has a run of its own."""
    stage.write(
        {
            "a_test.go": """
                package m

                import ("os"; "testing")

                func TestA(t *testing.T) { t.Log("FOO is " + os.Getenv("FOO")) }
            """
        }
    )

    result = stage.run("--dist=each", "--tx=popen//env:FOO=1", "--tx=popen//env:FOO=2", "-rP")

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines_random(["*FOO is 1", "*FOO is 2"])
    assert stage.starts() == 2


def test_each(stage: Stage) -> None:
    """With --dist each every worker reports every test; like workers share one run."""
    stage.go("a", TestA="say(t.Name())", TestB="")

    result = stage.run("--dist=each", "--tx=2*popen")

    result.assert_outcomes(passed=4)
    assert stage.events() == ["TestA"]


def test_worker_that_dies_in_a_python_test(stage: Stage) -> None:
    """A worker killed in a Python test costs that test only; the Go run goes on, once."""
    stage.gate("end")
    stage.go("a/a", TestA="", TestB='say("blocks"); wait("end")', TestC="")
    stage.go("b/b", TestA="")
    stage.write(
        {
            "conftest.py": SAYS_WHICH_WORKER,
            "test_p.py": """
                import os, signal

                def test_dies(): os.kill(os.getpid(), signal.SIGKILL)
                def test_lives(): pass
            """,
        }
    )

    session = stage.start("-n2")
    stage.hear("blocks")
    eventually(lambda: stage.outcomes().get("test_p.py::test_dies") == "failed")
    stage.open("end")
    result = session.end()

    result.assert_outcomes(passed=5, failed=1)
    assert stage.starts() == 1


def test_worker_that_dies_waiting(stage: Stage) -> None:
    """Workers killed while they wait for a Go test cost nothing: others report it from the run."""
    stage.gate("end")
    stage.go("a/a", TestA="", TestB='say("blocks"); wait("end")', TestC="")
    stage.go("b/b", TestA="")
    stage.write({"conftest.py": SAYS_WHICH_WORKER})

    session = stage.start("-n2")
    stage.hear("blocks")
    eventually(lambda: len(stage.outcomes()) == 2)  # a/TestA and b/TestA
    for pid in _workers(stage)[:2]:
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: len(_workers(stage)) > 2)
    stage.open("end")
    session.end()

    assert stage.outcomes() == {
        "a/a_test.go::TestA": "passed",
        "a/a_test.go::TestB": "passed",
        "a/a_test.go::TestC": "passed",
        "b/b_test.go::TestA": "passed",
    }
    assert stage.starts() == 1


def test_worker_that_dies_with_its_fixtures(stage: Stage) -> None:
    """A run under the fixtures of a killed worker ends with it, and does not block the rest."""
    stage.gate("never")
    stage.go("x")
    stage.write(
        {
            "conftest.py": """
                import os, pytest
                from stage_side import say

                @pytest.fixture(scope="session", autouse=True)
                def holder(worker_id):
                    os.environ["HOLDER"] = worker_id
                    say(f"{worker_id} is {os.getpid()}")
            """,
            "a_test.go": """
                package m

                import ("os"; "testing")

                func TestA(t *testing.T) {
                    if os.Getenv("HOLDER") == "gw0" { say("blocks"); wait("never") }
                }
                func TestB(t *testing.T) {}
            """,
        }
    )

    session = stage.start("-n1")
    stage.hear("blocks")
    os.kill(_workers(stage)[0], signal.SIGKILL)
    result = session.end()

    result.assert_outcomes(passed=1, failed=1)
    stage.assert_clean()


def _workers(stage: Stage) -> list[int]:
    found: Iterator[re.Match[str] | None] = (
        re.fullmatch(r"gw\d+ is (\d+)", event) for event in stage.events()
    )
    return [int(match.group(1)) for match in found if match]


@pytest.fixture
def blocked(stage: Stage) -> Stage:
    """A stage on which a Go test blocks that a worker waits for."""
    stage.gate("never")
    stage.go("a/a", TestA="", TestBlocks='say("blocks"); wait("never")')
    stage.go("b/b", TestB="")
    return stage


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGINT, 2), (signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGKILL, -9)],
    ids=lambda value: getattr(value, "name", ""),
)
def test_signal_for_the_controller(blocked: Stage, number: signal.Signals, status: int) -> None:
    """A signal for the controller ends workers and Go; nothing is left, whatever the signal."""
    session = blocked.start("-n2")
    blocked.hear("blocks")
    eventually(lambda: len(blocked.outcomes()) == 2)
    session.signal(number)

    eventually(lambda: session.process.poll() is not None, within=20)
    assert session.process.returncode == status
    blocked.assert_clean()


def test_ctrl_c_on_a_terminal(blocked: Stage) -> None:
    """Ctrl-C for the controller and all workers at once ends all of it."""
    session = blocked.start("-n2", terminal=True, TERM="xterm")
    blocked.hear("blocks")
    eventually(lambda: len(blocked.outcomes()) == 2)
    session.type(b"\x03")

    eventually(lambda: (session.screen(), session.process.poll())[1] is not None, within=20)
    assert session.process.returncode == 2
    blocked.assert_clean()


def test_exitfirst(stage: Stage) -> None:
    """-x acts on the failure that Go reports, though each worker waits for a blocked test."""
    stage.gate("never", "fail")
    stage.go("a/a", TestA="", TestBlocks='say("a blocks"); wait("never")')
    stage.go("b/b", TestB="", TestBlocks='say("b blocks"); wait("never")')
    stage.go("c/c", TestFails='wait("fail"); t.Fatal("on purpose")')

    session = stage.start("-n2", "-x", "--wslgo-jobs=3")
    stage.hear("a blocks")
    stage.hear("b blocks")
    eventually(lambda: len(stage.outcomes()) == 2)
    stage.open("fail")
    result = session.end()

    assert result.ret == 2
    assert stage.outcomes() == {
        "a/a_test.go::TestA": "passed",
        "b/b_test.go::TestB": "passed",
        "c/c_test.go::TestFails": "failed",
    }
    stage.assert_clean()


def test_maxfail_of_both_languages(stage: Stage) -> None:
    """--maxfail=2 counts a failure of Python and one of Go; tests that were cut off do not fail."""
    stage.gate("never", "fail")
    stage.go("a/a", TestBlocks='say("a blocks"); wait("never")')
    stage.go("b/b", TestFails='wait("fail"); t.Fatal("on purpose")', TestC='wait("never")')
    stage.write({"0/test_p.py": "def test_fails(): assert False"})

    session = stage.start("-n2", "--maxfail=2", "--wslgo-jobs=2")
    stage.hear("a blocks")
    eventually(lambda: "0/test_p.py::test_fails" in stage.outcomes())
    stage.open("fail")
    result = session.end()

    assert result.ret == 2
    assert stage.outcomes() == {
        "0/test_p.py::test_fails": "failed",
        "b/b_test.go::TestFails": "failed",
    }
    stage.assert_clean()


def test_coverage(stage: Stage) -> None:
    """The coverage total with -n2 is the one without, fixtures or not."""
    stage.write(
        {
            "conftest.py": "import pytest\n\n@pytest.fixture(scope='session')\ndef some(): pass",
            "a/a.go": "package a\n\nfunc One() int { return 1 }\nfunc Two() int { return 2 }\n",
            "b/b.go": "package b\n\nfunc One() int { return 1 }\nfunc Two() int { return 2 }\n",
        }
    )
    stage.go("a/a", Test1="One()", Test2="//wslgo:usefixtures some\nTwo()")
    stage.go("b/b", Test1="One()")
    alone = stage.run("--wslgo-cover=on")

    result = stage.run("--wslgo-cover=on", "-n2")

    for each in (alone, result):
        each.assert_outcomes(passed=3)
        each.stdout.fnmatch_lines(["coverage: 75.0% of statements"])


def test_last_failed(stage: Stage) -> None:
    """-n2 --lf runs what failed, and nothing else."""
    stage.go("a/a", TestA='say("a")', TestFails='say("fails"); t.Fail()')
    stage.go("b/b", TestB='say("b")')
    stage.run("-n2").assert_outcomes(passed=2, failed=1)
    stage.forget()

    result = stage.run("-n2", "--lf")

    result.assert_outcomes(failed=1)
    assert stage.events() == ["fails"]


@pytest.mark.parametrize(
    "victim", ["a/a_test.go::TestA", "b/a_test.go::TestA", "c/a_test.go::TestB"]
)
def test_the_only_worker_dies(project: GoProject, victim: str) -> None:
    """Its replacement does what is left, be it a single test, and the session ends."""
    for name in "abc":
        project.write_noting(name, "TestA", "TestB")
    project.write(
        {
            "conftest.py": f"""
                import os
                import pytest

                @pytest.hookimpl(trylast=True)
                def pytest_runtest_setup(item):
                    if item.nodeid == "{victim}":
                        os.kill(os.getpid(), 9)
            """
        }
    )

    result = project.run("-n1", alone=True)

    result.assert_outcomes(passed=5, failed=1)
