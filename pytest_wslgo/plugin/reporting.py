"""From outcomes to pytest's reports: Go's time, places and output, and the subtests."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from pytest_wslgo.outcomes import NO_MESSAGE, State
from pytest_wslgo.plugin import private
from pytest_wslgo.plugin.failures import GoFailure, PackageFault, describe
from pytest_wslgo.reports import benchmarks
from pytest_wslgo.reports.properties import CACHED, RACES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_wslgo.outcomes import SubOutcome
    from pytest_wslgo.plugin.nodes import GoItem
    from pytest_wslgo.plugin.texts import Texts

_FINAL = ("passed", "failed", "skipped")
"""Outcomes that are not "rerun", which pytest-rerunfailures gives to an attempt that counts not."""

FAULT = "wslgo_fault"
"""The attribute of a report that tells a package's fault: the package's key."""
BENCHMARK = "wslgo_benchmark"
"""The attribute of a report that carries a benchmark's results, of simple types likewise."""
SUBTESTS = "wslgo_subtests"
"""The attribute of a report that carries its subtests, of simple types as pytest-xdist needs."""


def complete(
    report: pytest.TestReport, item: GoItem, failure: BaseException | None, texts: Texts
) -> None:
    """Complete the report that pytest made of one phase of a Go item."""
    if report.when != "call" and isinstance(failure, GoFailure | PackageFault):
        _expect_nothing(report)
    if report.failed and isinstance(failure, GoFailure):
        text, path, line, message = describe(
            failure, texts, item.nodeid, item.path, item.test.line, item.package.place.root.dir
        )
        report.longrepr = private.native_failure(item.config, text, path, line, message)
    elif report.failed and isinstance(failure, PackageFault):
        message = failure.text.partition("\n")[0]
        path, line = str(item.path), item.test.line
        report.longrepr = private.native_failure(item.config, failure.text, path, line, message)
        setattr(report, FAULT, list(failure.package))
    outcome = item.outcome
    if outcome is None:
        return
    if report.when != "call":
        return
    report.duration = outcome.elapsed
    if outcome.benchmark is not None:
        setattr(report, BENCHMARK, benchmarks.told(outcome.benchmark))
    if outcome.state is State.SKIPPED and report.skipped and not hasattr(report, "wasxfail"):
        place = outcome.location
        path, line = (place.path, place.line) if place else (str(item.path), item.test.line)
        path = path if os.path.isabs(path) else str(item.path.parent / path)  # noqa: PTH117
        why = texts.shorten(outcome.reason)
        report.longrepr = (texts.short_path(path), line, f"Skipped: {why}")
    if outcome.output and outcome.state is not State.FAILED:
        report.sections.append(("Captured go test output", texts.shorten(outcome.output)))
    if outcome.children:
        told = _without_echoes(outcome.children)
        ordered = sorted(told, key=lambda child: child.state is not State.FAILED)
        setattr(report, SUBTESTS, [_simple(child, texts) for child in ordered])


def _without_echoes(children: Sequence[SubOutcome]) -> list[SubOutcome]:
    """Leave out subtests that failed only because one of their own did, which says why."""
    around: set[str] = set()
    for child in children:
        name = child.name if child.state is State.FAILED else ""
        while "/" in name and (name := name.rpartition("/")[0]) not in around:
            around.add(name)
    return [
        child
        for child in children
        if not (child.reason == NO_MESSAGE and child.state is State.FAILED and child.name in around)
    ]


def _expect_nothing(report: pytest.TestReport) -> None:
    """Take back what an xfail mark made of an error outside of the test's own call.

    The mark speaks of a test that fails, not of a package that does not build or of a test binary
    that dies after its tests; pytest would turn these into expected failures as well.
    """
    report.outcome = "failed"
    if hasattr(report, "wasxfail"):
        del report.wasxfail


def _simple(child: SubOutcome, texts: Texts) -> list[Any]:
    place = child.location
    path, line = (texts.short_path(place.path), place.line) if place else ("", 0)
    reason = texts.shorten(child.reason)
    return [child.name, child.state.value, child.elapsed, reason, path, line]


