"""The ledger: from the lines of one `go test -json` process to one Outcome for each selected test.

A reducer without input or output of its own. It is fed stdout and stderr as they come and the exit
status at the end; it never believes an exit status without events, nor events without their end.
The event vocabulary grows with Go (cmd/internal/test2json, `go doc test2json`): actions and fields
that it does not know are passed over.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_wslgo.outcomes import fuzzing
from pytest_wslgo.outcomes.builds import Builds
from pytest_wslgo.outcomes.clock import EPOCH, seconds_between
from pytest_wslgo.outcomes.deadline import Deadline
from pytest_wslgo.outcomes.ended import condense, corrected, ended, forget
from pytest_wslgo.outcomes.outcome import Detail, State
from pytest_wslgo.outcomes.package import NOT_BUILT, STATES, PackageState
from pytest_wslgo.outcomes.package_end import package_end
from pytest_wslgo.outcomes.shortage import of_crash, of_go
from pytest_wslgo.outcomes.text import LIMIT
from pytest_wslgo.outcomes.unended import open_outcomes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from pytest_wslgo.outcomes.outcome import Outcome, PackageOutcome
    from pytest_wslgo.outcomes.shortage import Signs
    from pytest_wslgo.outcomes.teststate import TestState


class Ledger:
    """The accounts of one `go test -json` process.

    Args:
        selected: The tests that the process was asked to run, by import path. A package may have
            none: it is built and vetted all the same.
        repeats: How often names come (``-count``, ``-cpu``): then a test has ended only when its
            package has. 0: once; 1: more than once, nobody knows how often.
        limit: How many characters of each test's output are kept.
        signs: Asked, when a package has failed, what the system counted until then.
    """

    def __init__(
        self,
        selected: Mapping[str, Sequence[str]],
        *,
        repeats: int = 0,
        limit: int = LIMIT,
        signs: Callable[[], Signs | None] = lambda: None,
    ) -> None:
        self._packages = {
            path: PackageState(path, tuple(names), limit, rounds=repeats)
            for path, names in selected.items()
        }
        self._repeated = {
            (path, name)
            for path, names in selected.items()
            for name, count in Counter(names).items()
            if repeats or count > 1
        }
        self._selected = {path: frozenset(names) for path, names in selected.items()}
        self._outcomes: dict[tuple[str, str], Outcome] = {}
        self._ends: dict[str, PackageOutcome] = {}
        self._builds = Builds()
        self._failed = 0
        self._fault: Detail | None = None
        self._signs = signs
        self._deadline = Deadline()

    # What is known so far.

    def outcome(self, import_path: str, test: str) -> Outcome | None:
        """The outcome of a selected test, or None while it is open."""
        return self._outcomes.get((import_path, test))

    def end(self, import_path: str) -> PackageOutcome | None:
        """How a package ended, or None while it is open."""
        return self._ends.get(import_path)

    def began(self, import_path: str) -> float:
        """When the first word of a package came, in seconds since the epoch; 0.0 before."""
        return seconds_between(EPOCH, self._packages[import_path].first_time)

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
                text = line.decode()
                event, end = _DECODE(text)
                if end != len(text.rstrip("\r\n")):
                    event = None  # something else is on the line: who knows what else is damaged
            except (ValueError, RecursionError):
                event = None
            if isinstance(event, dict) and _is_sound(event):
                self._event(event)
                return
            if line.startswith(b'{"'):
                return  # a damaged event: what it told is missing, and that shows
        # Before Go 1.24 a compiler's words may stand between the events (golang/go#35169).
        text = line.decode(errors="replace")
        self._builds.plain(text)
        if text.startswith("FAIL\t"):
            self._not_built(text)

    def _not_built(self, text: str) -> None:
        """Before Go 1.24 no event tells that a package does not build: ``FAIL p [...]`` does."""
        path, _, why = text.removeprefix("FAIL\t").strip().partition(" ")
        package = self._packages.get(path)
        if package is not None and package.state is None and why in NOT_BUILT:
            package.failed_build = path  # settled at the end: its errors may still come on stderr

    def feed_stderr(self, line: bytes) -> None:
        """Take one line of the process's stderr: build errors before Go 1.24, `go`'s own errors."""
        self._builds.plain(line.decode(errors="replace"))

    def strike(self, limit: str, *, started: bool) -> None:
        """Take that the session's deadline has struck: what breaks off from now on is its doing.

        Args:
            limit: The deadline in Go's spelling.
            started: Whether the process was started before.
        """
        self._deadline.strike(limit, self._packages.values(), started=started)

    def close(self, returncode: int | None, *, stopped: str = "", lost: str = "") -> None:
        """Take the exit status: from now on every selected test and every package has its end.

        Args:
            returncode: The status as in ``subprocess``; None if it is not known.
            stopped: Why somebody stopped the process; empty if nobody did.
            lost: Why nothing is known of the process's end; empty if it is known.
        """
        failed_before = any(
            not end.state.green and not self._packages[path].overruled
            for path, end in self._ends.items()
        )
        silent = [package for package in self._packages.values() if package.state is None]
        struck = self._deadline.reason(self._packages.values())
        cause = stopped or lost or struck or self._silence(returncode)
        for package in silent:
            told = self._builds.said_of(package.import_path) if not package.heard else None
            # What a compiler said that was ended with the rest is none of its package's errors.
            if told is not None and returncode and not struck:
                package.failed_build = package.failed_build or package.import_path
            # What ran before a later package was left out may be why it was: -failfast.
            broken = not (stopped or lost or struck or package.heard or self._failed)
            package.signs = self._signs()
            self._settle(package, silence=cause, interrupted=bool(stopped), broken=broken)
        # After the deadline `go` exits with 1 whatever its tests did.
        agreed = bool(stopped or silent or (struck and returncode))
        if not agreed and (returncode is not None or not lost):
            self._fault = self._disagreement(returncode, failed_before)

    def _silence(self, returncode: int | None) -> str:
        crash = self._builds.crash()
        words = crash.partition("\n")[0] + of_crash(crash, self._signs())
        words = words or self._builds.last_words()
        said = f": {words}" if words else " (-failfast?)" if self._failed else ""
        how = of_go(returncode, self._signs()) or f" with exit status {returncode}"
        return f"`go test` ended{how} and no word of the package{said}"

    def _disagreement(self, returncode: int | None, failed: bool) -> Detail | None:
        red = [".".join(key) for key, each in self._outcomes.items() if each.state is State.FAILED]
        if (returncode == 0) != (failed or bool(red)):
            return None
        culprits = [path for path, end in self._ends.items() if not end.state.green] + red
        but = f"{', '.join(culprits)} failed" if culprits else "every package passed"
        text = f"`go test` exited with status {returncode}, but {but}\n{self._builds.unclaimed()}"
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
        package.first_time = package.first_time or package.last_time
        package.heard = True
        name = package.plain_name(event.get("Test") or "")
        handler(self, package, package.test(name) if name else None, event)

    def _run(self, package: PackageState, test: TestState | None, event: dict[str, Any]) -> None:
        del package
        if test is not None:
            test.started = test.started or event.get("Time", "")
            test.running = True
            test.starts += event["Action"] == "run"
            test.paused = event["Action"] == "pause"

    def _output(self, package: PackageState, test: TestState | None, event: dict[str, Any]) -> None:
        output = event.get("Output", "")
        kind = event.get("OutputType")
        if kind is not None and test is not None:
            test.note_error(kind, output)
        package.print(test, output)

    def _ended(self, package: PackageState, test: TestState | None, event: dict[str, Any]) -> None:
        state = STATES[event["Action"]]
        elapsed = event.get("Elapsed", 0.0)
        if test is not None and package.just_concluded():
            # A test binary that lost its stdout has said nothing of the test's end; test2json takes
            # `go`'s own last word of the package for the test's.
            test = None
        if test is not None:
            test.running = False
            test.ended.append(state)
            test.elapsed += elapsed
            if "/" in test.name:
                condense(package.test(test.name.partition("/")[0]), test)
            else:
                self._book(package, test)
            return
        package.elapsed = elapsed
        if package.tests or state is not State.FAILED:
            # It was built: TestMain has printed what looks like a verdict.
            package.failed_build = ""
        package.failed_build = event.get("FailedBuild", "") or package.failed_build
        # A package that has failed does not pass later, whatever the stream says.
        package.state = State.FAILED if package.state is State.FAILED else state
        if package.state is State.FAILED:
            package.signs = self._signs()
        self._settle(package)

    def _attr(self, package: PackageState, test: TestState | None, event: dict[str, Any]) -> None:
        key, value = event.get("Key"), event.get("Value")
        if test is not None and isinstance(key, str) and isinstance(value, str):
            top, _, below = test.name.partition("/")
            package.test(top).attributes.append((f"{below}: {key}" if below else key, value))

    def _artifacts(
        self, package: PackageState, test: TestState | None, event: dict[str, Any]
    ) -> None:
        path = event.get("Path")
        if test is not None and isinstance(path, str):
            package.test(test.name.partition("/")[0]).artifacts.append(path)

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
        "attr": _attr,
        "artifacts": _artifacts,
    }

    # What follows from it.

    def _book(self, package: PackageState, test: TestState) -> None:
        """Enter the outcome of a top-level test that has ended for good."""
        package.last_ended = test.name
        package.keep_races_of(test)
        key = (package.import_path, test.name)
        if test.name not in self._selected[package.import_path] or key in self._repeated:
            return
        known = self._outcomes.get(key)
        if known is None:
            outcome = ended(test)
            first_line = str(package.trace or "").partition("\n")[0]
            package.trace_is_shown |= bool(first_line) and first_line in outcome.output
            self._enter(key, outcome)
        elif known.state is not State.FAILED and test.state is State.FAILED:
            # Output can forge an end (a line that begins with \x16): believe the worse one, and
            # have the package say so, as the first may have been reported already.
            self._failed += known.state.green
            self._outcomes[key] = corrected(known, test)
            package.corrected.append(test.name)
            if package.state is not None:
                self._settle(package)
        forget(package, test)

    def _enter(self, key: tuple[str, str], outcome: Outcome) -> None:
        if key in self._outcomes:
            return
        results = self._packages[key[0]].results
        if results is not None:
            outcome = replace(outcome, benchmark=results.of(key[1]))
        self._outcomes[key] = fuzzing.complete(key[1], outcome)
        if not outcome.state.green:
            self._failed += 1

    def _settle(
        self,
        package: PackageState,
        *,
        silence: str = "",
        interrupted: bool = False,
        broken: bool = False,
    ) -> None:
        """Give every selected test of an ended package its outcome, and the package its own."""
        package.flush()
        path = package.import_path
        build = self._builds.detail(package.failed_build, self._packages)
        open_tests = [name for name in package.selected if (path, name) not in self._outcomes]
        package.state = package.state or (State.FAILED if build is not None else None)
        if package.state is State.PASSED and package.is_dubious():
            package.overruled = True
        for name, outcome in open_outcomes(package, open_tests, build, silence, broken=broken):
            self._enter((path, name), replace(outcome, interrupted=interrupted))
        if package.overruled:
            package.state = State.FAILED
        shown = any(not self._outcomes[path, name].state.green for name in package.selected)
        shown = shown and not package.is_more_than_shown()
        shown = shown and (bool(open_tests) or self._explained(package))
        blamed = self._blamed(package)
        self._ends[path] = package_end(
            package, build, silence, shown=(shown and not blamed) or interrupted, blamed=blamed
        )
        package.state = self._ends[path].state

    def _blamed(self, package: PackageState) -> str:
        """The test that the end of a package is the fault of, though it had ended well itself.

        A goroutine that it left behind raced or panicked later: another test shows that, or none.
        """
        if package.state is not State.FAILED:
            return ""
        crash = package.crash()
        names = [name for _, name in package.late_races if name]
        names += crash.tests if crash is not None else ()
        known = ((name, self._outcomes.get((package.import_path, name))) for name in names)
        return next((name for name, each in known if each is not None and each.state.green), "")

    def _explained(self, package: PackageState) -> bool:
        """Whether the failed tests of a package, all of them ended, explain how it ended.

        A crash or a race after the last test is none of theirs: a failure that is expected must
        not hide it.
        """
        if package.complaint or package.overruled or package.ended_otherwise():
            return False
        crash = package.crash()
        known = (
            (self._outcomes.get((package.import_path, name)) for name in crash.tests)
            if crash
            else ()
        )
        # An example's end is told before its trace, which then stands under no test.
        return crash is None or (
            package.trace_is_shown and any(each and not each.state.green for each in known)
        )


_DECODE = json.JSONDecoder().raw_decode
_TEXTS = {"Action", "Package", "Test", "Output", "Time", "ImportPath", "FailedBuild"}


def _is_sound(event: dict[str, Any]) -> bool:
    """Whether the fields that are read have their types; a damaged line may be valid JSON."""
    for field, value in event.items():
        if type(value) is str:
            if field == "Elapsed":
                return False
        elif field in _TEXTS or (
            field == "Elapsed" and not (type(value) in (int, float) and 0 <= value < _FOREVER)
        ):
            return False
    return "Action" in event


_FOREVER = 1e9
"""Seconds; more than any test takes."""
