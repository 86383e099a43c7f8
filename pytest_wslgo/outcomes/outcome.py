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
