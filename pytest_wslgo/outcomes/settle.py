"""Turning what is known of a test or a package into its outcome."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_wslgo.outcomes import lines
from pytest_wslgo.outcomes.clock import seconds_between
from pytest_wslgo.outcomes.outcome import Detail, Outcome, PackageOutcome, State, SubOutcome
from pytest_wslgo.outcomes.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_wslgo.outcomes.crash import Crash
    from pytest_wslgo.outcomes.outcome import Location
    from pytest_wslgo.outcomes.package import PackageState, TestState


def ended(test: TestState) -> Outcome:
    """The outcome of a test whose end Go has told."""
    state = test.state
    assert state is not None
    output = _report(test, state)
    reason, location = _why(state, output, test.error)
    return Outcome(
        state,
        test.elapsed,
        output,
        reason,
        location,
        tuple(_sub_outcome(test, child) for child in test.children),
    )


def forget(package: PackageState, test: TestState) -> None:
    """Free what a finished test held; its name stays known, so that late output is not lost."""
    for child in test.children:
        package.tests.pop(child.name, None)
    test.children = []
    test.output = None


def open_outcomes(
    package: PackageState, names: Sequence[str], build: Detail | None, silence: str
) -> Iterator[tuple[str, Outcome]]:
    """Outcomes for the selected tests of an ended package of whose end Go told nothing.

    Args:
        package: The package, ended.
        names: Those tests.
        build: The build that failed and took the package with it.
        silence: Why there is no end of the package itself; empty if there is one.
    """
    crash = package.crash()
    for name in dict.fromkeys(names):
        test = package.tests.get(name)
        if test is not None and test.ended:
            yield name, ended(test)
        elif build is not None:
            reason = f"does not build: {_headline(build)}"
            yield name, Outcome(State.ERRORED, reason=reason, detail=build)
        elif name.startswith("Benchmark") and _has_result(package, test, name):
            yield name, Outcome(State.PASSED, output=_own(test))
        else:
            yield name, _unended(package, name, test, crash, silence)


def _unended(
    package: PackageState, name: str, test: TestState | None, crash: Crash | None, silence: str
) -> Outcome:
    started = test is not None and test.running and not test.paused
    if crash is not None:
        return _after_crash(package, name, test, crash)
    if package.state is State.FAILED and started and _alone(package):
        reason = f"the test binary ended{_status(package)} while it ran (os.Exit? a signal?)"
        return Outcome(State.FAILED, _lasted(package, test), _own(test), reason)
    reason = _not_run(test, _why_unended(package, silence))
    detail = None
    if package.output:
        detail = Detail(f"package {package.import_path}", str(package.output))
    return Outcome(State.DID_NOT_RUN, output=_own(test), reason=reason, detail=detail)


def _why_unended(package: PackageState, silence: str) -> str:
    if package.state is None:
        return silence
    if package.state is State.PASSED:
        return (
            "the test binary ended with success before this test did "
            "(os.Exit(0)? TestMain without m.Run?)"
        )
    names = ", ".join(other.name for other in package.unfinished())
    return f"the test binary ended{_status(package)}" + (f" while {names} ran" if names else "")


def _after_crash(package: PackageState, name: str, test: TestState | None, crash: Crash) -> Outcome:
    trace = str(package.trace)
    lone = [each.name for each in package.unfinished()] if not crash.tests else []
    guilty = crash.tests or (tuple(lone) if len(lone) == 1 else ())
    if name in guilty:
        own = _own(test)
        # test2json credits the trace to the test that was named last: often this one.
        output = own if trace.partition("\n")[0] in own else own + trace
        reason, location = lines.first_message(trace)
        reason = crash.happened if crash.timed_out else reason
        return Outcome(State.FAILED, _lasted(package, test), output, reason, location)
    # The trace stands under the guilty test; where there is none, the others share it.
    shared = None if guilty else Detail(f"crash {package.import_path}", trace)
    cause = replace(crash, tests=guilty).happened
    return Outcome(State.DID_NOT_RUN, reason=_not_run(test, cause), detail=shared)


def _status(package: PackageState) -> str:
    return f" with {package.exit_line}" if package.exit_line else ""


def _lasted(package: PackageState, test: TestState | None) -> float:
    """Seconds from a test's start to the last word of its package, where it has no end."""
    if test is None or not test.started:
        return 0.0
    return max(seconds_between(test.started, package.last_time), 0.0)


