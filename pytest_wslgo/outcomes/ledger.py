"""The ledger: from the lines of one `go test -json` process to one Outcome for each selected test.

A reducer without input or output of its own. It is fed stdout and stderr as they come and the exit
status at the end; it never believes an exit status without events, nor events without their end.
The event vocabulary grows with Go (cmd/internal/test2json, `go doc test2json`): actions and fields
that it does not know are passed over.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_wslgo.outcomes import settle
from pytest_wslgo.outcomes.builds import Builds
from pytest_wslgo.outcomes.outcome import Detail, State
from pytest_wslgo.outcomes.package import STATES, PackageState

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from pytest_wslgo.outcomes.outcome import Outcome, PackageOutcome
    from pytest_wslgo.outcomes.package import TestState


class Ledger:
    """The accounts of one `go test -json` process.

    Args:
        selected: The tests that the process was asked to run, by import path. A package may have
            none: it is built and vetted all the same.
        repeats: Whether names come more than once (``-count``, ``-cpu``): then a test has ended
            only when its package has.
    """

    def __init__(self, selected: Mapping[str, Sequence[str]], *, repeats: bool = False) -> None:
        self._packages = {
            path: PackageState(path, tuple(names)) for path, names in selected.items()
        }
        self._repeated = {
            (path, name)
            for path, names in selected.items()
            for name in set(names)
            if repeats or names.count(name) > 1
        }
        self._selected = {path: frozenset(names) for path, names in selected.items()}
        self._outcomes: dict[tuple[str, str], Outcome] = {}
        self._ends: dict[str, PackageOutcome] = {}
        self._builds = Builds()
        self._failed = 0
        self._fault: Detail | None = None

    # What is known so far.

    def outcome(self, import_path: str, test: str) -> Outcome | None:
        """The outcome of a selected test, or None while it is open."""
        return self._outcomes.get((import_path, test))

    def end(self, import_path: str) -> PackageOutcome | None:
        """How a package ended, or None while it is open."""
        return self._ends.get(import_path)

    @property
    def packages(self) -> Collection[str]:
        """The import paths of all packages that the process was asked for."""
        return self._packages.keys()

    @property
    def outcomes(self) -> Mapping[tuple[str, str], Outcome]:
        """All outcomes so far, by import path and name, in the order in which they came."""
        return self._outcomes

    @property
    def size(self) -> int:
        """How many tests were selected."""
        return sum(map(len, self._selected.values()))

    @property
    def failed(self) -> int:
        """How many selected tests are not green so far."""
        return self._failed

    @property
    def fault(self) -> Detail | None:
        """What is wrong with the run as a whole and shows on no package: None if nothing is."""
        return self._fault

    def running(self) -> list[str]:
        """The tests that are running now, as ``import/path.TestX``."""
        return [
            f"{package.import_path}.{test.name}"
            for package in self._packages.values()
            if package.state is None
            for test in package.unfinished()
        ]

    # What comes in.

    def feed(self, line: bytes) -> None:
        """Take one line of the process's stdout."""
        if line.startswith(b"{"):
            try:
                event = json.loads(line)
            except ValueError:
                event = None
            if isinstance(event, dict) and isinstance(event.get("Action"), str):
                self._event(event)
                return
        # Before Go 1.24 a compiler's words may stand between the events (golang/go#35169).
        self._builds.plain(line.decode(errors="replace"))

    def feed_stderr(self, line: bytes) -> None:
        """Take one line of the process's stderr: build errors before Go 1.24, `go`'s own errors."""
        self._builds.plain(line.decode(errors="replace"))

    def close(self, returncode: int | None, *, stopped: str = "", lost: str = "") -> None:
        """Take the exit status: from now on every selected test and every package has its end.

        Args:
            returncode: The status as in ``subprocess``; None if it is not known.
            stopped: Why somebody stopped the process; empty if nobody did.
            lost: Why nothing is known of the process's end; empty if it is known.
        """
        failed_before = any(not end.state.green for end in self._ends.values())
        silent = [package for package in self._packages.values() if package.state is None]
        cause = stopped or lost or self._silence(returncode)
        for package in silent:
            self._settle(package, silence=cause, interrupted=bool(stopped))
        if not stopped and not lost and not silent:
            self._fault = self._disagreement(returncode, failed_before)

    def _silence(self, returncode: int | None) -> str:
        words = self._builds.last_words()
        said = f": {words}" if words else ""
        return f"`go test` ended with exit status {returncode} and no word of the package{said}"

    def _disagreement(self, returncode: int | None, failed: bool) -> Detail | None:
        if (returncode == 0) != failed:
            return None
        text = (
            f"`go test` exited with status {returncode}, but "
            + ("a package failed" if failed else "every package passed")
            + "\n"
            + self._builds.unclaimed()
        )
        return Detail("the exit status and the events disagree", text)

    def _event(self, event: dict[str, Any]) -> None:
        action = event["Action"]
        if action in ("build-output", "build-fail"):
            self._builds.event(event)
            return
        package = self._packages.get(event.get("Package", ""))
        handler = self._handlers.get(action)
        if package is None or handler is None:
            return
        package.last_time = event.get("Time", "")
        name = event.get("Test")
        handler(self, package, package.test(name) if name else None, event)

    def _run(self, package: PackageState, test: TestState | None, event: dict[str, Any]) -> None:
        del package
        if test is not None:
            test.started = test.started or event.get("Time", "")
            test.running = True
            test.paused = event["Action"] == "pause"

    def _output(self, package: PackageState, test: TestState | None, event: dict[str, Any]) -> None:
        output = event.get("Output", "")
        if test is not None and event.get("OutputType") == "error" and not test.error:
            test.error = output
        package.print(test, output)

    def _ended(self, package: PackageState, test: TestState | None, event: dict[str, Any]) -> None:
        state = STATES[event["Action"]]
        elapsed = event.get("Elapsed", 0.0)
        if test is not None:
            test.running = False
            test.ended.append(state)
            test.elapsed += elapsed
            self._book(package, test)
            return
        package.elapsed = elapsed
        package.failed_build = event.get("FailedBuild", "") or package.failed_build
        package.state = state
        self._settle(package)

    _handlers: Mapping[
        str, Callable[[Ledger, PackageState, TestState | None, dict[str, Any]], None]
    ] = {
        "run": _run,
        "pause": _run,
        "cont": _run,
        "output": _output,
        "pass": _ended,
        "fail": _ended,
        "skip": _ended,
    }

    # What follows from it.

    def _book(self, package: PackageState, test: TestState) -> None:
        """Enter the outcome of a top-level test that has ended for good."""
        key = (package.import_path, test.name)
        if test.name in self._selected[package.import_path] and key not in self._repeated:
            self._enter(key, settle.ended(test))
            settle.forget(package, test)

    def _enter(self, key: tuple[str, str], outcome: Outcome) -> None:
        if key in self._outcomes:
            return
        self._outcomes[key] = outcome
        if not outcome.state.green:
            self._failed += 1

    def _settle(
        self, package: PackageState, *, silence: str = "", interrupted: bool = False
    ) -> None:
        """Give every selected test of an ended package its outcome, and the package its own."""
        path = package.import_path
        build = self._builds.detail(package.failed_build, package.exit_line)
        open_tests = [name for name in package.selected if (path, name) not in self._outcomes]
        for name, outcome in settle.open_outcomes(package, open_tests, build, silence):
            self._enter((path, name), replace(outcome, interrupted=interrupted))
        shown = any(not self._outcomes[path, name].state.green for name in package.selected)
        package.state = package.state or State.ERRORED
        self._ends[path] = settle.package_end(package, build, silence, shown=shown or interrupted)
