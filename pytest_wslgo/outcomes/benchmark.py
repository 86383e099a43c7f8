"""Benchmarks: no event tells that one has passed, its result line does (gotestsum#413)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_wslgo.outcomes.outcome import State

if TYPE_CHECKING:
    from pytest_wslgo.outcomes.package import PackageState
    from pytest_wslgo.outcomes.teststate import TestState


_FIGURES = re.compile(r"\s\d+\t\s*[\d.]+ ns/op")


def state(package: PackageState, benchmark: TestState) -> State | None:
    """What became of a benchmark without an end event; None if the stream does not prove it.

    It has passed if it is over (the next one ran, or the test binary came to its conclusion) and it
    or one of its sub-benchmarks printed a result; a failing one prints none. It was skipped if all
    of its sub-benchmarks were.
    """
    if not package.is_over(benchmark):
        return None
    ends = [child.state for child in benchmark.children if child.state is not None]
    if State.FAILED in ends:
        return None
    if any(has_result(each) for each in (benchmark, *benchmark.children)):
        return State.PASSED
    if package.state is State.PASSED and _FIGURES.search(str(benchmark.output or "")):
        return State.PASSED  # its figures stand behind something that it printed
    leaves_skipped = bool(ends) and all(end is State.SKIPPED for end in ends)
    return State.SKIPPED if leaves_skipped and len(ends) == len(benchmark.children) else None


def has_result(benchmark: TestState) -> bool:
    """Whether a benchmark printed a result: ``BenchmarkX-8  1000  12 ns/op``."""
    if benchmark.output is None or not benchmark.name.startswith("Benchmark"):
        return False
    result = rf"^{re.escape(benchmark.name)}(?:-\d+)?\s+\d+\s+\S+ \S+"
    return re.search(result, str(benchmark.output), re.MULTILINE) is not None
