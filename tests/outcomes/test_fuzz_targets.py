"""Fuzz targets: failing inputs and what fuzzing says, from real streams (Go 1.21, 1.26, 1.27)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_wslgo.outcomes import Fuzzing, Ledger, Location, Outcome, State, figures

PASSED = """\
fuzz: elapsed: 0s, gathering baseline coverage: 0/1 completed
fuzz: elapsed: 0s, gathering baseline coverage: 1/1 completed, now fuzzing with 2 workers
fuzz: elapsed: 2s, execs: 160225 (78678/sec), new interesting: 2 (total: 3)
"""
FOUND = """\
fuzz: elapsed: 0s, gathering baseline coverage: 0/1 completed
fuzz: elapsed: 0s, gathering baseline coverage: 1/1 completed, now fuzzing with 2 workers
fuzz: minimizing 65-byte failing input file
fuzz: elapsed: 0s, minimizing
--- FAIL: FuzzX (0.06s)
    --- FAIL: FuzzX (0.00s)
        p_test.go:11: too long: "0000"
    \n\
    Failing input written to testdata/fuzz/FuzzX/8bfb6130a86cd3d3
    To re-run:
    go test -run=FuzzX/8bfb6130a86cd3d3
"""
SEED = """\
fuzz: elapsed: 0s, gathering baseline coverage: 0/2 completed
failure while testing seed corpus entry: FuzzX/seed#1
fuzz: elapsed: 0s, gathering baseline coverage: 1/2 completed
--- FAIL: FuzzX (0.01s)
    --- FAIL: FuzzX (0.00s)
        p_test.go:12: two
    \n\
"""
PANIC = """\
fuzz: elapsed: 0s, gathering baseline coverage: 0/2 completed
failure while testing seed corpus entry: FuzzX/answer
--- FAIL: FuzzX (0.02s)
    --- FAIL: FuzzX (0.00s)
        testing.go:1927: panic: answer
            goroutine 22 [running]:
            runtime/debug.Stack()
            \t/usr/local/go/src/runtime/debug/stack.go:26 +0x9b
            example.com/m/corp.FuzzX.func1(0x0?, 0x2a)
            \t/src/corp/p_test.go:11 +0x98
            \n\
    \n\
"""
WORKER = """\
fuzz: elapsed: 0s, gathering baseline coverage: 1/1 completed, now fuzzing with 2 workers
fuzz: elapsed: 0s, execs: 2 (124/sec), new interesting: 0 (total: 1)
--- FAIL: FuzzX (0.02s)
    fuzzing process hung or terminated unexpectedly: exit status 1
    Failing input written to testdata/fuzz/FuzzX/5cf6191da31cab92
    To re-run:
    go test -run=FuzzX/5cf6191da31cab92
"""
DEADLINE = """\
fuzz: elapsed: 0s, execs: 16389 (52004/sec), new interesting: 0 (total: 1)
--- FAIL: FuzzX (0.32s)
    context deadline exceeded
"""
HUNG = """\
fuzz: elapsed: 0s, gathering baseline coverage: 1/1 completed, now fuzzing with 2 workers
fuzz: elapsed: 3s, execs: 1 (0/sec), new interesting: 0 (total: 1)
fuzz: elapsed: 4s, execs: 1 (0/sec), new interesting: 0 (total: 1)
"""


def outcome_of(output: str, end: str = "fail", test: str = "FuzzX") -> Outcome:
    """The outcome of a target that printed this."""
    ledger = Ledger({"m": (test,)})
    event: dict[str, Any] = {"Package": "m", "Test": test}
    events = [{**event, "Action": "run"}]
    events += [
        {**event, "Action": "output", "Output": line} for line in output.splitlines(keepends=True)
    ]
    events.append({**event, "Action": end, "Elapsed": 0.5})
    for each in events:
        ledger.feed(json.dumps(each).encode() + b"\n")
    outcome = ledger.outcome("m", test)
    assert outcome is not None
    return outcome


def test_passed() -> None:
    """The last line of the progress is the output, and its figures are properties."""
    outcome = outcome_of(PASSED, "pass")

    assert outcome.state is State.PASSED
    assert outcome.output == PASSED.splitlines(keepends=True)[-1]
    assert figures(outcome) == [("fuzz execs", 160225), ("fuzz new interesting", 2)]
    assert outcome.fuzzing == Fuzzing(execs=160225, interesting=2)


def test_passed_without_guidance() -> None:
    """Where Go has no instrumentation (GOARCH=386), nothing is interesting."""
    text = """\
