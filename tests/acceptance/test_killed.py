"""Test binaries that the system ends or starves: the report says what the system knows of it."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import namespaces
import pytest
from stage import eventually

from pytest_wslgo.execution.counters import Counters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stage import Stage

KILLED = """
    if file := os.Getenv("COUNTER"); file != "" {
        if err := os.WriteFile(file, []byte("oom_kill 3\\n"), 0o644); err != nil { t.Fatal(err) }
    }
    syscall.Kill(os.Getpid(), syscall.SIGKILL)
"""
"""A test that dies as the kernel makes it die, in the same order: counted first, killed then."""
PRETEND = """
    import ctypes, os, subprocess

    if "COUNTER" in os.environ:
        # A mount namespace of this session alone, in which some counters are files of the test's.
        if ctypes.CDLL(None, use_errno=True).unshare(0x20000):
            raise OSError(ctypes.get_errno(), "unshare")
        subprocess.run(["mount", "--make-rprivate", "/"], check=True)
        for pair in os.environ["OVER"].split(":"):
            subprocess.run(["mount", "--bind", *pair.split("=")], check=True)
"""
OUTCOMES = {"a/a_test.go::TestFatal": "failed", "a/a_test.go::TestLater": "error"}


def report(stage: Stage) -> str:
    """What the report of the journals says."""
    argv = [sys.executable, "-m", "pytest_wslgo", "report", str(stage.journals)]
    return subprocess.run(argv, capture_output=True, text=True, check=False).stdout


def reason(stage: Stage, node_id: str) -> str:
    """Why a test failed, as the report of the journal says in one line."""
    lines = report(stage).splitlines()
    [line] = [each for each in lines if each.startswith(f"FAILED {node_id} - ")]
    return line.partition(" - ")[2]


def fatal(stage: Stage, body: str) -> None:
    """A test that meets its end, and one that does not come to its turn."""
    stage.write(
        {
            "a/a_test.go": f"""
                package a

                import ("os"; "runtime"; "syscall"; "testing")

                var (
                    _, _, _ = os.Getpid, runtime.LockOSThread, syscall.Kill
                    kept [][]byte
                )

                func TestFatal(t *testing.T) {{
                    {body}
                }}

                func TestLater(t *testing.T) {{}}
            """
        }
    )


def own_memory_files() -> tuple[Path, Path]:
    """The file with the own cgroup's kills, and the one with its limit."""
    for group in Counters.find().memory[:1]:
        for names in (
            ("memory.events", "memory.max"),
            ("memory.oom_control", "memory.limit_in_bytes"),
        ):
            kills, limit = (group / name for name in names)
            if kills.exists() and limit.exists():
                return kills, limit
    pytest.skip("this process is in no memory cgroup with a limit (the root has none)")


@pytest.mark.parametrize("source", ["machine", "cgroup"])
def test_killed_for_want_of_memory(stage: Stage, tmp_path: Path, source: str) -> None:
    """What moved while the process ran is said of the test that was killed, and in the report."""
    namespaces.require("-m")
    counter, limit = tmp_path / "counter", tmp_path / "limit"
    counter.write_text("oom_kill 2\n")
    limit.write_text(f"{512 << 20}\n")
    over = [(counter, Path("/proc/vmstat"))]
    why = "killed: out of memory (the kernel's OOM killer)"
    if source == "cgroup":
        kills, limit_file = own_memory_files()
        over = [(counter, kills), (limit, limit_file)]
        why = "killed: out of memory (cgroup limit 512M; oom_kill 1)"
    fatal(stage, KILLED)
    stage.write({"conftest.py": PRETEND})

    result = stage.run(COUNTER=str(counter), OVER=":".join(f"{a}={b}" for a, b in over))

    assert result.ret == 1
    assert stage.outcomes() == {
        "a/a_test.go::TestFatal": "failed",
        "a/a_test.go::TestLater": "error",
    }
    text = result.stdout.str()
    assert f"the test binary ended, {why} while it ran" in text
    assert f"did not run: the test binary ended, {why} while TestFatal ran" in text
    assert f"\nsignal: killed\nthe test binary ended, {why} while it ran\n" in text
    assert reason(stage, "a/a_test.go::TestFatal") == f"the test binary ended, {why} while it ran"


def test_reported_before_the_process_ends(stage: Stage) -> None:
    """The counters are read when the package ends: nobody waits for what else `go` has to do."""
    stage.gate("later")
    fatal(stage, KILLED)
    stage.go("b/b", TestB='wait("later")')
    stage.write(
        {
            "conftest.py": """
                from pytest_wslgo.execution.counters import Counters

                read = Counters.read
                Counters.read = lambda self: {**read(self), "machine_oom_kill": 1 << 40}
            """
        }
    )

    session = stage.start("--wslgo-jobs=2")
    eventually(lambda: "a/a_test.go::TestFatal" in stage.outcomes())
    text = next(each.text for each in stage.reports() if each.outcome == "failed")
    log = stage.log()
    stage.open("later")
    session.end()

    assert "killed: out of memory (the kernel's OOM killer) while it ran" in text
    assert '"event": "end"' not in log


