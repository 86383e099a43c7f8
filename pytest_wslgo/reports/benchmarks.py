"""The figures of benchmarks, laid out as ``go test -bench`` does it: benchstat reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_wslgo.reports.escaping import for_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_wslgo.outcomes import Benchmark

Told = tuple[tuple[str, ...], list[tuple[str, str]]]
"""The labels of a package, and for each result its name and its figures: of simple types."""


def told(benchmark: Benchmark) -> Told:
    """The form in which reports carry results; names have the number of CPUs, as Go's do."""
    return benchmark.labels, [
        (f"{each.name}-{each.procs}" if each.procs > 1 else each.name, each.figures)
        for each in benchmark.results
    ]


def render(benchmarks: Iterable[Told]) -> Iterator[str]:
    """Lines: the labels of each package once, then its results in columns (benchmark.go)."""
    packages: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for labels, results in benchmarks:
        packages.setdefault(tuple(labels), []).extend(results)
    for header, lines in packages.items():
        yield from map(for_line, header)
        width = max(len(name) for name, _ in lines)
        for name, figures in lines:
            iterations, _, rest = figures.partition("\t")
            yield f"{name:<{width}}\t{iterations.strip():>8}\t{rest}"
