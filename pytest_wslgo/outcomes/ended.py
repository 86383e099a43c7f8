"""The outcome of a test whose end Go has told, and what is kept of its subtests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_wslgo.outcomes import benchmark, lines
from pytest_wslgo.outcomes.outcome import Outcome, State, SubOutcome
from pytest_wslgo.outcomes.text import Text
from pytest_wslgo.outcomes.wording import not_run

if TYPE_CHECKING:
    from pytest_wslgo.outcomes.outcome import Location
    from pytest_wslgo.outcomes.package import PackageState
    from pytest_wslgo.outcomes.teststate import TestState

FAMILY = 4 * 1024 * 1024
"""Characters that the ended subtests of one test may hold together."""
_LONGEST_REASON = 500
NO_MESSAGE = "failed without a message"
"""The reason of a failure of which Go told none."""
_WORDS = {State.PASSED: "PASS", State.FAILED: "FAIL", State.SKIPPED: "SKIP"}


def ended(test: TestState) -> Outcome:
    """The outcome of a test whose end Go has told."""
    state = test.state
    assert state is not None
    output = report(test, state)
    reason, location = _why(state, output, test)
    children = sub_outcomes(
        test, state, (reason, location) if reason.startswith(lines.CRASH) else None
    )
    return noted(test, Outcome(state, test.elapsed, output, reason, location, children))


def noted(test: TestState, outcome: Outcome) -> Outcome:
    """An outcome with what was noted of its test beside its output."""
    return replace(
        outcome,
        races=len(test.races) or int(bool(test.near_race) and outcome.reason == test.near_race),
        attributes=tuple(test.attributes),
        artifacts=tuple(dict.fromkeys(test.artifacts)),
    )


def corrected(known: Outcome, test: TestState) -> Outcome:
    """The outcome of a test that was told to have ended well, and then to have failed after all."""
    later = ended(test)
    output = known.output + later.output
    reason, location = _why(later.state, output, test)
    return replace(later, output=output, reason=reason, location=location, children=known.children)


def condense(top: TestState, child: TestState) -> None:
    """Keep of an ended subtest's output only what it says, where its family holds plenty.

    100,000 subtests with 2 kB each would fill the memory, and no report shows more than a part.
    """
    state = child.state
    if child.output is None or state is None:
        return
    if top.held + child.output.size <= FAMILY:
        top.held += child.output.size
        return
    child.told = _why(state, own_output(child), child)
    child.output = None


def forget(package: PackageState, test: TestState) -> None:
    """Free what a finished test held; its name stays known, so that late output is not lost."""
    for child in test.children:
        package.tests.pop(child.name, None)
    test.children = []
    test.output = None


def report(test: TestState, state: State) -> str:
    """A test's output as `go test` without -v lays it out: its own, then its failed subtests'."""
    if not test.children or state is State.SKIPPED:
        return own_output(test)
    text = Text(test.limit)
    text.append(own_output(test))
    for child in test.children:
        child_state = child.state or (State.FAILED if state is State.FAILED else State.PASSED)
        if child.output is None and child_state.green:
            continue
        if child_state is state or not child_state.green:
            text.append(f"    --- {_WORDS[child_state]}: {child.name} ({child.elapsed:.2f}s)\n")
            text.append(own_output(child))
    return str(text)


def sub_outcomes(
    parent: TestState, state: State, crash: tuple[str, Location | None] | None
) -> tuple[SubOutcome, ...]:
    """The subtests of a test; ``crash`` is what ended it, for those that say nothing themselves."""
    return tuple(_sub_outcome(parent, state, child, crash) for child in parent.children)


def _sub_outcome(
    parent: TestState,
    parent_state: State,
    child: TestState,
    crash: tuple[str, Location | None] | None,
) -> SubOutcome:
    state = child.state
    if state is None and benchmark.has_result(child):
        state = State.PASSED
    if state is None:
        # A subtest without an end died with its parent: it is never better than that.
        state = State.FAILED if parent_state is State.FAILED else State.DID_NOT_RUN
        if child.paused or not child.running:
            state = State.DID_NOT_RUN
    reason, location = child.told or _why(state, own_output(child), child)
    if state is State.FAILED and reason == NO_MESSAGE and crash is not None:
        reason, location = crash
    elif state is State.DID_NOT_RUN:
        reason, location = not_run(child, crash[0] if crash else "its parent ended"), None
    return SubOutcome(child.name[len(parent.name) + 1 :], state, child.elapsed, reason, location)


def _why(state: State, output: str, test: TestState) -> tuple[str, Location | None]:
    if state is State.PASSED:
        return "", None
    if state is State.SKIPPED:
        reason, location = lines.last_message(output)
        reason = reason or "skipped without a reason"
    else:
        # From Go 1.27 on it is known which line is an error and which a log; before, the last is.
        error = test.error
        reason, location = lines.first_message(error) if error else lines.last_error(output)
        reason = reason or NO_MESSAGE
        if reason in (lines.RACE, NO_MESSAGE) and (test.races or test.near_race):
            # Go's own words say that there was a race, and not which.
            reason = test.races[0].reason if test.races else test.near_race
            location = test.races[0].location if test.races else location
    return (reason if len(reason) <= _LONGEST_REASON else f"{reason[:_LONGEST_REASON]}…"), location


def own_output(test: TestState | None) -> str:
    """What a test printed itself; empty for one that never started."""
    return str(test.output) if test is not None and test.output is not None else ""