def test_killed_without_a_shortage(stage: Stage) -> None:
    """A kill that the kernel does not count was somebody's; so it is without any counters."""
    fatal(stage, KILLED)
    counted = {"oom_kill", "machine_oom_kill"} & set(Counters.find().read())

    stage.run()

    how = ", killed (SIGKILL; no sign of memory shortage)" if counted else " by a signal (killed)"
    assert reason(stage, "a/a_test.go::TestFatal") == f"the test binary ended{how} while it ran"


def test_a_killed_compiler(stage: Stage, tmp_path: Path) -> None:
    """A build of which a tool was killed for want of memory says so in its one line."""
    namespaces.require("-m")
    counter = tmp_path / "counter"
    counter.write_text("oom_kill 2\n")
    stage.go("a/a", TestA="")
    stage.write(
        {
            "conftest.py": PRETEND,
            "tool": """
                #!/bin/sh
                case "$*" in
                *-V=full*) exec "$@" ;;
                */compile*) echo oom_kill 3 > "$COUNTER"; kill -KILL $$ ;;
                esac
                exec "$@"
            """,
        }
    )
    (stage.path / "tool").chmod(0o755)

    result = stage.run(
        f"--wslgo-args=-toolexec={stage.path / 'tool'}",
        COUNTER=str(counter),
        OVER=f"{counter}=/proc/vmstat",
    )

    assert stage.outcomes() == {"a/a_test.go::TestA": "error"}
    assert "signal: killed: out of memory (the kernel's OOM killer)" in result.stdout.str()


@pytest.mark.skipif(
    platform.machine() != "x86_64",
    reason="it is not known how much Go reserves here",
)
def test_no_address_space_left(stage: Stage) -> None:
    """`ulimit -v`: Go's runtime gives up by itself, and the limit is named."""
    fatal(stage, "for n := 0; n < 8000; n++ { kept = append(kept, make([]byte, 1<<20)) }")
    assert stage.run("-k", "TestLater").ret == 0  # builds what the limit would be too low for
    stage.forget()
    stage.write(
        {
            "conftest.py": """
                import resource

                resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
            """
        }
    )

    result = stage.run()

    assert stage.outcomes() == {
        "a/a_test.go::TestFatal": "failed",
        "a/a_test.go::TestLater": "error",
    }
    why = reason(stage, "a/a_test.go::TestFatal")
    assert "out of memory" in why
    assert why.endswith("(limits: ulimit -v 3G)")
    assert "(limits: ulimit -v 3G)" in result.stdout.str()


@contextmanager
def pids_cgroup(limit: int) -> Iterator[Path]:
    """A cgroup with a limit on processes, where this process's own is the machine's: nobody else's.

    One that somebody has put this process into is theirs, and no place for cgroups of ours.
    """
    levels = Counters.find().pids
    if len(levels) != 1:
        pytest.skip(f"the pids cgroup belongs to whoever made it: {levels[:1] or 'there is none'}")
    group = levels[0] / f"wslgo-test-{os.getpid()}"
    try:
        group.mkdir()
    except OSError as error:
        pytest.skip(f"cannot make a pids cgroup: {error}")
    try:
        try:
            (group / "pids.max").write_text(str(limit))
        except OSError as error:
            pytest.skip(f"cannot limit processes in a cgroup: {error}")
        yield group
    finally:
        group.rmdir()


def test_no_process_left(stage: Stage) -> None:
    """A cgroup's limit on processes, a real one: Go's runtime gives up, and the limit is named."""
    fatal(
        stage,
        """
            never := make(chan bool)
            for n := 0; n < 500; n++ {
                go func() { runtime.LockOSThread(); <-never }()
            }
            <-never
        """,
    )
    assert stage.run("-k", "TestLater").ret == 0
    stage.forget()
    with pids_cgroup(100) as group:
        stage.write(
            {
                "conftest.py": f"""
                    import os
                    with open("{group}/cgroup.procs", "w") as file:
                        file.write(str(os.getpid()))
                """
            }
        )

        stage.run()
        eventually(lambda: stage.processes() == [])

    # Either the test binary is the first to be refused a thread, or `go` is.
    text = report(stage)
    assert "failed to create new OS thread" in text
    assert ": out of processes (pids limit 100)" in text
    assert "passed" not in text
