"""From the journals of a session to what it had found, however it ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import psutil

from pytest_wslgo.errors import JournalError
from pytest_wslgo.execution import Journal
from pytest_wslgo.execution.follow import Follower
from pytest_wslgo.outcomes import Outcome, State
from pytest_wslgo.reports.finding import find_runs
from pytest_wslgo.reports.plan import read_plan
from pytest_wslgo.reports.result import Fault, Result, SessionResult
from pytest_wslgo.reports.witness import Witness

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pytest_wslgo.outcomes.shortage import Signs
    from pytest_wslgo.reports.plan import Plan

_NO_END = "the run has no end in its journal"

_LATEST = 253402300799.0
"""The last second that ``datetime`` knows, in the year 9999."""


@dataclass(frozen=True, slots=True)
class _RunRead:
    """A journal that has been read; ``began`` and ``times`` are seconds since the epoch."""

    directory: Path
    plan: Plan
    witnesses: Sequence[Witness]
    running: bool
    began: float
    times: Sequence[float]
    damaged_log: int


def read_session(path: Path) -> SessionResult:
    """Read what a session had found.

    Args:
        path: A run, a session or all journals, as ``find_runs`` takes it.

    Raises:
        JournalError: There is no run. One that is there and cannot be read stands in the result.
    """
    directories = find_runs(path)
    runs: list[_RunRead] = []
    unreadable: list[str] = []
    for directory in directories:
        try:
            runs.append(_read_run(directory))
        except JournalError as error:
            unreadable.append(str(error))
    # In the order in which they were started, so that of several attempts the last one counts.
    runs.sort(key=lambda run: run.began)
    times = [time for run in runs for time in run.times]
    began = min(times, default=0.0)
    return SessionResult(
        directory=directories[0] if len(directories) == 1 else _common(directories),
        results=tuple(_results(runs)),
        faults=tuple(fault for run in runs for fault in _faults(run)),
        causes=tuple(dict.fromkeys(each.cause for run in runs for each in _cut(run))),
        running=any(run.running for run in runs),
        began=began,
        seconds=max(times, default=0.0) - began,
        go=next((run.plan.go for run in runs), ""),
        rootdir=next((run.plan.rootdir for run in runs), ""),
        unreadable=tuple(unreadable),
    )


def _common(directories: Sequence[Path]) -> Path:
    others = [set(directory.parents) for directory in directories[1:]]
    return next(each for each in directories[0].parents if all(each in more for more in others))


def _read_run(directory: Path) -> _RunRead:
    journal = Journal(directory)
    plan = read_plan(journal)

    def signs(index: int) -> Signs | None:
        return follower.signs(index)

    witnesses = [
        Witness(invocation, partial(signs, index))
        for index, invocation in enumerate(plan.invocations)
    ]
    follower = Follower(journal, witnesses)
    try:
        follower.poll()
        running = not follower.done and _is_runner(follower.runner_pid, directory)
        if not running:
            follower.poll()  # its last words may have come in between
            if not follower.done:
                follower.give_up(lost=_NO_END)
    except OSError as error:
        raise JournalError(f"cannot read the journal {directory}: {error.strerror}") from error
    times = [time for witness in witnesses for time in witness.times]
    noted = [time for time in (follower.began, follower.noted) if 0 < time < _LATEST]
    began = min(noted or times, default=0.0)
    return _RunRead(directory, plan, witnesses, running, began, times + noted, follower.damaged)


def _is_runner(pid: int, directory: Path) -> bool:
    """Whether a process is the runner of this journal, and not another one with its number."""
    try:
        process = psutil.Process(pid)
        line = process.cmdline()
        return (
            process.status() != psutil.STATUS_ZOMBIE
            and bool(line)
            and line[-1] in (str(directory.absolute()), str(directory.resolve()))
        )
    except (psutil.Error, ValueError, OverflowError):
        return False


def _results(runs: Sequence[_RunRead]) -> Iterator[Result]:
    groups = {run.directory.parent for run in runs}
    found: dict[tuple[Path, str], Result] = {}
    for run in runs:
        group = run.directory.parent
        for result in _run_results(run):
            key = (group, result.node_id)
            before = found.get(key)
            found[key] = replace(
                result,
                group=group.name if len(groups) > 1 else "",
                reruns=before.reruns + 1 if before is not None else 0,
            )
    yield from found.values()
    yield from _never_started(runs, {node_id for _, node_id in found})


def _never_started(runs: Sequence[_RunRead], known: set[str]) -> Iterator[Result]:
    """The tests whose runs were to come later, and of which there is no run."""
    reason = "its run was to start when its fixtures are up, and has not started"
    for node_id in dict.fromkeys(node_id for run in runs for node_id in run.plan.later):
        if node_id not in known:
            name = node_id.rpartition("::")[2]
            yield Result(node_id, name, Outcome(State.DID_NOT_RUN, reason=reason))


def _run_results(run: _RunRead) -> Iterator[Result]:
    selected = {
        (invocation.cwd, path, name): witness
        for invocation, witness in zip(run.plan.invocations, run.witnesses, strict=True)
        for path, names in witness.selected.items()
        for name in names
    }
    for node_id, (cwd, path, name) in run.plan.items:
        witness = selected[cwd, path, name]
        outcome = witness.outcome(path, name)
        if outcome is not None:
            end = witness.ledger.end(path)
            cached = end is not None and end.cached
            yield Result(node_id, name, outcome, cached=cached, race_off=witness.race_off)
        else:
            started = witness.has_started(path, name)
            reason = "it runs" if started else "it has not started"
            yield Result(node_id, name, Outcome(State.DID_NOT_RUN, reason=reason), pending=True)


def _cut(run: _RunRead) -> Iterator[Witness]:
    return (witness for witness in run.witnesses if witness.cause)


def _faults(run: _RunRead) -> Iterator[Fault]:
    tests = {key: node_id for node_id, key in run.plan.items}
    for index, witness in enumerate(run.witnesses):
        ledger = witness.ledger
        for path in ledger.packages:
            end = ledger.end(path)
            if end is not None and end.fault:
                cwd = run.plan.invocations[index].cwd
                package = run.plan.packages.get((cwd, path), f"package {path}")
                subject = tests.get((cwd, path, end.blamed), package)
                yield Fault(subject, end.fault, end.output, end.detail)
        if ledger.fault is not None:
            yield Fault("go test", ledger.fault.key, ledger.fault.text)
        if witness.damaged:
            reason = f"{index}.stdout is damaged: {witness.damaged} of its lines cannot be read"
            yield Fault(f"journal {run.directory.name}", reason)
    if run.damaged_log:
        reason = f"log.jsonl is damaged: {run.damaged_log} of its lines cannot be read"
        yield Fault(f"journal {run.directory.name}", reason)
