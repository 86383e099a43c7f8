"""What became of a test, a subtest and a package: values, without behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class State(str, Enum):
    """The one state that every selected test ends in."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    ERRORED = "errored"
    """It could not be run: its package does not build, or `go` itself failed."""
    DID_NOT_RUN = "did not run"
    """Its package ended before the test did, or without the test."""

    @property
    def green(self) -> bool:
        """Whether a gate may stay open."""
        return self in (State.PASSED, State.SKIPPED)


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a source file; ``path`` is absolute where Go told so (``-fullpath``)."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Detail:
    """A long text that several outcomes share: a compiler's errors, a panic's trace.

    ``key`` is equal for outcomes with the same text, so that it is shown once.
    """

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class SubOutcome:
    """What became of a subtest. ``name`` is without the parent's: ``valid/empty``."""

    name: str
    state: State
    elapsed: float
    reason: str = ""
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class BenchmarkResult:
    """One result line of a benchmark or a sub-benchmark.

    ``name`` is without the number of CPUs, which is ``procs``: ``BenchmarkSum/n=10``. ``metrics``
    are pairs of a unit and its value (``ns/op``, ``B/op``, what ``b.ReportMetric`` was given), in
    Go's order; ``figures`` is the line after the name, as Go wrote it.
    """

    name: str
    procs: int
    iterations: int
    metrics: tuple[tuple[str, float], ...]
    figures: str


@dataclass(frozen=True, slots=True)
class Benchmark:
    """The results of one benchmark, several for each name with ``-count`` or ``-cpu``.

    ``labels`` are the lines that Go prints before a package's first result: goos, goarch, pkg, cpu.
    """

    labels: tuple[str, ...]
    results: tuple[BenchmarkResult, ...]


@dataclass(frozen=True, slots=True)
class Fuzzing:
    """What Go said of the inputs of a fuzz target.

    ``inputs`` are the names of those that failed: ``seed#0`` for the first ``f.Add``, else that of
    a file in ``testdata/fuzz/TARGET``. ``written`` is the one that fuzzing has found and saved.
    The other fields are None or False unless the target was fuzzed. ``idle``: it passed, and
    nothing but its seeds was executed.
    """

    inputs: tuple[str, ...] = ()
    written: str = ""
    execs: int | None = None
    interesting: int | None = None
    idle: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one selected top-level test.

    ``elapsed`` is Go's own figure, in seconds. ``output`` is what the test printed, without the
    framing lines of ``go test -v``; a failed test's holds its failed subtests' too. ``reason`` is
    one line: a skip's reason, a failure's first message, or why the test did not run.
    ``interrupted`` says that it did not run because somebody stopped the run. ``note`` is what a
    failure's output does not say: how the system or the deadline ended the test binary.
    ``races`` counts the race detector's reports that name the test. ``attributes`` are its
    ``t.Attr`` keys and values, ``artifacts`` the directories that ``t.ArtifactDir`` gave it; those
    of its subtests too.
    """

    state: State
    elapsed: float = 0.0
    output: str = ""
    reason: str = ""
    location: Location | None = None
    children: tuple[SubOutcome, ...] = ()
    detail: Detail | None = None
    interrupted: bool = False
    note: str = ""
    races: int = 0
    attributes: tuple[tuple[str, str], ...] = ()
    artifacts: tuple[str, ...] = ()
    benchmark: Benchmark | None = None
    fuzzing: Fuzzing | None = None


@dataclass(frozen=True, slots=True)
class PackageOutcome:
    """How one package's test binary ended.

    ``fault`` is empty unless the package failed in a way that none of its tests shows: an exit
    status after the last test, a race in ``TestMain``, a package without tests that does not build.
    ``blamed`` is the test that the fault is of, where it is known: a race that was found after the
    test had ended. ``races`` counts the race detector's reports; 0 where the package passed, as
    they are the tests' own words then.
    ``elapsed`` is in seconds; ``cached`` says that Go's test cache answered.
    """

    import_path: str
    state: State
    elapsed: float = 0.0
    cached: bool = False
    output: str = ""
    fault: str = ""
    detail: Detail | None = None
    blamed: str = ""
    races: int = 0
    measured: bool = False
    """Whether its test binary told a coverage."""
