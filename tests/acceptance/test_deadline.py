"""The session's deadline: tests that hang are ended and shown where they hung, and nothing else."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from stage import eventually

if TYPE_CHECKING:
    from stage import Live, Stage

LIMIT = "4s"
"""Long enough for test binaries that have been built before to be started on a busy machine."""
STRUCK = f"the deadline of {LIMIT} struck"
DEAF = "trap '' INT QUIT TERM; sleep 1000"
HOLDER = """
                        child := exec.Command({})
                        child.Stdout = os.Stdout
                        if os.Getenv("HANG") != "" {{ child.Start() }}
"""
HANG = 'say("hangs"); if os.Getenv("HANG") != "" { <-make(chan int) }'


def hanging(stage: Stage, body: str = HANG) -> None:
    """Two packages, the first with a test that hangs, built by a session in which it does not."""
    stage.write(
        {
            "a/a_test.go": f"""
                package a

                import ("os"; "os/exec"; "os/signal"; "syscall"; "testing")

                var _, _, _ = exec.Command, signal.Ignore, syscall.SIGQUIT

                func TestA(t *testing.T) {{}}

                func TestHang(t *testing.T) {{
                    t.Run("quick", func(t *testing.T) {{}})
                    t.Run("deep", func(t *testing.T) {{
                        {body}
                    }})
                }}

                func TestLater(t *testing.T) {{}}
            """
        }
    )
    stage.go("a/a")
    stage.go("b/b", TestB="")
    assert stage.run().ret == 0
    stage.forget()


def hang(stage: Stage, *arguments: str, traceback: str = "single") -> Live:
    """A session with a deadline, once its Go test hangs."""
    session = stage.start(
        f"--wslgo-deadline={LIMIT}",
        "--wslgo-jobs=1",
        "--wslgo-count=1",
        *arguments,
        HANG="1",
        GOTRACEBACK=traceback,
    )
    stage.hear("hangs")
    return session


def reasons(stage: Stage) -> dict[str, str]:
    """The first line of each report that is not green, by node ID."""
    bad = [each for each in stage.reports() if each.outcome == "failed"]
    return {each.node_id: each.text.partition("\n")[0] for each in bad if each.kind == "TestReport"}


def report(stage: Stage) -> str:
    """What the report of the journals says."""
    argv = [sys.executable, "-m", "pytest_wslgo", "report", str(stage.journals)]
    return subprocess.run(argv, capture_output=True, text=True, check=False).stdout


OUTCOMES = {
    "a/a_test.go::TestA": "passed",
    "a/a_test.go::TestHang": "failed",
    "a/a_test.go::TestLater": "error",
    "b/b_test.go::TestB": "error",
}
LATER = {
    "a/a_test.go::TestLater": f"did not run: {STRUCK} while TestHang/deep ran",
    "b/b_test.go::TestB": f"did not run: {STRUCK} while example.com/m/a.TestHang ran",
}


def test_a_test_that_hangs(stage: Stage) -> None:
    """It fails with its goroutines and the place; what had ended counts, the rest did not run."""
    hanging(stage)
    stage.write({"test_z.py": "def test_python(): pass"})

    result = hang(stage, "-rA").end()

    assert result.ret == 1
    assert stage.outcomes() == {**OUTCOMES, "test_z.py::test_python": "passed"}
    found = reasons(stage)
    assert {name: found[name] for name in LATER} == LATER
    text = result.stdout.str()
    assert f"FAILED a/a_test.go::TestHang - {STRUCK} while it ran" in text
    lines = (stage.path / "a" / "a_test.go").read_text().splitlines()
    [line] = [number for number, line in enumerate(lines, 1) if line.strip() == HANG]
    assert f"a/a_test.go:{line}: {STRUCK} while it ran" in text
    assert "SIGQUIT: quit" in text
    assert "a.TestHang.func2" in text
    assert f"\n{STRUCK} while it ran, at a/a_test.go:{line}\n" in text
    assert f"the Go run was ended by the deadline of {LIMIT}; all that it said:\n" in text
    stage.assert_clean()
    assert '"event": "stopping"' not in stage.log()


@pytest.mark.slow
def test_the_report_tells_the_same(stage: Stage) -> None:
    """`report` reads from the journal what pytest said, and calls nothing interrupted."""
    hanging(stage)
    hang(stage).end()

    text = report(stage)

    assert "1 passed, 1 failed, 2 did not run in" in text
    assert f"FAILED a/a_test.go::TestHang - {STRUCK} while it ran" in text
    for node_id, reason in LATER.items():
        assert f"DID NOT RUN {node_id} - {reason.removeprefix('did not run: ')}" in text
    assert "a.TestHang.func2" in text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "traceback", "says"),
    [
        ("signal.Ignore(syscall.SIGQUIT, syscall.SIGINT); ", "single", ""),
        ("", "none", "SIGQUIT: quit"),
        (HOLDER.format('"setsid", "sleep", "1000"'), "single", "a.TestHang.func2"),
        (HOLDER.format(f'"sh", "-c", "{DEAF}"'), "single", "a.TestHang.func2"),
    ],
    ids=["deaf", "without-stacks", "stdout-held", "stdout-held-by-the-deaf"],
)
def test_tests_that_resist(stage: Stage, before: str, traceback: str, says: str) -> None:
    """A test that ignores the request, or a child that holds its stdout, ends soon all the same."""
    hanging(stage, f"{before}{HANG}")
    session = hang(stage, traceback=traceback)
    eventually(lambda: '"event": "deadline"' in stage.log())

    eventually(lambda: '"event": "done"' in stage.log(), within=12)
    result = session.end()

    assert result.ret == 1
    assert stage.outcomes() == OUTCOMES
    assert reasons(stage)["a/a_test.go::TestLater"] == LATER["a/a_test.go::TestLater"]
    assert f"FAILED a/a_test.go::TestHang - {STRUCK} while it ran" in result.stdout.str()
    assert says in result.stdout.str()
    stage.assert_clean()


def test_a_build_that_hangs(stage: Stage) -> None:
    """The deadline covers the build: its tests did not run, which is an error and no interrupt."""
    stage.gate("never")
    stage.go("a", TestA="")
    stage.write(
        {
            "test_z.py": "def test_python(): pass",
            "tool": """
                #!/bin/sh
                case "$*" in
                *-V=full*) exec "$@" ;;
                esac
                echo builds >> "$STAGE/events"
                cat "$STAGE/gates/never"
            """,
        }
    )
    (stage.path / "tool").chmod(0o755)

    session = stage.start(
        f"--wslgo-deadline={LIMIT}", f"--wslgo-args=-toolexec={stage.path / 'tool'}"
    )
    stage.hear("builds")
    result = session.end()

    assert result.ret == 1
    assert stage.outcomes() == {"a_test.go::TestA": "error", "test_z.py::test_python": "passed"}
    assert reasons(stage) == {"a_test.go::TestA": f"did not run: {STRUCK} while Go was building"}
    assert f"DID NOT RUN a_test.go::TestA - {STRUCK} while Go was building" in report(stage)
    eventually(lambda: stage.processes() == [], within=5)


@pytest.mark.slow
def test_a_run_that_begins_too_late(stage: Stage) -> None:
    """Runs under fixtures share the session's deadline; pytest may be busy when it strikes."""
    hanging(stage)
    stage.gate("busy")
    stage.go("c/c", TestC="//wslgo:usefixtures server")
    stage.write(
        {
            "conftest.py": """
                import pytest

                @pytest.fixture(scope="session")
                def server(): yield
            """,
            "test_0.py": """
                from stage_side import wait

                def test_python(): wait("busy")
            """,
        }
    )

    session = hang(stage, "test_0.py", "a", "b", "c")
    eventually(lambda: '"event": "done"' in stage.log())
    stage.open("busy")
    result = session.end()

    assert result.ret == 1
    late = "c/c_test.go::TestC"
    assert stage.outcomes() == {**OUTCOMES, "test_0.py::test_python": "passed", late: "error"}
    assert reasons(stage)[late] == f"did not run: {STRUCK} before its run started"
    assert f"DID NOT RUN {late} - {STRUCK} before its run started" in report(stage)
    assert "interrupted" not in report(stage)
    assert stage.starts() == 1
    stage.assert_clean()


