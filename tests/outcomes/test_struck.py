"""The session's deadline in the ledger: what it ended, what it kept from running, what it left."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_wslgo.outcomes import Ledger, Location, State

STRUCK = "the deadline of 5m struck"
STACKS = (
    "SIGQUIT: quit\n",
    "PC=0x48c401 m=0 sigcode=0\n",
    "\n",
    "goroutine 7 [chan receive]:\n",
    "m.TestB.func1(0x1)\n",
    "\t/src/b_test.go:9 +0x27\n",
)


def event(action: str, test: str = "", package: str = "m", **more: Any) -> bytes:
    """A line of a package."""
    fields = {"Time": "2026-01-01T00:00:00Z", "Action": action, "Package": package, **more}
    return json.dumps({**fields, "Test": test} if test else fields).encode() + b"\n"


def stacks(test: str) -> list[bytes]:
    """The stacks under the test that was named last, and the package's end."""
    return [event("output", test, Output=line) for line in STACKS] + [event("fail")]


def fed(ledger: Ledger, *lines: bytes) -> Ledger:
    """The ledger after some lines."""
    for line in lines:
        ledger.feed(line)
    return ledger


def found(ledger: Ledger) -> dict[str, tuple[State, str]]:
    """State and reason of every test."""
    return {key[1]: (each.state, each.reason) for key, each in ledger.outcomes.items()}


def running(*names: str) -> Ledger:
    """A ledger in which TestA has passed and TestB runs, struck; TestC is to come."""
    ledger = Ledger({"m": ("TestA", "TestB", "TestC"), **dict.fromkeys(names, ("TestN",))})
    fed(ledger, event("start"), event("run", "TestA"), event("pass", "TestA"))
    fed(ledger, event("run", "TestB"))
    ledger.strike("5m", started=True)
    return ledger


def test_stacks_are_the_deadlines_doing() -> None:
    """The running test failed where its goroutine stood; reports need not wait for `go`."""
    ledger = fed(running(), *stacks("TestB"))

    outcome = ledger.outcome("m", "TestB")
    assert found(ledger) == {
        "TestA": (State.PASSED, ""),
        "TestB": (State.FAILED, f"{STRUCK} while it ran, at /src/b_test.go:9"),
        "TestC": (State.DID_NOT_RUN, f"did not run: {STRUCK} while TestB ran"),
    }
    assert outcome is not None
    assert outcome.output == "".join(STACKS)
    assert outcome.location == Location("/src/b_test.go", 9)
    assert not outcome.interrupted


def test_stacks_without_a_deadline_are_a_crash() -> None:
    """Somebody else's SIGQUIT is told as what it is."""
    ledger = Ledger({"m": ("TestB",)})

    fed(ledger, event("start"), event("run", "TestB"), *stacks("TestB"))

    assert found(ledger) == {"TestB": (State.FAILED, "SIGQUIT: quit")}


def test_stacks_behind_a_line_without_an_end() -> None:
    """Nothing begins with SIGQUIT then: the place is found all the same."""
    ledger = fed(running(), event("output", "TestB", Output="printed SIGQUIT: quit\n"))
    fed(ledger, *(event("output", "TestB", Output=line) for line in STACKS[1:]), event("fail"))

    outcome = ledger.outcome("m", "TestB")
    assert outcome is not None
    assert outcome.reason == f"{STRUCK} while it ran, at /src/b_test.go:9"
    assert outcome.location == Location("/src/b_test.go", 9)


@pytest.mark.parametrize("word", ["", "signal: quit\n", "signal: killed\n", "signal: interrupt\n"])
def test_a_binary_that_dies_without_stacks(word: str) -> None:
    """It was so young that Go's runtime did not listen yet, or it had to be killed."""
    ledger = fed(running(), event("output", "TestB", Output=word)) if word else running()
    fed(ledger, event("output", Output="FAIL\tm\t0.1s\n"), event("fail"))

    assert found(ledger)["TestB"] == (State.FAILED, f"{STRUCK} while it ran")


def test_a_binary_without_a_word() -> None:
    """Killed with `go`, nothing tells of its end: the process's end does."""
    ledger = running("n")

    ledger.close(-9)

    assert found(ledger) == {
        "TestA": (State.PASSED, ""),
        "TestB": (State.FAILED, f"{STRUCK} while it ran"),
        "TestC": (State.DID_NOT_RUN, f"did not run: {STRUCK} while TestB ran"),
        "TestN": (State.DID_NOT_RUN, f"did not run: {STRUCK} while m.TestB ran"),
    }


def test_packages_that_were_to_come_name_what_ran() -> None:
    """Also where the package that ran has had its end before."""
    ledger = fed(running("n"), *stacks("TestB"))

    ledger.close(1)

    assert found(ledger)["TestN"][1] == f"did not run: {STRUCK} while m.TestB ran"
    assert ledger.fault is None


