"""What is to be run: packages with the tests that are wanted of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True, slots=True)
class PackageSelection:
    """One package and its part of the selection.

    ``tests`` are all names that a run without a filter executes, ``wanted`` those that shall be
    executed, in the order of their files; for a package without tests both are empty. Benchmarks
    are apart, as `go test` runs them by another flag; so are fuzz targets that shall be ``fuzzed``,
    each of which needs a process of its own.
    """

    import_path: str
    tests: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    benchmarks: tuple[str, ...] = ()
    fuzzed: tuple[str, ...] = ()

    @property
    def unwanted(self) -> Collection[str]:
        """The tests that must not be executed."""
        return set(self.tests).difference(self.wanted)

    @property
    def whole(self) -> bool:
        """Whether the package needs no filter."""
        return not self.unwanted

    @property
    def names(self) -> tuple[str, ...]:
        """All names of which an outcome is expected, but for those that are fuzzed."""
        return self.wanted + self.benchmarks
