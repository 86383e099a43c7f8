"""Outcomes for the tests of an ended package of whose end Go has told nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_wslgo.outcomes import benchmark, lines
from pytest_wslgo.outcomes.clock import seconds_between
from pytest_wslgo.outcomes.crash import place_in
from pytest_wslgo.outcomes.ended import ended, noted, own_output, report, sub_outcomes
from pytest_wslgo.outcomes.outcome import Detail, Outcome, State
from pytest_wslgo.outcomes.shortage import of_crash
from pytest_wslgo.outcomes.wording import failed_tests, headline, not_run, status, suspicion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_wslgo.outcomes.crash import Crash
    from pytest_wslgo.outcomes.outcome import Location, SubOutcome
    from pytest_wslgo.outcomes.package import PackageState
    from pytest_wslgo.outcomes.teststate import TestState


def open_outcomes(
    package: PackageState,
    names: Sequence[str],
    build: Detail | None,
    silence: str,
    *,
    broken: bool = False,
) -> Iterator[tuple[str, Outcome]]:
    """Outcomes for the selected tests of an ended package of whose end Go told nothing.

    Args:
        package: The package, ended.
        names: Those tests.
        build: The build that failed and took the package with it.
        silence: Why there is no end of the package itself; empty if there is one.
        broken: Whether that is because `go` itself failed.
    """
    crash = package.crash()
    rounds = max((test.starts for test in package.tests.values()), default=0)
    for name in dict.fromkeys(names):
        test = package.tests.get(name)
        if test is not None and _ended_for_good(package, test, silence, rounds):
            yield name, ended(test)
        elif build is not None:
            reason = f"does not build: {headline(build, package.signs)}"
            yield name, Outcome(State.ERRORED, reason=reason, detail=build)
        elif test is not None and (state := benchmark.state(package, test)) is not None:
            yield name, _benchmark(test, state)
        else:
            yield (
                name,
                _unended(package, name, test, crash, silence, broken=broken),
            )


def _ended_for_good(package: PackageState, test: TestState, silence: str, rounds: int) -> bool:
    """Whether a test, maybe one of several repetitions (``-count``), has all of its ends.

    Green ones are not all while it runs again, where the package has no end, or where it broke off
    in a round that the test did not come to; a failure stays.
    """
    if not test.ended or test.state is State.FAILED:
        return bool(test.ended)
    failed = package.state is State.FAILED or package.overruled
    broke_off = failed and not package.concluded
    missing = (
        package.concluded
        and len(test.ended) < package.rounds
        and not test.name.startswith("Benchmark")  # which are skipped once for all rounds
    )
    return not (silence or test.running or missing or (broke_off and len(test.ended) < rounds))


def _benchmark(test: TestState, state: State) -> Outcome:
    children = sub_outcomes(test, state, None)
    skipped = next((each for each in children if each.state is State.SKIPPED), None)
    if state is not State.SKIPPED or skipped is None:
        return Outcome(state, output=report(test, state), children=children)
    return Outcome(
        state, 0.0, report(test, state), skipped.reason, skipped.location, children=children
    )


def _unended(
    package: PackageState,
    name: str,
    test: TestState | None,
    crash: Crash | None,
    silence: str,
    *,
    broken: bool,
) -> Outcome:
    started = test is not None and test.running and not test.paused
    if crash is not None:
        return _after_crash(package, name, test, crash)
    if package.state is State.FAILED and test is not None and started and _alone(package):
        reason = f"the test binary ended{status(package)} while it ran"
        place = None
        if test.races:  # GORACE=halt_on_error=1
            reason, place = f"{test.races[0].reason}; {reason}", test.races[0].location
        else:
            reason += suspicion(package)
        children = sub_outcomes(test, State.FAILED, (reason, place))
        lasted, output = _lasted(package, test), own_output(test)
        outcome = Outcome(State.FAILED, lasted, output, reason, place, children, note=reason)
        return noted(test, outcome)
    if broken:
        return Outcome(State.ERRORED, reason=silence)
    reason = not_run(test, _why_unended(package, test, silence))
    detail = None
    if package.output:
        detail = Detail(f"package {package.import_path}", str(package.output))
    return Outcome(State.DID_NOT_RUN, output=own_output(test), reason=reason, detail=detail)


def _why_unended(package: PackageState, test: TestState | None, silence: str) -> str:
    if package.state is None:
        return silence
    if package.state is State.SKIPPED:
        return "`go test` found no test files in its package (build constraints?)"
    if package.state is State.PASSED:
        if "testing: warning: no tests to run" in str(package.output):
            return "the test binary has no such test (it says: no tests to run)"
        if "testing: warning: no fuzz tests to fuzz" in str(package.output):
            return "the test binary has no such fuzz target (it says: no fuzz tests to fuzz)"
        return (
            "the test binary ended with success before this test did "
            "(os.Exit(0)? TestMain without m.Run?)"
        )
    if test is not None and len(test.ended) < package.rounds and package.concluded:
        return f"it was run {len(test.ended)} of {package.rounds} times"
    names = ", ".join(other.name for other in package.unfinished())
    if names:
        return f"the test binary ended{status(package)} while {names} ran{suspicion(package)}"
    failed = ", ".join(failed_tests(package))
    if package.concluded:
        return (
            f"the test binary went no further after {failed} failed"
            if failed
            else "the test binary came to its end without it"
        )
    if not package.tests:
        return f"the test binary ended{status(package)} before any test ran (TestMain? init?)"
    return f"the test binary ended{status(package)} after {package.last_ended}"


def _after_crash(package: PackageState, name: str, test: TestState | None, crash: Crash) -> Outcome:
    trace = str(package.trace or "")
    lone = [each.name for each in package.unfinished()] if not crash.tests else []
    guilty = crash.tests or (tuple(lone) if len(lone) == 1 else ())
    if name in guilty:
        own = own_output(test)
        # test2json credits the trace to the test that was named last: often this one.
        output = own if trace.partition("\n")[0] in own else own + trace
        reason, location = lines.first_message(trace)
        shortage = of_crash(trace, package.signs)
        reason += shortage
        if crash.timed_out:
            reason = f"{crash.headline} while it ran" if package.struck else crash.happened
            # The stacks are within the test's output where they follow a line without an end.
            location = place_in(trace or own, name)
            if location is not None:
                reason = f"{reason}, at {location.path}:{location.line}"
        below = _after_crash_below(test, crash, (reason, location)) if test is not None else ()
        outcome = Outcome(
            State.FAILED,
            _lasted(package, test),
            output,
            reason,
            location,
            below,
            note=reason if shortage or package.struck else "",
        )
        return noted(test, outcome) if test is not None else outcome
    # The trace stands under the guilty test; where there is none, the others share it.
    known = (package.tests.get(each) for each in guilty)
    shown = package.trace_is_shown or any(each is None or not each.ended for each in known)
    shared = None if shown or not trace else Detail(f"crash {package.import_path}", trace)
    cause = replace(crash, tests=guilty).happened
    return Outcome(State.DID_NOT_RUN, reason=not_run(test, cause), detail=shared)


def _after_crash_below(
    test: TestState, crash: Crash, cause: tuple[str, Location | None]
) -> tuple[SubOutcome, ...]:
    """The subtests of the guilty test: of a timeout, those that it names have failed."""
    children = sub_outcomes(test, State.FAILED, cause)
    if not crash.timed_out:
        return children
    open_ones = {child.name for child in test.children if not child.ended}
    struck = open_ones.intersection(crash.subtests)
    told: list[SubOutcome] = []
    for child, known in zip(children, test.children, strict=True):
        if known.name in struck:
            told.append(replace(child, state=State.FAILED, reason=cause[0], location=cause[1]))
        elif known.name in open_ones:
            reason = not_run(known, cause[0])
            told.append(replace(child, state=State.DID_NOT_RUN, reason=reason, location=None))
        else:
            told.append(child)
    return tuple(told)


def _lasted(package: PackageState, test: TestState | None) -> float:
    """Seconds from a test's start to the last word of its package, where it has no end."""
    if test is None or not test.started:
        return 0.0
    return max(seconds_between(test.started, package.last_time), 0.0)


def _alone(package: PackageState) -> bool:
    return len(package.unfinished()) == 1
