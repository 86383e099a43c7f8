"""The result lines of a package's benchmarks, put together from its output.

Go writes a line in pieces, the name before the benchmark runs and its figures afterwards, and with
``-count`` or ``-cpu`` credits all but a name's first line to no test (benchmark.go,
``(*B).run1`` and ``processBench``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_wslgo.outcomes.outcome import Benchmark, BenchmarkResult

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_LABEL = re.compile(r"(goos|goarch|pkg|cpu): \S")
_LINE = re.compile(r"(Benchmark\S*)[ \t]+((\d+)[ \t]+(\S.*))")
_LONGEST = 64 * 1024
"""Characters; a line that is longer is no result."""
_MOST = 10_000
"""Results that are kept of one benchmark; the journal keeps all."""


class Results:
    """Takes all output of a package; ``selected`` are its top-level names."""

    def __init__(self, selected: Collection[str]) -> None:
        self._found: dict[str, list[BenchmarkResult]] = {
            name: [] for name in selected if name.startswith("Benchmark")
        }
        self._labels: dict[str, str] = {}
        self._names: set[str] = set(self._found)
        self._line = ""

    def feed(self, test: str, output: str) -> None:
        """Take a piece of output, and the name of the test that it is credited to, or none."""
        if test.startswith("Benchmark"):
            self._names.add(test)
        line = self._line + output
        if not line.endswith("\n"):
            self._line = line if len(line) < _LONGEST else ""
            return
        self._line = ""
        if line.startswith("Benchmark"):
            self._take(line.rstrip("\n"))
        elif not any(self._found.values()) and (label := _LABEL.match(line)) is not None:
            self._labels.setdefault(label[1], line.rstrip("\n"))

    def of(self, benchmark: str) -> Benchmark | None:
        """The results of a benchmark and its sub-benchmarks; None if there are none."""
        results = self._found.get(benchmark)
        return Benchmark(tuple(self._labels.values()), tuple(results)) if results else None

    def _take(self, line: str) -> None:
        match = _LINE.fullmatch(line)
        metrics = tuple(_metrics(match[4])) if match is not None else ()
        if match is None or not metrics:
            return
        name, procs = self._split(match[1])
        found = self._found.get(name.partition("/")[0])
        if found is not None and len(found) < _MOST:
            result = BenchmarkResult(name, procs, int(match[3]), metrics, match[2].strip())
            found.append(result)

    def _split(self, name: str) -> tuple[str, int]:
        """The name and the number of CPUs, which Go appends unless it is 1.

        A sub-benchmark may have a name that ends in a number itself: it is known from its events.
        """
        start, _, number = name.rpartition("-")
        if name in self._names or not number.isdecimal():
            return name, 1
        return start, int(number)


def _metrics(text: str) -> Iterator[tuple[str, float]]:
    """Pairs of a value and a unit, none if it is anything else."""
    words = text.split()
    if len(words) % 2:
        return
    try:
        values = [float(word) for word in words[::2]]
    except ValueError:
        return
    yield from zip(words[1::2], values, strict=True)
