"""The ledger, event by event: what no recording shows."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from pytest_wslgo.outcomes import Ledger, State


def event(action: str, test: str = "", **more: Any) -> bytes:
    """A line of package m."""
    fields = {"Time": "2026-01-01T00:00:00Z", "Action": action, "Package": "m", **more}
    return json.dumps({**fields, "Test": test} if test else fields).encode() + b"\n"


def fed(*lines: bytes, rc: int | None = 0, names: tuple[str, ...] = ("TestA",)) -> Ledger:
    """A closed ledger for package m."""
    ledger = Ledger({"m": names})
    for line in lines:
        ledger.feed(line)
    ledger.close(rc)
    return ledger


PASSED = (event("run", "TestA"), event("pass", "TestA", Elapsed=0.5))


def test_an_outcome_is_there_as_soon_as_its_event_is() -> None:
    """A passed test need not wait for its package."""
    ledger = Ledger({"m": ("TestA",)})

    for line in PASSED:
        ledger.feed(line)

    outcome = ledger.outcome("m", "TestA")
    assert outcome is not None
    assert (outcome.state, outcome.elapsed) == (State.PASSED, 0.5)
    assert ledger.end("m") is None


def test_a_package_without_its_final_event_is_an_error() -> None:
    """All tests passed, `go test` exits with 0, but nothing tells of the package's end."""
    ledger = fed(*PASSED)

    end = ledger.end("m")
    assert end is not None
    assert end.state is State.ERRORED
    assert end.fault == "`go test` ended with exit status 0 and no word of the package"


def test_an_exit_status_without_a_failure_is_a_disagreement() -> None:
    """Everything passed, and `go test` exits with 1: the run says so."""
    ledger = fed(*PASSED, event("output", Output="PASS\n"), event("pass"), rc=1)

    assert ledger.fault is not None
    assert ledger.fault.text.startswith("`go test` exited with status 1, but every package passed")


def test_a_failed_package_and_exit_status_0_is_a_disagreement() -> None:
    """The package that failed is named."""
    ledger = fed(*PASSED, event("fail"), rc=0)

    assert ledger.fault is not None
    assert ledger.fault.text.startswith("`go test` exited with status 0, but m failed")


def test_a_package_that_failed_does_not_pass_later() -> None:
    """Of two ends of a package the worse one counts."""
    ledger = fed(*PASSED, event("fail"), event("pass"), rc=1)

    end = ledger.end("m")
    assert end is not None
    assert end.state is State.FAILED
    assert end.fault


def test_a_failure_after_a_pass_counts_even_behind_the_packages_end() -> None:
    """The outcome is corrected, and the package tells those who have reported the first one."""
    ledger = fed(*PASSED, event("pass"), event("fail", "TestA"), rc=0)

    end = ledger.end("m")
    assert ledger.outcomes["m", "TestA"].state is State.FAILED
    assert ledger.failed == 1
    assert end is not None
    assert "TestA" in end.fault


def test_a_stopped_run_leaves_the_rest_interrupted() -> None:
    """Tests without an end did not run because somebody stopped them; the finished ones stay."""
    ledger = Ledger({"m": ("TestA", "TestB")})
    for line in PASSED:
        ledger.feed(line)

    ledger.close(1, stopped="stopping after 1 failures")

    stopped = ledger.outcomes["m", "TestB"]
    assert ledger.outcomes["m", "TestA"].state is State.PASSED
    assert (stopped.state, stopped.interrupted) == (State.DID_NOT_RUN, True)
    assert "stopping after 1 failures" in stopped.reason


def test_a_lost_process_is_not_green() -> None:
    """Where nobody knows how the process ended, its open tests and packages say that."""
    ledger = Ledger({"m": ("TestA",)})

    ledger.close(None, lost="the runner process died")

    end = ledger.end("m")
    assert ledger.outcomes["m", "TestA"].state is State.DID_NOT_RUN
    assert end is not None
    assert not end.state.green


def test_a_repeated_test_ends_with_its_package() -> None:
    """With -count the first end is not the last."""
    ledger = Ledger({"m": ("TestA",)}, repeats=True)

    for line in PASSED:
        ledger.feed(line)

    assert ledger.outcome("m", "TestA") is None


def test_the_cache_shows() -> None:
    """A package that Go's test cache answered for says so."""
    ledger = fed(*PASSED, event("output", Output="ok  \tm\t(cached)\n"), event("pass"))

    end = ledger.end("m")
    assert end is not None
    assert end.cached


def test_running_tests_are_known() -> None:
    """A test runs from its start to its end, save while it is paused."""
    ledger = Ledger({"m": ("TestA", "TestB")})

    for line in (event("run", "TestA"), event("pause", "TestA"), event("run", "TestB")):
        ledger.feed(line)

    assert ledger.running() == ["m.TestB"]


def test_a_line_of_200_kb_is_whole() -> None:
    """test2json splits it every 1,024 bytes; the pieces come together again (golang/go#36059)."""
    pieces = [f"{number:04}" + "x" * 1020 for number in range(200)]
    lines = [event("output", "TestA", Output=piece) for piece in pieces]

    ledger = fed(event("run", "TestA"), *lines, event("fail", "TestA"), event("fail"), rc=1)

    assert ledger.outcomes["m", "TestA"].output == "".join(pieces)


def test_unknown_actions_and_fields_are_passed_over() -> None:
    """The vocabulary grows with Go."""
    more = event("artifacts", "TestA", Path="/x", New={"a": [1]})

    ledger = fed(PASSED[0], more, PASSED[1], event("pass"))

    assert ledger.outcomes["m", "TestA"].state is State.PASSED
    assert ledger.fault is None


HUGE = r"""
import json, re, sys
from pytest_wslgo.outcomes import Ledger
kind = sys.argv[1]
ledger = Ledger({"m": ("TestA",)})
def say(action, test, **more):
    ledger.feed(json.dumps({"Action": action, "Package": "m", "Test": test, **more}).encode())
say("run", "TestA")
if kind == "lines":
    line = json.dumps({"Action": "output", "Package": "m", "Test": "TestA", "Output": "x" * 1000})
    for _ in range(200_000):
        ledger.feed(line.encode())
else:
    for number in range(100_000):
        name = f"TestA/case_{number}"
        say("run", name)
        say("output", name, Output="x" * 1999 + "\n")
        say(kind, name, Elapsed=0.0)
verdict = "fail" if kind == "fail" else "pass"
say(verdict, "TestA")
ledger.feed(json.dumps({"Action": verdict, "Package": "m"}).encode())
ledger.close(int(verdict == "fail"))
outcome = ledger.outcomes["m", "TestA"]
# Not ru_maxrss: that of a process begins with the one of whoever has started it.
[peak] = re.findall(r"VmHWM:\s+(\d+) kB", open("/proc/self/status").read())
peak = int(peak) // 1024
print(peak, len(outcome.children), len(outcome.output), outcome.state.value)
"""


@pytest.mark.parametrize(
    ("kind", "children", "state"),
    [("lines", 0, "passed"), ("pass", 100_000, "passed"), ("fail", 100_000, "failed")],
)
def test_200_mb_of_output_fit_into_300_mb(kind: str, children: int, state: str) -> None:
    """One loud test, 100,000 loud subtests that pass or that fail: the memory stays bounded."""
    argv = [sys.executable, "-c", HUGE, kind]

    done = subprocess.run(argv, capture_output=True, text=True, check=True)

    peak, found, output, verdict = done.stdout.split()
    assert int(peak) < 300
    assert (int(found), verdict) == (children, state)
    assert int(output) < 600_000
