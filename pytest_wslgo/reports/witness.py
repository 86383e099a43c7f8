"""The witness stands between a journal and the ledger: a journal on disk may be damaged.

The ledger is made for what `go` writes. A journal may have gone through a crash of the machine, a
bad disk or somebody's hands, and a report must neither fail on it nor see a test pass that did
not. Go says each end twice, in a line of output (``--- PASS: TestX``) and in an event made from it
(cmd/internal/test2json, ``handleInputLine``): a test counts as green only if both are there.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from pytest_wslgo.outcomes import Ledger, Outcome, State
from pytest_wslgo.outcomes.clock import EPOCH, seconds_between

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_wslgo.execution import Invocation
    from pytest_wslgo.outcomes.shortage import Signs

_TEXTS = (
    "Time",
    "Action",
    "Package",
    "ImportPath",
    "Test",
    "Output",
    "OutputType",
    "FailedBuild",
)
_LONGEST = 1e9  # seconds
_FRAME = re.compile(r"--- (PASS|FAIL|SKIP): (\S+) \(")
_WORDS = {State.PASSED: "PASS", State.SKIPPED: "SKIP"}


class Witness:
    """Takes what one process wrote, hands what can be read to a ledger, and counts the rest.

    It is a ``pytest_wslgo.execution.follow.Sink``.
    """

    def __init__(self, invocation: Invocation, signs: Callable[[], Signs | None]) -> None:
        self.selected = invocation.selected
        self.race_off = invocation.race_off
        self.ledger = Ledger(
            invocation.selected,
            repeats=invocation.repeats,
            signs=signs,
        )
        self.damaged = 0
        """How many lines of stdout were events once and cannot be read."""
        self.cause = ""
        """Why the process did not come to its end, or why that is not known."""
        self._frames: dict[tuple[str, str], set[str]] = {}
        self._started: set[tuple[str, str]] = set()
        self._first = self._last = ""
        self._left_out = False

    @property
    def times(self) -> list[float]:
        """The times of the first and the last event, in seconds since the epoch."""
        known = [time for time in (self._first, self._last) if time]
        return [seconds for time in known if (seconds := seconds_between(EPOCH, time)) > 0]

    def feed(self, line: bytes) -> None:
        """Take one line of stdout."""
        if not line.startswith(b"{") and b'"Action":"' not in line:
            self.ledger.feed(line)
            return
        event = _event(line)
        if event is None:
            self.damaged += 1
            return
        self._first = self._first or event.get("Time", "")
        self._last = event.get("Time", "") or self._last
        self._see(event)
        self.ledger.feed(line)

    def feed_stderr(self, line: bytes) -> None:
        """Take one line of stderr."""
        self.ledger.feed_stderr(line)

    def strike(self, limit: str, *, started: bool) -> None:
        """Take that the session's deadline has struck."""
        self._left_out = not started
        self.ledger.strike(limit, started=started)

    def close(self, returncode: int | None, *, stopped: str = "", lost: str = "") -> None:
        """Take the end."""
        if returncode is None and not stopped and not self._left_out:
            lost = lost or "its end is not in the journal"
        self.cause = stopped or lost
        self.ledger.close(returncode, stopped=stopped, lost=lost)

    def outcome(self, import_path: str, name: str) -> Outcome | None:
        """The outcome of a test as far as it can be believed; None while it is open."""
        outcome = self.ledger.outcome(import_path, name)
        if outcome is None or not outcome.state.green or name.startswith("Benchmark"):
            return outcome  # benchmarks have no line that tells their end (gotestsum#413)
        frames = self._frames.get((import_path, name), set())
        word = _WORDS[outcome.state]
        # A test may print such lines itself: they count against it only where lines are missing.
        if word in frames and not ("FAIL" in frames and self.damaged):
            return outcome
        reason = f"its end is in doubt: the journal is damaged ({word} in one place only)"
        return Outcome(State.DID_NOT_RUN, outcome.elapsed, outcome.output, reason)

    def has_started(self, import_path: str, name: str) -> bool:
        """Whether the journal tells of a test's start."""
        return (import_path, name) in self._started

    def _see(self, event: dict[str, Any]) -> None:
        key = (event.get("Package", ""), event.get("Test", ""))
        if event["Action"] == "run":
            self._started.add(key)
        elif event["Action"] == "output":
            frame = _FRAME.match(event.get("Output", ""))
            if frame is not None and frame[2] == key[1]:
                self._frames.setdefault(key, set()).add(frame[1])


def _event(line: bytes) -> dict[str, Any] | None:
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(event, dict) or "Action" not in event:
        return None
    elapsed = event.get("Elapsed", 0.0)
    sound = isinstance(elapsed, (int, float)) and 0 <= elapsed < _LONGEST
    return event if sound and all(isinstance(event.get(key, ""), str) for key in _TEXTS) else None
