"""One Go run inside a pytest session: some items, the journal, a ledger for each process."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from filelock import FileLock

from pytest_wslgo.execution import Journal, Run, start
from pytest_wslgo.outcomes import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from pytest_wslgo.execution import Invocation
    from pytest_wslgo.outcomes import Detail, Outcome, PackageOutcome

PackageKey = tuple[str, str]
"""Where `go` runs, and the import path: two modules of one repository may have the same path."""
TestKey = tuple[str, str, str]
"""The package's key and the test's name."""


class GoRun:
    """A run whose journal this process follows, whoever started it."""

    def __init__(self, journal: Journal, output_limit: int) -> None:
        self.journal = journal
        self.invocations, self.about = journal.plan()
        self.ledgers = [
            Ledger(
                each.selected,
                repeats=each.repeats,
                limit=output_limit,
                signs=partial(self._signs, index),
            )
            for index, each in enumerate(self.invocations)
        ]
        self._run = Run(journal, self.ledgers)
        # A package may be in several processes where its names do not fit into one argument.
        self._by_package: dict[PackageKey, list[Ledger]] = {}
        self._by_test: dict[TestKey, Ledger] = {}
        self._race_off: dict[TestKey, str] = {}
        for invocation, ledger in zip(self.invocations, self.ledgers, strict=True):
            for path, names in invocation.selected.items():
                home = (invocation.cwd, path)
                self._by_package.setdefault(home, []).append(ledger)
                self._by_test.update({(*home, name): ledger for name in names})
                if invocation.race_off:
                    self._race_off.update({(*home, name): invocation.race_off for name in names})

    @classmethod
    def open(
        cls,
        directory: Path,
        plan: Callable[[Journal], Sequence[Invocation]],
        *,
        environ: Mapping[str, str],
        about: Mapping[str, object],
        watched_pid: int,
        output_limit: int,
    ) -> GoRun:
        """Join the run in a directory, or start it if nobody has.

        Safe in several processes at once: a file lock decides who starts it.

        Raises:
            JournalError: The directory cannot be written.
            RunnerError: The runner cannot be started.
        """
        journal = Journal(directory)
        journal.prepare()
        with FileLock(directory.with_suffix(".lock")):
            if not journal.plan_file.exists():
                start(journal, plan(journal), environ=environ, about=about, watched_pid=watched_pid)
        return cls(journal, output_limit)

    @property
    def done(self) -> bool:
        """Whether everything has ended and been taken in."""
        return self._run.done

    @property
    def why_stopped(self) -> str:
        """Why a session has stopped it, this one or another; empty if none has."""
        return self._run.why_stopped

    @property
    def struck(self) -> str:
        """The session's deadline, if it has struck this run; else empty."""
        return self._run.struck

    def poll(self) -> bool:
        """Take in what is new; tell whether there was something."""
        return self._run.poll()

    def stop(self, why: str) -> None:
        """Have everything ended; poll until ``done``."""
        self._run.stop(why)

    def has(self, key: TestKey) -> bool:
        """Whether a test is part of the run."""
        return key in self._by_test

    def race_off(self, key: TestKey) -> str:
        """Why a test's process is without the race detector, which the session has on."""
        return self._race_off.get(key, "")

    def outcome(self, key: TestKey) -> Outcome | None:
        """The outcome of a test, or None while it is open."""
        ledger = self._by_test.get(key)
        return ledger.outcome(*key[1:]) if ledger is not None else None

    def ends(self, package: PackageKey) -> list[PackageOutcome] | None:
        """How a package ended, an entry for each of its processes; None while one is open."""
        ends = [ledger.end(package[1]) for ledger in self._by_package.get(package, ())]
        return [end for end in ends if end is not None] if None not in ends else None

    def began(self, package: PackageKey) -> float:
        """When Go first said something of a package, in seconds since the epoch; 0.0 before."""
        ledgers = self._by_package.get(package, ())
        return max((ledger.began(package[1]) for ledger in ledgers), default=0.0)

    def disagreements(self) -> Iterator[Detail]:
        """Where a process's exit status and its events contradict each other."""
        return (ledger.fault for ledger in self.ledgers if ledger.fault is not None)

    def failures(self) -> set[TestKey]:
        """The tests that are known not to be green, those left out that were interrupted."""
        return {
            (invocation.cwd, *key)
            for invocation, ledger in zip(self.invocations, self.ledgers, strict=True)
            if ledger.failed
            for key, outcome in ledger.outcomes.items()
            if not outcome.state.green and not outcome.interrupted
        }

    def _signs(self, index: int) -> Mapping[str, int] | None:
        return self._run.signs(index)
