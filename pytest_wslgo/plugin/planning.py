"""From the selected items to the invocations of a run."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_wslgo.environment import cache_mark, fingerprint, read_facts
from pytest_wslgo.errors import JournalError
from pytest_wslgo.execution import GoTest, PackageSelection, batches
from pytest_wslgo.plugin import private
from pytest_wslgo.plugin.constraints import Constraints
from pytest_wslgo.plugin.goflags import (
    has_benchtime,
    may_be_cached,
    repeats,
    setting_flags,
    split_args,
)
from pytest_wslgo.plugin.racing import race_in
from pytest_wslgo.toolchain.adapting import harmless
from pytest_wslgo.toolchain.goenv import setting

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import pytest

    from pytest_wslgo.execution import Invocation, Journal
    from pytest_wslgo.execution.plan import Batch
    from pytest_wslgo.plugin.collection import Index, IndexedPackage, Place
    from pytest_wslgo.plugin.goenviron import GoEnv
    from pytest_wslgo.plugin.gorun import PackageKey
    from pytest_wslgo.plugin.nodes import GoItem
    from pytest_wslgo.plugin.options import Settings
    from pytest_wslgo.toolchain import Toolchain

NO_CGO = "cgo_disabled"
"""The fixture that turns cgo off."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What all processes of a run have in common."""

    environ: dict[str, str]
    """The environment, as fixtures have left it."""
    mark: int
    """The number that Go's test cache tells environments apart by."""
    isolated: bool
    """Whether they run where there is no network but loopback."""
    reachable: str
    """Why they do not, where the session wants it."""
    cgo_disabled: bool
    """Whether a fixture has turned cgo off for all of the run's tests."""


@dataclass(frozen=True, slots=True)
class How:
    """What sets packages of one module apart, so that they need processes of their own."""

    anew: bool = False
    """Whether Go's test cache must not answer."""
    artifacts: bool = False
    """Whether what tests write into ``t.ArtifactDir()`` is kept."""
    malformed: bool = False
    """Whether `go` will refuse it for its name, and maybe all that is named with it."""


