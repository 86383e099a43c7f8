"""What shortages of memory and processes make of the words for an end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_wslgo.outcomes import Ledger, Outcome, State
from pytest_wslgo.outcomes.shortage import Signs, of_build, of_crash

CALM = {"oom_kill": 0, "machine_oom_kill": 0, "memory_hits": 0, "memory_limit": 512 << 20}
NO_THREAD = "runtime: failed to create new OS thread (have 7 already; errno=11)\n"
GO_OOM = "runtime: out of memory: cannot allocate 4194304-byte block (238813184 in use)\n"

NO_MEMORY = "fatal error: runtime: cannot allocate memory"
NO_FORK = "panic: fork/exec /bin/true: resource temporarily unavailable"


def event(action: str, test: str = "", **more: Any) -> bytes:
    """A line of package m."""
    fields = {"Time": "2026-01-01T00:00:00Z", "Action": action, "Package": "m", **more}
    return json.dumps({**fields, "Test": test} if test else fields).encode() + b"\n"


def ended(signs: Signs | None, *words: str) -> tuple[Outcome, Outcome]:
    """The outcomes of TestA, whose test binary ends with these words, and of TestB after it."""
    ledger = Ledger({"m": ("TestA", "TestB")}, signs=lambda: signs)
    ledger.feed(event("run", "TestA"))
    for word in words:
        ledger.feed(event("output", "TestA", Output=word))
    ledger.feed(event("output", Output="FAIL\tm\t0.1s\n"))
    ledger.feed(event("fail"))
    first, second = ledger.outcome("m", "TestA"), ledger.outcome("m", "TestB")
    assert first is not None
    assert second is not None
    return first, second


@pytest.mark.parametrize(
    ("signs", "how"),
    [
        (None, " by a signal (killed)"),
        ({}, " by a signal (killed)"),
        ({"ulimit_u": 5}, " by a signal (killed)"),
        (CALM, ", killed (SIGKILL; no sign of memory shortage)"),
        (
            {**CALM, "oom_kill": 1, "machine_oom_kill": 1},
            ", killed: out of memory (cgroup limit 512M; oom_kill 1)",
        ),
        (
            {"oom_kill": 2, "machine_oom_kill": 2},
            ", killed: out of memory (cgroup limit unknown; oom_kill 2)",
        ),
        (
            {**CALM, "machine_oom_kill": 1},
            ", killed: out of memory (the kernel's OOM killer)",
        ),
        (
            {**CALM, "memory_hits": 3, "memory_limit": 3 << 29},
            ", killed (SIGKILL; no OOM kill was counted, but cgroup limit 1.5G was hit)",
        ),
    ],
)
def test_a_killed_test_binary(signs: Signs | None, how: str) -> None:
    """The outcome is there with the package's end, and says what the counters say."""
    first, second = ended(signs, "signal: killed\n")

    assert first.state is State.FAILED
    assert first.reason == f"the test binary ended{how} while it ran"
    assert second.reason == f"did not run: the test binary ended{how} while TestA ran"


def test_another_signal_keeps_its_name() -> None:
    """Memory has nothing to do with it."""
    first, _ = ended({**CALM, "oom_kill": 1}, "signal: segmentation fault\n")

    assert first.reason == "the test binary ended by a signal (segmentation fault) while it ran"


@pytest.mark.parametrize(
    ("signs", "why"),
    [
        ({"pids_hits": 2, "pids_limit": 64}, "out of processes (pids limit 64)"),
        (
            {"pids_hits": 0, "pids_limit": 64, "ulimit_u": 100},
            "out of processes (limits: ulimit -u 100, pids limit 64)",
        ),
        ({}, "out of processes (limits: ulimit -u)"),
        (None, "out of processes (limits: ulimit -u)"),
    ],
)
def test_no_thread_to_be_had(signs: Signs | None, why: str) -> None:
    """Go's runtime dies of it; which limit it was is said where it is known."""
    first, second = ended(signs, NO_THREAD, "fatal error: newosproc\n", "\ngoroutine 1 [x]:\n")

    assert first.reason == f"{NO_THREAD.strip()}: {why}"
    assert second.reason.endswith(f"(have 7 already; errno=11): {why})")


