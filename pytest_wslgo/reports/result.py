"""What a session had found: values, without behaviour."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_wslgo.outcomes import State

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_wslgo.outcomes import Detail, Outcome


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one selected test.

    ``name`` is Go's. ``group`` tells workers of pytest-xdist that are not alike apart, each of
    which ran the test; empty where there is one group. ``pending`` says that the test's run goes
    on, and the test has not ended yet. ``reruns`` counts the attempts before this one.
    """

    node_id: str
    name: str
    outcome: Outcome
    group: str = ""
    pending: bool = False
    reruns: int = 0
    cached: bool = False
    """Whether Go's test cache has answered for its package."""
    race_off: str = ""
    """Why the race detector was off for it, where the session had it on."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What went wrong and shows on no test; ``reason`` is one line."""

    subject: str
    reason: str
    output: str = ""
    detail: Detail | None = None


@dataclass(frozen=True, slots=True)
class SessionResult:
    """What the journals of one session hold.

    ``began`` is in seconds since the epoch (0.0 if unknown) and ``seconds`` the time from the
    first to the last entry. ``causes`` say why runs did not come to their end. ``unreadable`` has
    a message for each run whose journal cannot be read.
    """

    directory: Path
    results: tuple[Result, ...] = ()
    faults: tuple[Fault, ...] = ()
    causes: tuple[str, ...] = ()
    running: bool = False
    began: float = 0.0
    seconds: float = 0.0
    go: str = ""
    rootdir: str = ""
    unreadable: tuple[str, ...] = ()

    @property
    def green(self) -> bool:
        """Whether every selected test is there and green, and nothing else is wrong."""
        return (
            not (self.faults or self.causes or self.running or self.unreadable)
            and bool(self.results)
            and all(result.outcome.state.green for result in self.results)
        )

    def counts(self) -> dict[State, int]:
        """How many tests there are of each state that occurs."""
        found = Counter(result.outcome.state for result in self.results)
        return {state: found[state] for state in State if found[state]}
