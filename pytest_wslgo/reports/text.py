"""A session's result for a terminal, laid out as pytest does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_wslgo.outcomes import State
from pytest_wslgo.reports import benchmarks, words
from pytest_wslgo.reports.escaping import for_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_wslgo.reports.result import Result, SessionResult

_WIDTH = 80


def render(session: SessionResult) -> Iterator[str]:
    """The report, a piece with its newline at a time; not yet safe for a terminal."""
    yield f"journal: {session.directory}\n"
    if session.go:
        yield f"{session.go}, tests of {session.rootdir}\n"
    bodies = words.Bodies(session)
    bad = [result for result in session.results if not result.outcome.state.green]
    failed = [result for result in bad if result.outcome.state is State.FAILED]
    # A test that did not run has a body only where more than its reason is known.
    others = [result for result in bad if result not in failed and _says_more(result)]
    yield from _section("FAILURES", failed, bodies)
    if others or session.faults:
        yield _rule(" ERRORS ", "=")
        yield from _bodies(others, bodies)
        for fault in session.faults:
            yield _rule(f" {fault.subject} ", "_")
            yield bodies.of_fault(fault)
    figures = [
        benchmarks.told(result.outcome.benchmark)
        for result in session.results
        if result.outcome.benchmark is not None
    ]
    if figures:
        yield _rule(" benchmarks ", "=")
        yield from (f"{line}\n" for line in benchmarks.render(figures))
    if bad or session.faults:
        yield _rule(" short test summary info ", "=")
    for result in bad:
        if not result.pending or result.outcome.reason == "it runs":
            yield _line(words.label(result), result, bodies.shorten(words.cause(result)))
    for fault in session.faults:
        yield f"ERROR {for_line(fault.subject)} - {for_line(bodies.shorten(fault.reason))}\n"
    yield _rule(f" {for_line(words.summary(session))} ", "=")


def _section(title: str, results: Sequence[Result], bodies: words.Bodies) -> Iterator[str]:
    if results:
        yield _rule(f" {title} ", "=")
        yield from _bodies(results, bodies)


def _bodies(results: Sequence[Result], bodies: words.Bodies) -> Iterator[str]:
    for result in results:
        yield _rule(f" {result.name} ", "_")
        yield bodies.of_result(result)


def _says_more(result: Result) -> bool:
    return bool(result.outcome.output.strip() or result.outcome.detail)


def _line(label: str, result: Result, reason: str) -> str:
    group = f"[{result.group}] " if result.group else ""
    return f"{label} {group}{for_line(result.node_id)} - {for_line(reason)}\n"


def _rule(text: str, character: str) -> str:
    return for_line(text).join("  ").center(_WIDTH, character) + "\n"
