"""Sessions that are stopped: what was finished is reported, and no process stays behind."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from stage import eventually

if TYPE_CHECKING:
    from stage import Live, Stage

STATUS = {signal.SIGINT: 2, signal.SIGTERM: 143, signal.SIGHUP: 129}
BY_SIGNAL = pytest.mark.parametrize("number", STATUS, ids=lambda number: number.name)

STUBBORN = """
    package m

    import (
        "os/exec"
        "os/signal"
        "syscall"
        "testing"
    )

    func TestA(t *testing.T) {}

    func TestStubborn(t *testing.T) {
        signal.Ignore(syscall.SIGINT, syscall.SIGHUP)
        for _, command := range []string{
            "trap '' INT HUP TERM; sleep 1000",
            "exec setsid sleep 1000",
        } {
            if err := exec.Command("sh", "-c", command).Start(); err != nil {
                t.Fatal(err)
            }
        }
        say("blocks")
        wait("never")
    }

    func TestLater(t *testing.T) {}
"""
"""A test that blocks, in a binary that ignores Ctrl-C, with children that do, or go their way."""

FINISHED = {"a_test.go::TestA": "passed"}


@pytest.fixture
def blocked(stage: Stage) -> Stage:
    """A stage on which a Go test is finished, one will block, and one is to come."""
    stage.gate("never")
    stage.go("a")
    stage.write({"a_test.go": STUBBORN.replace("\n    ", "\n")})
    return stage


def _end_soon(session: Live) -> int:
    """The exit status, within five seconds: a blocked test would make it wait forever."""
    eventually(lambda: session.process.poll() is not None, within=20)
    return int(session.end().ret)


@pytest.mark.parametrize("number", [1, 2])
def test_maxfail(stage: Stage, number: int) -> None:
    """--maxfail acts on the failure that Go reports, though an item before it is still blocked."""
    stage.gate("never", "fail")
    stage.go("a/a", TestA="", TestBlocks='say("blocks"); wait("never")')
    failing = {f"Test{index}": "t.Fail()" for index in range(1, number)}
    stage.go(
        "b/b", **failing, TestFails='wait("fail"); t.Fatal("on purpose")', TestC='wait("never")'
    )

    session = stage.start(f"--maxfail={number}", "-v")
    stage.hear("blocks")
    stage.open("fail")
    result = session.end()

    assert result.ret == 1
    assert stage.outcomes() == {
        "a/a_test.go::TestA": "passed",
        **{f"b/b_test.go::{name}": "failed" for name in failing},
        "b/b_test.go::TestFails": "failed",
    }
    result.stdout.fnmatch_lines(["*on purpose*", f"*stopping after {number} failures*"])
    stage.assert_clean()


@BY_SIGNAL
def test_signal_during_the_wait(blocked: Stage, number: signal.Signals) -> None:
    """A signal while pytest waits for Go: its exit status, what was finished, nothing left."""
    session = blocked.start()
    blocked.hear("blocks")
    eventually(lambda: blocked.outcomes() == FINISHED)
    session.signal(number)

    assert _end_soon(session) == STATUS[number]
    assert blocked.outcomes() == FINISHED
    blocked.assert_clean()


@BY_SIGNAL
def test_signal_during_a_python_test(blocked: Stage, number: signal.Signals) -> None:
    """A signal during a Python test: the Go tests that were finished are reported all the same."""
    blocked.write(
        {
            "test_0.py": """
                from stage_side import say, wait

                def test_python(): say("python"); wait("never")
            """
        }
    )
    session = blocked.start("test_0.py", "a_test.go")
    blocked.hear("blocks")
    blocked.hear("python")
    eventually(lambda: "--- PASS: TestA" in blocked.journal())
    session.signal(number)

    assert _end_soon(session) == STATUS[number]
    assert blocked.outcomes() == FINISHED
    blocked.assert_clean()


@pytest.mark.parametrize("key", ["ctrl-c", "hang-up"])
def test_terminal(blocked: Stage, key: str) -> None:
    """Ctrl-C for the whole foreground group, and a terminal that is closed, end all of it."""
    session = blocked.start(terminal=True, TERM="xterm")
    blocked.hear("blocks")
    eventually(lambda: blocked.outcomes() == FINISHED)
    if key == "ctrl-c":
        session.type(b"\x03")
    else:
        session.hang_up()

    eventually(lambda: (session.screen(), session.process.poll())[1] is not None, within=20)
    assert session.process.returncode == (2 if key == "ctrl-c" else 129)
    assert blocked.outcomes() == FINISHED
    blocked.assert_clean()


def test_second_ctrl_c(blocked: Stage) -> None:
    """A second Ctrl-C while Go is being stopped ends the session at once, and Go soon after."""
    session = blocked.start()
    blocked.hear("blocks")
    session.signal(signal.SIGINT)
    eventually(lambda: '"event": "stopping"' in blocked.log())
    session.signal(signal.SIGINT)

    assert _end_soon(session) == 2
    blocked.assert_clean()


def test_killed_session(blocked: Stage) -> None:
    """SIGKILL of the session: Go is gone within two seconds, and the journal is complete."""
    session = blocked.start()
    blocked.hear("blocks")
    session.signal(signal.SIGKILL)

    session.process.wait()
    blocked.assert_clean()
    assert '"event": "done", "stopped": "its session ended without a word"' in blocked.log()
    assert "--- PASS: TestA" in blocked.journal()


def test_killed_runner(blocked: Stage) -> None:
    """SIGKILL of the runner: tests without an outcome are errors that say so; nothing is left."""
    session = blocked.start("-v")
    blocked.hear("blocks")
    [runner] = blocked.runners()
    os.kill(runner, signal.SIGKILL)
    result = session.end()

    assert result.ret == 1
    assert blocked.outcomes() == {
        **FINISHED,
        "a_test.go::TestStubborn": "error",
        "a_test.go::TestLater": "error",
    }
    result.stdout.fnmatch_lines(["*the runner process died*"])
    eventually(lambda: blocked.processes() == [], within=5)


@pytest.mark.parametrize(
    ("action", "option", "status"),
    [
        ("pytest.exit('enough', 7)", "-v", 7),
        ("raise KeyboardInterrupt", "-v", 2),
        ("assert False", "-x", 1),
        ("request.session.shouldstop = 'enough'", "-v", 2),
        ("request.session.shouldfail = 'enough'", "-v", 1),
    ],
    ids=["exit", "interrupt", "exitfirst", "shouldstop", "shouldfail"],
)
def test_python_test_that_stops(blocked: Stage, action: str, option: str, status: int) -> None:
    """Every way in which a Python test stops the session stops Go, too."""
    blocked.gate("go")
    blocked.write(
        {
            "test_0.py": f"""
                import pytest
                from stage_side import wait

                def test_python(request):
                    wait("go")
                    {action}
            """
        }
    )
    session = blocked.start("test_0.py", "a_test.go", option)
    blocked.hear("blocks")
    eventually(lambda: "--- PASS: TestA" in blocked.journal())
    blocked.open("go")

    assert _end_soon(session) == status
    outcomes = blocked.outcomes()
    outcomes.pop("test_0.py::test_python", None)
    assert outcomes == FINISHED
    blocked.assert_clean()


def test_signal_under_a_fixture(stage: Stage) -> None:
    """Ctrl-C while Go runs under a fixture: Go is gone before the fixture goes down."""
    stage.gate("never")
    stage.go("x")
    stage.write(
        {
            "conftest.py": """
                import pytest, psutil
                from stage_side import said, say

                @pytest.fixture(scope="session")
                def server():
                    yield
                    pid = int(next(event for event in said() if event.isdecimal()))
                    say("down, " + ("alive" if psutil.pid_exists(pid) else "gone"))
            """,
            "a_test.go": """
                //wslgo:usefixtures server
                package m

                import ("os"; "os/signal"; "strconv"; "syscall"; "testing")

                func TestA(t *testing.T) {}
                func TestB(t *testing.T) {
                    signal.Ignore(syscall.SIGINT)
                    say(strconv.Itoa(os.Getpid()))
                    say("blocks")
                    wait("never")
                }
                func TestC(t *testing.T) {}
            """,
        }
    )
    session = stage.start()
    stage.hear("blocks")
    eventually(lambda: stage.outcomes() == FINISHED)
    session.signal(signal.SIGINT)

    assert _end_soon(session) == 2
    assert stage.outcomes() == FINISHED
    assert stage.events()[-1] == "down, gone"
    stage.assert_clean()


def test_signal_during_the_build(stage: Stage) -> None:
    """Ctrl-C while Go compiles: no test has an outcome, and no process is left.

    Go's work directory is: outside of tests `go` dies of the signal without removing it.
    """
    stage.gate("never")
    stage.go("a", TestA="")
    stage.write(
        {
            "tool": """
                #!/bin/sh
                case "$*" in
                *-V=full*) exec "$@" ;;
                esac
                echo builds >> "$STAGE/events"
                cat "$STAGE/gates/never"
            """
        }
    )
    (stage.path / "tool").chmod(0o755)
    session = stage.start(f"--wslgo-args=-toolexec={stage.path / 'tool'}")
    stage.hear("builds")
    session.signal(signal.SIGINT)

    assert _end_soon(session) == 2
    assert stage.outcomes() == {}
    eventually(lambda: stage.processes() == [], within=5)
