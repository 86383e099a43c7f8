"""The result lines of benchmarks, in the pieces in which Go writes them."""

from __future__ import annotations

import pytest

from pytest_wslgo.outcomes import BenchmarkResult, Outcome, State, figures
from pytest_wslgo.outcomes.results import Results

SELECTED = ("TestA", "BenchmarkSum", "BenchmarkTable")
HEADER = [
    ("", "goos: linux\n"),
    ("", "goarch: amd64\n"),
    ("", "pkg: m\n"),
    ("", "cpu: AMD EPYC\n"),
]


def fed(*pieces: tuple[str, str]) -> Results:
    """What was found in these pieces of output, each with the test that it is credited to."""
    results = Results(SELECTED)
    for test, output in pieces:
        results.feed(test, output)
    return results


def found(results: Results, name: str) -> list[tuple[str, int, int]]:
    """Name, CPUs and iterations of each result."""
    benchmark = results.of(name)
    return [
        (each.name, each.procs, each.iterations)
        for each in (benchmark.results if benchmark is not None else ())
    ]


def test_a_result_in_two_pieces() -> None:
    """The name comes first, the figures when it has run; units of any kind are kept."""
    results = fed(
        *HEADER,
        ("BenchmarkSum", "BenchmarkSum\n"),
        ("BenchmarkSum", "BenchmarkSum-2     \t"),
        ("BenchmarkSum", "    1000\t        13.54 ns/op\t163666.12 MB/s\t1000000000 p99-ns/op\n"),
    )

    benchmark = results.of("BenchmarkSum")
    assert benchmark is not None
    assert benchmark.labels == ("goos: linux", "goarch: amd64", "pkg: m", "cpu: AMD EPYC")
    assert benchmark.results == (
        BenchmarkResult(
            "BenchmarkSum",
            2,
            1000,
            (("ns/op", 13.54), ("MB/s", 163666.12), ("p99-ns/op", 1e9)),
            "1000\t        13.54 ns/op\t163666.12 MB/s\t1000000000 p99-ns/op",
        ),
    )


def test_repetitions_are_credited_to_no_test() -> None:
    """With -count and -cpu all but the first line come from the package."""
    results = fed(
        ("BenchmarkSum", "BenchmarkSum       \t    10\t 13 ns/op\n"),
        ("", "BenchmarkSum       \t"),
        ("", "    11\t 13 ns/op\n"),
        ("", "BenchmarkSum-2     \t    12\t 13 ns/op\n"),
    )

    assert found(results, "BenchmarkSum") == [
        ("BenchmarkSum", 1, 10),
        ("BenchmarkSum", 1, 11),
        ("BenchmarkSum", 2, 12),
    ]


def test_names_that_end_in_a_number() -> None:
    """A sub-benchmark called n-2 on one CPU is not n on two."""
    results = fed(
        ("BenchmarkTable/n-2", "BenchmarkTable/n-2\n"),
        ("BenchmarkTable/n-2", "BenchmarkTable/n-2   \t    10\t 13 ns/op\n"),
        ("", "BenchmarkTable/n-2-4   \t    11\t 13 ns/op\n"),
        ("BenchmarkTable/x#01", "BenchmarkTable/x#01-4   \t    12\t 13 ns/op\n"),
    )

    assert found(results, "BenchmarkTable") == [
        ("BenchmarkTable/n-2", 1, 10),
        ("BenchmarkTable/n-2", 4, 11),
        ("BenchmarkTable/x#01", 4, 12),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "BenchmarkSum\n",
        "BenchmarkSum-2\n",
        "BenchmarkSum-2  \tprinted 5 ns/op\n",
        "BenchmarkSum-2  \t 10\t 13 ns/op 5\n",
        "BenchmarkSum-2  \t 10\t thirteen ns/op\n",
        "BenchmarkOther  \t 10\t 13 ns/op\n",
        "Benchmark\n",
        "--- BENCH: BenchmarkSum-2\n",
    ],
)
def test_no_results(line: str) -> None:
    """What is no whole result line of a selected benchmark is none."""
    results = fed(("BenchmarkSum", line))

    assert [results.of(name) for name in SELECTED] == [None, None, None]


def test_a_line_without_an_end() -> None:
    """Megabytes without a newline are neither kept nor searched again and again."""
    results = fed(*[("", "x" * 1024)] * 4096, ("", "\n"), ("", "BenchmarkSum  \t 10\t 13 ns/op\n"))

    assert len(found(results, "BenchmarkSum")) == 1


def test_properties() -> None:
    """Whole numbers are integers; several CPUs are told apart; each repetition is there."""
    results = fed(
        ("", "BenchmarkTable/x   \t 10\t 13.5 ns/op\t 8 B/op\n"),
        ("", "BenchmarkTable/x   \t 10\t 14.5 ns/op\t 8 B/op\n"),
        ("", "BenchmarkTable/x-2 \t 10\t 7 ns/op\n"),
        ("", "BenchmarkTable-2 \t 3\t 1 ns/op\n"),
    )
    # Without an event of its own "x-2" may only be x on two CPUs.
    outcome = Outcome(State.PASSED, benchmark=results.of("BenchmarkTable"))

    assert figures(outcome) == [
        ("x -cpu=1: iterations", 10),
        ("x -cpu=1: ns/op", 13.5),
        ("x -cpu=1: B/op", 8),
        ("x -cpu=1: iterations", 10),
        ("x -cpu=1: ns/op", 14.5),
        ("x -cpu=1: B/op", 8),
        ("x -cpu=2: iterations", 10),
        ("x -cpu=2: ns/op", 7),
        ("-cpu=2: iterations", 3),
        ("-cpu=2: ns/op", 1),
    ]