warning: the test binary was not built with coverage instrumentation, so fuzzing will run without \
coverage guidance and may be inefficient
fuzz: elapsed: 0s, testing seed corpus: 1/1 completed, now fuzzing with 2 workers
fuzz: elapsed: 0s, execs: 10 (658/sec)
"""

    assert outcome_of(text, "pass").fuzzing == Fuzzing(execs=10)


@pytest.mark.parametrize(
    ("output", "reason", "place", "inputs", "written"),
    [
        (
            FOUND,
            'too long: "0000"',
            ("p_test.go", 11),
            ("8bfb6130a86cd3d3",),
            "8bfb6130a86cd3d3",
        ),
        (SEED, "two", ("p_test.go", 12), ("seed#1",), ""),
        (PANIC, "panic: answer", ("/src/corp/p_test.go", 11), ("answer",), ""),
        (
            WORKER,
            "fuzzing process hung or terminated unexpectedly: exit status 1",
            None,
            ("5cf6191da31cab92",),
            "5cf6191da31cab92",
        ),
    ],
    ids=["found", "seed", "panic", "worker"],
)
def test_failed(
    output: str,
    reason: str,
    place: tuple[str, int] | None,
    inputs: tuple[str, ...],
    written: str,
) -> None:
    """The message is the target's, its place is in a test file, the failing input is known."""
    outcome = outcome_of(output)

    assert outcome.state is State.FAILED
    assert outcome.reason == reason
    assert outcome.location == (Location(*place) if place else None)
    assert outcome.fuzzing is not None
    assert outcome.fuzzing.inputs == inputs
    assert outcome.fuzzing.written == written
    assert "minimizing" not in outcome.output
    assert "To re-run" not in outcome.output
    assert outcome.output.endswith("\n")
    assert outcome.output.splitlines()[-1].strip()


def test_the_race_in_go_at_the_end_of_fuzzing() -> None:
    """golang/go#75804: it stays a failure, and its reason says what it may be."""
    outcome = outcome_of(DEADLINE)

    assert outcome.state is State.FAILED
    assert outcome.reason.startswith("context deadline exceeded at the end of fuzzing")
    assert "golang/go#75804" in outcome.reason


def test_a_message_of_the_same_words() -> None:
    """A target that gives up on its own deadline is not excused."""
    text = FOUND.replace('too long: "0000"', "context deadline exceeded")

    assert outcome_of(text).reason == "context deadline exceeded"


@pytest.mark.parametrize(
    ("output", "idle"),
    [(HUNG, True), (HUNG.replace("execs: 1", "execs: 2"), False), (PASSED, False)],
)
def test_idle(output: str, idle: bool) -> None:
    """Go passes a target whose first input hangs; that only seeds were executed is noticed."""
    outcome = outcome_of(output, "pass")

    assert outcome.fuzzing is not None
    assert outcome.fuzzing.idle is idle


def test_another_test_that_prints_alike() -> None:
    """What looks like fuzzing in a test's output is that test's own."""
    outcome = outcome_of(PASSED, "pass", "TestX")

    assert outcome.output == PASSED
    assert outcome.fuzzing is None


def test_a_target_whose_process_died() -> None:
    """What ended the process stays the reason."""
    ledger = Ledger({"m": ("FuzzX",)})
    event = {"Package": "m", "Test": "FuzzX"}
    said = [{**event, "Action": "run"}]
    said += [{**event, "Action": "output", "Output": f"{line}\n"} for line in PASSED.splitlines()]
    said += [{"Package": "m", "Action": "output", "Output": "signal: killed\n"}]
    said += [{"Package": "m", "Action": "output", "Output": "FAIL\tm\t1s\n"}]
    said += [{"Package": "m", "Action": "fail"}]

    for each in said:
        ledger.feed(json.dumps(each).encode() + b"\n")

    outcome = ledger.outcome("m", "FuzzX")
    assert outcome is not None
    assert outcome.state is State.FAILED
    assert "by a signal (killed)" in outcome.reason


def test_failing_seeds_in_an_ordinary_run() -> None:
    """Without fuzzing the failed subtests are the inputs, by the first part of their names."""
    ledger = Ledger({"m": ("FuzzX",)})
    for test in ("FuzzX", "FuzzX/seed#0", "FuzzX/seed#1", "FuzzX/seed#1/deep"):
        ledger.feed(json.dumps({"Package": "m", "Test": test, "Action": "run"}).encode() + b"\n")
    for test, end in (
        ("FuzzX/seed#0", "pass"),
        ("FuzzX/seed#1/deep", "fail"),
        ("FuzzX/seed#1", "fail"),
        ("FuzzX", "fail"),
    ):
        ledger.feed(json.dumps({"Package": "m", "Test": test, "Action": end}).encode() + b"\n")

    outcome = ledger.outcome("m", "FuzzX")
    assert outcome is not None
    assert outcome.fuzzing == Fuzzing(("seed#1",))