def test_while_go_was_building() -> None:
    """No package was heard of: what a compiler said on its way out is no error of theirs."""
    ledger = Ledger({"m": ("TestA",), "n": ()})
    ledger.strike("5m", started=True)
    ledger.feed_stderr(b"# m\n")
    ledger.feed_stderr(b"compile: signal: killed\n")

    ledger.close(-2)

    end = ledger.end("n")
    reason = f"{STRUCK} while Go was building"
    assert found(ledger) == {"TestA": (State.DID_NOT_RUN, f"did not run: {reason}")}
    assert end is not None
    assert end.fault == reason


def test_a_build_that_had_failed_before() -> None:
    """Its errors stay."""
    ledger = Ledger({"m": ("TestA",)})
    fed(ledger, event("build-output", ImportPath="m", Output="a.go:1: broken\n"))
    fed(ledger, event("fail", FailedBuild="m"))
    ledger.strike("5m", started=True)

    ledger.close(1)

    assert found(ledger) == {"TestA": (State.ERRORED, "does not build: a.go:1: broken")}


def test_before_the_run_started() -> None:
    """A process that was never started says so."""
    ledger = Ledger({"m": ("TestA",)})
    ledger.strike("5m", started=False)

    ledger.close(None)

    reason = f"did not run: {STRUCK} before its run started"
    assert found(ledger) == {"TestA": (State.DID_NOT_RUN, reason)}


def test_after_the_tests() -> None:
    """A TestMain that hangs when its tests are over is a fault of the package."""
    ledger = Ledger({"m": ("TestA",)})
    fed(ledger, event("start"), event("run", "TestA"), event("pass", "TestA"))
    ledger.feed(event("output", Output="PASS\n"))
    ledger.strike("5m", started=True)
    fed(ledger, *(event("output", Output=line) for line in STACKS), event("fail"))

    ledger.close(1)

    end = ledger.end("m")
    assert found(ledger) == {"TestA": (State.PASSED, "")}
    assert end is not None
    assert end.fault == f"{STRUCK} after TestA"
    assert end.detail is not None


def test_before_any_test() -> None:
    """An init or a TestMain that hangs."""
    ledger = Ledger({"m": ("TestA",)})
    ledger.feed(event("start"))
    ledger.strike("5m", started=True)
    fed(ledger, *(event("output", Output=line) for line in STACKS), event("fail"))

    assert found(ledger)["TestA"][1] == f"did not run: {STRUCK} before any test ran"


def test_what_ends_by_itself_keeps_its_outcome() -> None:
    """Tests have their time to end after the deadline, too; `go` exits with 1 all the same."""
    ledger = running()
    fed(ledger, event("pass", "TestB"), event("run", "TestC"), event("pass", "TestC"))
    fed(ledger, event("output", Output="PASS\n"), event("pass"))

    ledger.close(1)

    assert {state for state, _ in found(ledger).values()} == {State.PASSED}
    assert ledger.fault is None


def test_a_success_that_was_none() -> None:
    """The deadline explains why `go` exits with 1, and not why it exits with 0."""
    ledger = fed(running(), *stacks("TestB"))

    ledger.close(0)

    assert ledger.fault is not None


def test_a_panic_after_the_deadline_is_a_panic() -> None:
    """Not everything is the deadline's doing."""
    ledger = fed(running(), event("output", "TestB", Output="panic: boom\n"), event("fail"))

    assert found(ledger)["TestB"] == (State.FAILED, "panic: boom")


def test_parallel_tests_and_subtests() -> None:
    """Those that ran have failed, those that waited for their turn did not run."""
    ledger = Ledger({"m": ("TestA", "TestB")})
    names = ("TestA", "TestA/runs", "TestA/waits", "TestB")
    fed(ledger, event("start"), *(event("run", name) for name in names))
    fed(ledger, event("pause", "TestA/waits"), event("pause", "TestB"))
    ledger.strike("5m", started=True)
    fed(ledger, *stacks("TestA/runs"))

    outcome = ledger.outcome("m", "TestA")
    assert outcome is not None
    assert [(each.name, each.state) for each in outcome.children] == [
        ("runs", State.FAILED),
        ("waits", State.DID_NOT_RUN),
    ]
    assert found(ledger)["TestB"] == (
        State.DID_NOT_RUN,
        f"did not run: {STRUCK} while TestA/runs ran",
    )


def test_a_stop_after_the_deadline_is_a_stop() -> None:
    """Ctrl-C while tests are given their time: what has not ended was interrupted."""
    ledger = running()

    ledger.close(None, stopped="Ctrl-C")

    outcome = ledger.outcome("m", "TestC")
    assert outcome is not None
    assert outcome.interrupted
