"""Events in, one Outcome for each test out."""

from __future__ import annotations

from pytest_wslgo.outcomes.ended import NO_MESSAGE
from pytest_wslgo.outcomes.ledger import Ledger
from pytest_wslgo.outcomes.measured import figures
from pytest_wslgo.outcomes.outcome import (
    Benchmark,
    BenchmarkResult,
    Detail,
    Fuzzing,
    Location,
    Outcome,
    PackageOutcome,
    State,
    SubOutcome,
)

__all__ = [
    "NO_MESSAGE",
    "Benchmark",
    "BenchmarkResult",
    "Detail",
    "Fuzzing",
    "Ledger",
    "Location",
    "Outcome",
    "PackageOutcome",
    "State",
    "SubOutcome",
    "figures",
]