@pytest.mark.parametrize(
    ("words", "signs", "reason"),
    [
        (
            (GO_OOM, "fatal error: out of memory\n"),
            {"ulimit_v": 3 << 29},
            f"{GO_OOM.strip()} (limits: ulimit -v 1.5G)",
        ),
        (
            ("fatal error: runtime: out of memory\n",),
            {"memory_hits": 1, "memory_limit": 512 << 20},
            "fatal error: runtime: out of memory (cgroup limit 512M)",
        ),
        (
            (f"{NO_MEMORY}\n",),
            {"memory_limit": 512 << 20},
            f"{NO_MEMORY}: out of memory (limits: ulimit -v, cgroup limit 512M)",
        ),
        (
            (f"{NO_FORK}\n",),
            None,
            f"{NO_FORK}: out of processes (limits: ulimit -u)",
        ),
    ],
)
def test_go_itself_says_so(words: tuple[str, ...], signs: Signs | None, reason: str) -> None:
    """Crashes for want of memory or processes are named as such, with the limits."""
    assert ended(signs, *words)[0].reason == reason


@pytest.mark.parametrize(
    "trace",
    [
        "panic: boom\n\ngoroutine 1 [running]:\nout of memory\n",
        "panic: read: resource temporarily unavailable\n",
        "panic: the disk is out of memory\n",
    ],
)
def test_other_crashes_are_left_alone(trace: str) -> None:
    """Words that only look like it are a test's own."""
    assert of_crash(trace, CALM) == ""


@pytest.mark.parametrize(
    "text",
    [
        "# m\n/go/pkg/tool/linux_amd64/link: signal: killed\n",
        "gcc: fatal error: Killed signal terminated program cc1\n",
    ],
)
def test_a_killed_compiler(text: str) -> None:
    """A build that fails because a tool of it was killed says why that was."""
    oom = {**CALM, "oom_kill": 1}

    assert of_build(text, oom) == ": out of memory (cgroup limit 512M; oom_kill 1)"
    assert of_build(text, CALM) == " (SIGKILL; no sign of memory shortage)"
    assert of_build(text, None) == ""
    assert of_build("p.go:1: undefined: killed\n", oom) == ""


def test_the_headline_of_a_killed_build() -> None:
    """Every test of the package has it in its one line, and a package without tests too."""
    ledger = Ledger({"m": ("TestA",), "n": ()}, signs=lambda: {**CALM, "machine_oom_kill": 1})
    for path in ("m", "n"):
        words = "link: signal: killed\n"
        ledger.feed(event("build-output", ImportPath=path, Output=words))
        ledger.feed(event("fail", FailedBuild=path, Package=path))

    outcome, end = ledger.outcome("m", "TestA"), ledger.end("n")
    why = "link: signal: killed: out of memory (the kernel's OOM killer)"
    assert outcome is not None
    assert outcome.reason == f"does not build: {why}"
    assert end is not None
    assert end.fault == f"does not build: {why}"


def test_go_itself_has_no_thread() -> None:
    """`go` may be the first to be refused one; its stacks are no words for one line."""
    signs = {"pids_hits": 1, "pids_limit": 64}
    ledger = Ledger({"m": ("TestA",)}, signs=lambda: signs)
    for line in (NO_THREAD, "fatal error: newosproc\n", "\n", "goroutine 1 [x]:\n", "rax 0x0\n"):
        ledger.feed_stderr(line.encode())

    ledger.close(2)

    outcome = ledger.outcome("m", "TestA")
    assert outcome is not None
    assert outcome.reason == (
        "`go test` ended with exit status 2 and no word of the package: "
        f"{NO_THREAD.strip()}: out of processes (pids limit 64)"
    )


def test_go_itself_is_killed() -> None:
    """The biggest process may be `go`."""
    ledger = Ledger({"m": ("TestA",)}, signs=lambda: {**CALM, "oom_kill": 1})

    ledger.close(-9)

    outcome = ledger.outcome("m", "TestA")
    assert outcome is not None
    assert outcome.reason == (
        "`go test` ended, killed: out of memory (cgroup limit 512M; oom_kill 1) "
        "and no word of the package"
    )