def package_end(
    package: PackageState, build: Detail | None, silence: str, *, shown: bool
) -> PackageOutcome:
    """The package's own outcome; ``shown`` says that a test of it shows the failure already."""
    state = package.state or State.ERRORED
    fault = ""
    if not state.green and not shown:
        if build is not None:
            fault = f"does not build: {_headline(build)}"
        elif silence:
            fault = silence
        else:
            fault = f"the package failed{_status(package)}, but none of its selected tests did"
    detail = build or (
        Detail(f"crash {package.import_path}", str(package.trace)) if package.trace else None
    )
    output = str(package.output)
    if fault and detail is None:
        output += _unselected_failures(package)
    return PackageOutcome(
        package.import_path, state, package.elapsed, package.cached, output, fault, detail
    )


def _unselected_failures(package: PackageState) -> str:
    """What tests outside the selection said, where they alone can explain the failure."""
    return "".join(
        _report(test, State.FAILED)
        for name, test in package.tests.items()
        if "/" not in name and name not in package.selected and State.FAILED in test.ended
    )


def _report(test: TestState, state: State) -> str:
    """A test's output as `go test` without -v lays it out: its own, then its failed subtests'."""
    if not test.children or state is State.SKIPPED:
        return _own(test)
    text = Text()
    text.append(_own(test))
    for child in test.children:
        child_state = child.state or (State.FAILED if state is State.FAILED else State.PASSED)
        if child.output is None and child_state.green:
            continue
        if child_state is state or not child_state.green:
            text.append(f"    --- {_WORDS[child_state]}: {child.name} ({child.elapsed:.2f}s)\n")
            text.append(_own(child))
    return str(text)


_WORDS = {State.PASSED: "PASS", State.FAILED: "FAIL", State.SKIPPED: "SKIP"}


def _sub_outcome(parent: TestState, child: TestState) -> SubOutcome:
    # A subtest without an end died with its parent: it is never better than that.
    state = child.state or (State.FAILED if parent.state is State.FAILED else State.DID_NOT_RUN)
    reason, location = _why(state, _own(child), child.error)
    return SubOutcome(child.name[len(parent.name) + 1 :], state, child.elapsed, reason, location)


def _why(state: State, output: str, error: str) -> tuple[str, Location | None]:
    if state is State.PASSED:
        return "", None
    if state is State.SKIPPED:
        reason, location = lines.last_message(output)
        return reason or "skipped without a reason", location
    # From Go 1.27 on it is known which line is an error and which a log; before, it is the last.
    reason, location = lines.first_message(error) if error else lines.last_error(output)
    return reason or "failed without a message", location


def _own(test: TestState | None) -> str:
    return str(test.output) if test is not None and test.output is not None else ""


def _alone(package: PackageState) -> bool:
    return len(package.unfinished()) == 1


def _not_run(test: TestState | None, cause: str) -> str:
    started = test is not None and test.running and not test.paused
    return f"did not run{' to its end' if started else ''}: {cause}"


def _headline(build: Detail) -> str:
    """The first line of a build's text that is not a heading."""
    said = (line.strip() for line in build.text.splitlines())
    return next((line for line in said if line and not line.startswith("# ")), build.key)


def _has_result(package: PackageState, test: TestState | None, name: str) -> bool:
    """Whether a benchmark's result line is there: benchmarks have no end event (gotestsum#413)."""
    if package.state is not State.PASSED:
        return False
    text = f"{_own(test)}{package.output}"
    return re.search(rf"^{re.escape(name)}(?:-\d+|/\S+)?\s+\d+\s", text, re.MULTILINE) is not None
