"""The session's deadline: when it strikes, tests are asked where they are before they are ended.

`go` that gets SIGINT while tests run starts nothing more (cmd/go/internal/work, ``(*Builder).Do``:
each worker looks at ``base.Interrupted``), lets what runs come to its end, and writes down what it
hears of it; before the first test it dies of the signal (``base.StartSigHandlers``). A test binary
that gets SIGQUIT writes the stacks of its goroutines and ends (runtime/signal_unix.go).
"""

from __future__ import annotations

import os
import re
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import psutil

from pytest_wslgo.execution.processes import descendants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from threading import Event

GRACE = 5.0
"""Seconds for the test binaries to say where they are, and for `go` to take that in."""
QUIET = 1.0
"""Seconds without a test binary and without a word, after which nothing more is expected.

A child that holds a dead test's stdout, or a compiler, keeps `go` waiting for longer.
"""
_LOOK = 0.05
_BINARY = re.compile(r"/go-build[^/]*/b\d+/[^/]+\.test$")
"""A test binary in the work directory of `go` (``b.WorkDir``, ``a.Objdir`` of cmd/go)."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """``limit`` as it was given; ``at`` on ``time.monotonic``'s clock, which a machine has once."""

    limit: str
    at: float

    @classmethod
    def from_plan(cls, about: Mapping[str, Any]) -> Deadline | None:
        """The deadline of which a plan tells, if there is one."""
        told = about.get("deadline")
        return cls(told["limit"], told["at"]) if told else None

    def to_plan(self) -> dict[str, Any]:
        """A form that ``json`` can write."""
        return {"limit": self.limit, "at": self.at}

    @property
    def left(self) -> float:
        """Seconds until it strikes; not above 0 when it should have."""
        return self.at - time.monotonic()


def ask_for_stacks(go: int, stdout: Path, ended: Event, is_over: Callable[[], bool]) -> None:
    """Keep `go` from starting anything, and have the running tests write their stacks.

    Returns when there is no more to expect: ``GRACE`` bounds it, whatever the tests do.

    Args:
        go: The process ID of `go`, which gets the signal alone: its group has compilers in it.
        stdout: Where it writes.
        ended: Set when it has ended.
        is_over: Whether it has, or somebody wants the end at once.
    """
    asked: set[psutil.Process] = set()
    size = -1
    began = stirred = time.monotonic()
    if not ended.is_set():
        with suppress(ProcessLookupError):
            os.kill(go, signal.SIGINT)
    while not is_over() and (now := time.monotonic()) - began < GRACE:
        # Again and again: `go` may just have been about to start one.
        living = set(test_binaries(go))
        for process in living - asked:
            with suppress(psutil.Error):
                process.send_signal(signal.SIGQUIT)
        asked |= living
        before, size = size, stdout.stat().st_size
        if living or size != before:
            stirred = now
        elif now - stirred > QUIET:
            return
        ended.wait(_LOOK)


def test_binaries(go: int) -> Iterator[psutil.Process]:
    """The test binaries that `go` runs: not compilers, nor what the tests have started.

    Known by their executable in the work directory of `go`. Under ``-exec``, where another program
    runs them: the one below it, or where none is to be seen (an emulator, another machine) the
    program itself, which has the binary and its first flag among its arguments.
    """
    children: dict[int, list[psutil.Process]] = {}
    for process in descendants(go):
        with suppress(psutil.Error):
            children.setdefault(process.ppid(), []).append(process)
    return _below(go, children)


test_binaries.__test__ = False  # type: ignore[attr-defined]  # pytest would take it for a test


def _below(pid: int, children: Mapping[int, list[psutil.Process]]) -> Iterator[psutil.Process]:
    for child in children.get(pid, ()):
        if _is_binary(child):
            yield child
            continue
        found = list(_below(child.pid, children))
        if found:
            yield from found
        elif _runs_binary(child):
            yield child


def _is_binary(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return _BINARY.search(process.exe()) is not None
    return False


def _runs_binary(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        words = process.cmdline()
        return any(
            _BINARY.search(word) and following.startswith("-test.")
            for word, following in pairwise(words)
        )
    return False