def with_remark(report: object, status: Any) -> Any:
    """A status, as pytest's hook gives it, with a remark behind its verbose word."""
    if type(report) is not pytest.TestReport or report.when != "call":
        return status
    said = _remark(dict(report.user_properties)) if "_test.go::" in report.nodeid else ""
    category, letter, word = status
    if said and word in ("PASSED", "FAILED"):
        return category, letter, f"{word} ({said})"
    return status


def _remark(properties: Mapping[str, object]) -> str:
    if RACES in properties:
        return "data race"
    return "cached" if CACHED in properties else ""


def told_fault(report: pytest.TestReport) -> tuple[str, str] | None:
    """The package whose fault a report tells, if it counts as failed (a rerun does not)."""
    package = getattr(report, FAULT, None)
    return (package[0], package[1]) if package and report.outcome == "failed" else None


def told_benchmark(report: pytest.TestReport) -> benchmarks.Told | None:
    """The results of a benchmark that a report carries, unless its attempt counts not."""
    told: benchmarks.Told | None = getattr(report, BENCHMARK, None)
    return told if report.outcome in _FINAL else None


def send_subtests(config: pytest.Config, report: pytest.TestReport) -> None:
    """Send reports of the subtests that a report carries, failed ones first.

    The session and the JUnit writer are left out: the first would count a failing test once more
    for each subtest (--maxfail counts tests), the second adds the times and results of all reports
    of a node to one test case. They have the parent's report, which holds everything.
    """
    children = getattr(report, SUBTESTS, None)
    if not children or report.outcome not in _FINAL or hasattr(report, "wasxfail"):
        return
    if config.get_verbosity(pytest.Config.VERBOSITY_SUBTESTS) <= 0:
        children = [child for child in children if child[1] != State.PASSED.value]
    failed = any(child[1] == State.FAILED.value for child in children)
    if not failed and config.pluginmanager.hasplugin("vscode_pytest"):
        # The editor keeps the first word it hears of a node: a passed subtest would be it.
        return
    if not children:
        return
    manager = config.pluginmanager
    others = [plugin for plugin in manager.get_plugins() if private.counts_by_item(plugin)]
    hook = manager.subset_hook_caller("pytest_runtest_logreport", others)
    for child in children:
        hook(report=_subtest(config, report, *child))


def _subtest(
    config: pytest.Config,
    parent: pytest.TestReport,
    name: str,
    state: str,
    elapsed: float,
    reason: str,
    path: str,
    line: int,
) -> pytest.TestReport:
    longrepr: object = None
    outcome = "passed"
    path = path or parent.location[0]
    line = line or (parent.location[1] or 0) + 1
    if state == State.SKIPPED.value:
        outcome, longrepr = "skipped", (path, line, f"Skipped: {reason}")
    elif state != State.PASSED.value:
        outcome = "failed"
        text = f"{path}:{line}: {reason}\n"
        longrepr = private.native_failure(config, text, path, line, reason)
    report = private.subtest_report(
        parent, name, outcome=outcome, longrepr=longrepr, duration=elapsed
    )
    if hasattr(parent, "node"):
        report.node = parent.node  # type: ignore[attr-defined]  # the worker, noted by pytest-xdist
    return report


def report_fault(config: pytest.Config, node_id: str, text: str) -> None:
    """Report an error that no item's own report shows.

    It is a package's, such as one without tests that does not build; or a test's, of which more
    became known after its end.
    """
    report = pytest.TestReport(
        nodeid=node_id,
        location=(node_id.partition("::")[0], None, node_id.rpartition("::")[2]),
        keywords={},
        outcome="failed",
        longrepr=private.native_failure(config, text, node_id, 1, text.partition("\n")[0]),
        when="teardown" if "::" in node_id else "setup",
    )
    config.hook.pytest_runtest_logreport(report=report)