class Planner:
    """Knows how `go test` is called in this session."""

    def __init__(
        self,
        config: pytest.Config,
        settings: Settings,
        index: Index,
        toolchain: Toolchain,
        environ: GoEnv,
    ) -> None:
        self._config = config
        self._settings = settings
        self._index = index
        self._flags, self._binary_args = split_args(settings.args)
        self._toolchain = toolchain
        self._environ = environ
        self._constraints = Constraints(index, settings, self.environ())
        self.isolation = False
        """Whether processes can run where there is no network but loopback, and shall."""

    def untested(self, items: Iterable[GoItem]) -> list[PackageKey]:
        """The packages without tests that belong to the run, by their keys.

        `go test ./...` builds them too, and with coverage counts their statements; so they belong
        to a selection from which nothing was left out, and to no other.
        """
        collected: dict[PackageKey, set[str]] = {}
        for item in items:
            collected.setdefault(item.home, set()).add(item.name)
        found = []
        for entry in self._index.packages:
            if not self._index.visited(entry.package.dir):
                continue
            names = set(entry.names())
            if not names <= collected.get(entry.key, set()):
                return []
            if not names and entry.key not in collected:
                found.append(entry.key)
        return found

    def invocations(
        self,
        journal: Journal,
        items: Sequence[GoItem],
        untested: Sequence[PackageKey],
        *,
        again: bool,
    ) -> list[Invocation]:
        """The fewest processes that execute exactly these items.

        Args:
            journal: Where their profiles go.
            items: The selection, in the order of execution.
            untested: The keys of packages without tests.
            again: Whether the tests have run before in this session, so that a cached result
                would be no answer.
        """
        wanted: dict[IndexedPackage, list[GoItem]] = {}
        for item in items:
            wanted.setdefault(item.package, []).append(item)
        now = self._circumstances(items)
        differs = self._constraints.may_differ(now.environ)
        places: dict[tuple[int, How], tuple[Place, list[PackageSelection]]] = {}
        for entry in self._index.packages:
            mine = wanted.get(entry)
            if mine is None and entry.key not in untested:
                continue
            files = self._constraints.files(entry, now.environ) if differs else None
            selection = _selection(entry, files, mine or [], fuzz=bool(self._settings.fuzz))
            how = self._how(entry, mine or [], again=again)
            places.setdefault((id(entry.place), how), (entry.place, []))[1].append(selection)
        planned: list[tuple[GoTest, Batch]] = []
        for (_, how), (place, packages) in places.items():
            go_test = self._go_test(place, how, journal, now)
            may_skip = not may_be_cached(
                self._settings, place.toolchain
            ) or place.toolchain.satisfies(">=1.25")
            planned += [(go_test, batch) for batch in batches(packages, may_skip=may_skip)]
        planned.sort(key=lambda each: bool(each[1].fuzz))  # what takes longest comes last
        return [
            go_test.invocation(batch, journal.cover_profile(index))
            for index, (go_test, batch) in enumerate(planned)
        ]

    def about(
        self, items: Sequence[GoItem], untested: Sequence[PackageKey], later: Sequence[GoItem]
    ) -> dict[str, Any]:
        """What the journal says of the session, for whoever reads it afterwards.

        Args:
            items: The tests of the run.
            untested: The keys of packages without tests.
            later: Tests whose runs are to come: a session that is killed before has none of them.
        """
        packages = {item.home for item in items}.union(untested)
        return {
            "rootdir": str(self._config.rootpath),
            "go": self._toolchain.version_text,
            "items": [[item.nodeid, *item.key, str(item.path), item.test.line] for item in items],
            "packages": [
                [*entry.key, self._node_id(entry)]
                for entry in self._index.packages
                if entry.key in packages
            ],
            "later": [item.nodeid for item in later],
        }

    def _circumstances(self, items: Sequence[GoItem]) -> Circumstances:
        """Of the environment as it is now: fixtures may have changed it since the last run."""
        environ = self.environ()
        word = fingerprint(read_facts(environ=environ))
        # Items of a run have their fixtures in common. What one of them has started on 127.0.0.1
        # could not be reached from a network namespace.
        servers = private.foreign_fixtures(items[0].fixtureinfo) if items else []
        isolated = self.isolation and not servers
        if self._settings.offline:
            # A result from a run with a network would prove nothing.
            network = "no" if isolated else "maybe a"
            word = hashlib.sha256(f"{word} with {network} network".encode("ascii")).hexdigest()
        return Circumstances(
            environ,
            cache_mark(word),
            isolated,
            ", ".join(servers) if self.isolation else "",
            bool(items) and all(NO_CGO in item.fixturenames for item in items),
        )

    def environ(self) -> dict[str, str]:
        """The environment that a run gets now, as fixtures have left it.

        What they have put into GOFLAGS is looked at as that of the session is (WG403).
        """
        environ = dict(self._environ)
        found = setting("GOFLAGS", variables=self._toolchain.variables, environ=environ)
        if found is not None:
            environ["GOFLAGS"], left_out = harmless(found[0])
            if left_out and left_out not in self._index.notes:
                self._index.notes.append(left_out)
        return environ

    def left_out(self, item: GoItem) -> str:
        """Why an item cannot be executed under its fixtures; empty if it can.

        Raises:
            DiscoveryError: `go list` failed.
        """
        if not self._constraints.may_differ(self._environ):
            return ""
        environ = self.environ()
        entry = item.package
        if item.path.name in {path.name for path in self._constraints.files(entry, environ)}:
            return ""
        return (
            "did not run: build constraints leave its file out under its fixtures "
            f"({self._constraints.difference(entry, environ)})"
        )

    def _node_id(self, entry: IndexedPackage) -> str:
        """A node ID for a package: its directory, relative to the rootdir."""
        relative = os.path.relpath(entry.package.dir, self._config.rootpath)
        return relative.replace(os.sep, "/")

    def _how(self, entry: IndexedPackage, items: Sequence[GoItem], *, again: bool) -> How:
        """In which of the processes of its module a package is run.

        The directive ``//wslgo:uncached`` and artifacts, which Go never takes from its cache,
        concern the package as a whole, as Go's test cache does.
        """
        files = {item.path.name for item in items}
        keeps = entry.place.toolchain.satisfies(">=1.26") and any(
            entry.file(name).keeps_artifacts for name in files
        )
        # What a fixture has started is nothing that Go's cache could see.
        anew = again or any(
            item.uncached or item.get_closest_marker("usefixtures") for item in items
        )
        return How(anew, keeps, entry.package.malformed)

    def _go_test(self, place: Place, how: How, journal: Journal, now: Circumstances) -> GoTest:
        flags = list(setting_flags(self._settings))
        race, race_off = race_in(self._settings, place.toolchain, now.environ)
        if race:
            flags.insert(0, "-race")
        if not may_be_cached(self._settings, place.toolchain) or place.toolchain.satisfies(
            ">=1.24"
        ):
            # It makes the places in messages exact, for helpers in other packages too. Before Go
            # 1.24 a run with it is never answered from the test cache.
            flags.append("-fullpath")
        cached = may_be_cached(self._settings, place.toolchain) and not how.anew
        if cached and has_benchtime(self._settings, place.toolchain, now.environ):
            cached = False  # it is where the mark would ride; without one a result may be stale
        if not cached and self._settings.count is None:
            flags.append("-count=1")
        if how.artifacts:
            directory = self._settings.artifacts or journal.artifacts
            _make(directory)
            flags += ["-artifacts", f"-outputdir={directory}"]
        return GoTest(
            go=place.toolchain.go,
            cwd=place.root.dir,
            environ=_changes(place, now.environ),
            flags=(*flags, *self._flags),
            binary_args=self._binary_args,
            cover=self._settings.cover,
            repeats=repeats(self._settings, place.toolchain, now.environ),
            fuzz_time=self._settings.fuzz,
            mark=now.mark if cached else 0,
            race_off=NO_CGO if race_off and now.cgo_disabled else race_off,
            isolated=now.isolated,
            reachable=now.reachable,
        )


