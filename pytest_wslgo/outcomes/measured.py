"""The figures of a benchmark or of fuzzing as properties of a test: for JUnit and its like."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_wslgo.outcomes.outcome import Benchmark, Outcome


def figures(outcome: Outcome) -> list[tuple[str, float]]:
    """Names and values: ``ns/op``, ``sub: ns/op``, ``fuzz execs``; whole numbers are integers.

    A benchmark that ran several times (``-count``) has each name as often, in that order.
    """
    found: list[tuple[str, float]] = []
    if outcome.benchmark is not None:
        found += _of_benchmark(outcome.benchmark)
    fuzzing = outcome.fuzzing
    if fuzzing is not None and fuzzing.execs is not None:
        found.append(("fuzz execs", fuzzing.execs))
    if fuzzing is not None and fuzzing.interesting is not None:
        found.append(("fuzz new interesting", fuzzing.interesting))
    return found


def _of_benchmark(benchmark: Benchmark) -> Iterator[tuple[str, float]]:
    several = len({result.procs for result in benchmark.results}) > 1
    for result in benchmark.results:
        _, _, below = result.name.partition("/")
        # With -cpu=1,2 the same name stands for different machines.
        words = [below] if below else []
        if several:
            words.append(f"-cpu={result.procs}")
        prefix = f"{' '.join(words)}: " if words else ""
        yield f"{prefix}iterations", result.iterations
        for unit, value in result.metrics:
            yield prefix + unit, int(value) if value.is_integer() else value