@pytest.mark.parametrize("workers", [[], ["-n2"]], ids=["alone", "xdist"])
def test_one_moment_for_all_runs(stage: Stage, workers: list[str]) -> None:
    """Every run of the session has the same end, whichever worker starts it, and green stays so."""
    for name in "abc":
        stage.go(f"{name}/{name}", TestA="//wslgo:usefixtures server")
    stage.go("d/d", TestA="")
    stage.write(
        {
            "conftest.py": """
                import pytest

                @pytest.fixture(scope="package")
                def server(): yield
            """
        }
    )

    result = stage.run("--wslgo-deadline=1h", *workers)

    plans = [json.loads(file.read_bytes()) for file in stage.journals.glob("**/plan.json")]
    assert result.ret == 0
    assert len(plans) == 4
    assert len({plan["about"]["deadline"]["at"] for plan in plans}) == 1


@pytest.mark.parametrize("arguments", [[], ["--wslgo-deadline=0"], ["--wslgo-deadline=0s"]])
def test_no_deadline(stage: Stage, arguments: list[str]) -> None:
    """Without the option, and with 0, there is none."""
    stage.go("a", TestA="")

    assert stage.run(*arguments).ret == 0
    [plan] = stage.journals.glob("**/plan.json")
    assert "deadline" not in json.loads(plan.read_bytes())["about"]


@pytest.mark.slow
def test_ctrl_c_after_the_deadline(stage: Stage) -> None:
    """Ctrl-C while deaf tests are given their time ends the session as it always does."""
    hanging(stage, f"signal.Ignore(syscall.SIGQUIT, syscall.SIGINT); {HANG}")
    session = hang(stage)
    eventually(lambda: '"event": "deadline"' in stage.log())
    session.signal(signal.SIGINT)

    eventually(lambda: session.process.poll() is not None, within=20)
    assert session.end().ret == 2
    assert stage.outcomes() == {"a/a_test.go::TestA": "passed"}
    stage.assert_clean()