def _make(directory: Path) -> None:
    """Make a directory for artifacts: a test binary that has none ends before its first test."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise JournalError(
            f"cannot make {directory} for artifacts: {error.strerror}: "
            "name a directory that can be written by --wslgo-artifacts"
        ) from error


def _changes(place: Place, base: dict[str, str]) -> dict[str, str | None]:
    """By what the environment of a module's processes differs from the run's."""
    wanted = place.toolchain.environ({**base, **place.root.environ})
    changes: dict[str, str | None] = {
        name: value for name, value in wanted.items() if base.get(name) != value
    }
    changes.update({name: None for name in base if name not in wanted})
    return changes


def _selection(
    entry: IndexedPackage, files: Sequence[Path] | None, items: Sequence[GoItem], *, fuzz: bool
) -> PackageSelection:
    apart = ("benchmark", "fuzz") if fuzz else ("benchmark",)
    tests = entry.names(files)
    times = Counter(tests)
    chosen = dict.fromkeys(item.name for item in items if item.test.kind not in apart)
    return PackageSelection(
        import_path=entry.package.import_path,
        tests=tests,
        # A name may be there twice, in the package and in its _test package: Go runs both.
        wanted=tuple(name for name in chosen for _ in range(times[name])),
        benchmarks=tuple(item.name for item in items if item.test.kind == "benchmark"),
        fuzzed=tuple(item.name for item in items if fuzz and item.test.kind == "fuzz"),
    )
