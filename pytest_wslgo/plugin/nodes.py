"""Go's packages, test files and tests as pytest nodes: GoDir, GoFile, GoItem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from pytest_wslgo.errors import ArgumentError, DiscoveryError
from pytest_wslgo.outcomes import Outcome, State
from pytest_wslgo.plugin import private
from pytest_wslgo.plugin.directives import read, refuse_strays
from pytest_wslgo.plugin.failures import GoFailure
from pytest_wslgo.plugin.keys import RULES, SESSION
from pytest_wslgo.plugin.markers.settling import obey_under_fixtures
from pytest_wslgo.reports.properties import properties

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from os import PathLike
    from pathlib import Path

    from pytest_wslgo.discovery import Directive, TestFunction
    from pytest_wslgo.plugin.collection import Index, IndexedPackage
    from pytest_wslgo.plugin.directives import Orders
    from pytest_wslgo.plugin.gorun import PackageKey, TestKey
    from pytest_wslgo.plugin.session import GoSession


def go_session(config: pytest.Config) -> GoSession:
    """The Go side of a pytest session."""
    return config.stash[SESSION]


class GoDir(pytest.Package):
    """A directory that holds a Go package, and whatever pytest finds in it besides.

    A Package, so that a package-scoped fixture in its ``conftest.py`` has the scope it says; in a
    plain directory pytest would keep it for the whole session.
    """

    def setup(self) -> None:
        """Do nothing: there is no ``__init__.py`` to import."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """Collect as pytest does, unless the packages here are not known."""
        error = go_session(self.config).index.error(self.path)
        if error is not None:
            raise self.CollectError(error)
        return super().collect()


class GoFile(pytest.Module):
    """A ``_test.go`` file. A Module, so that module-scoped fixtures have a file to belong to."""

    # There is no Python module behind it, as there is none behind pytest's DoctestTextfile.
    obj = None
    info: private.FuncFixtureInfo | None = None
    """The fixtures of those tests of the file that ask for none by name."""

    def collect(self) -> Iterator[GoItem]:
        """Yield an item for each test function; nothing is compiled."""
        index = go_session(self.config).index
        package = index.package_of(self.path)
        assert package is not None
        try:
            file = index.scanned(self.path)
        except DiscoveryError as error:
            raise self.CollectError(str(error)) from error
        try:
            refuse_strays(file.strays, self.path)
        except ArgumentError as error:
            raise self.CollectError(str(error)) from error
        orders = self._orders(file.directives)
        with_benchmarks = go_session(self.config).settings.bench
        for mark in orders.marks:
            self.add_marker(mark)
        rules = [rule for rule in self.config.stash[RULES] if rule.takes_file(self.nodeid)]
        for function in file.functions:
            if function.kind == "benchmark" and not with_benchmarks:
                continue
            own = self._orders(function.directives)
            for rule in rules:
                if rule.takes(function.name):
                    own += rule.orders
            yield GoItem.from_parent(
                self,
                name=function.name,
                package=package,
                test=function,
                marks=own.marks,
                uncached=orders.uncached or own.uncached,
            )

    def _orders(self, directives: Sequence[Directive]) -> Orders:
        try:
            return read(directives, self.path)
        except ArgumentError as error:
            raise self.CollectError(str(error)) from error


class _NoFunction:
    """What ``request.function`` is for a Go test; conditions of skipif need its globals."""

    __globals__: ClassVar[dict[str, object]] = {}

    def __repr__(self) -> str:
        return "<no Python function: a Go test>"


class GoItem(pytest.Item):
    """One Go test, fuzz target with its seeds, example or benchmark."""

    # Asked for by pytest and by plugins that look at Python tests. (An attribute named `function`
    # would be taken for a Python function too, by -k.)
    obj = _NoFunction()

    def __init__(
        self,
        *,
        package: IndexedPackage,
        test: TestFunction,
        marks: tuple[pytest.MarkDecorator, ...],
        uncached: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.package = package
        self.test = test
        self.uncached = uncached
        """Whether a result from Go's test cache would be no answer."""
        self._given_properties: list[tuple[str, object]] = []
        self.attempt = 0
        """How often it was set up: from the second time on it is executed anew."""
        self.outcome: Outcome | None = None
        self.funcargs: dict[str, object] = {}
        self._info: private.FuncFixtureInfo | None = None
        # Where there is none yet, pytest calls _initrequest before each attempt.
        self._request: Any = None
        for mark in marks:
            self.add_marker(mark)

    @property
    def home(self) -> PackageKey:
        """The key of the test's package."""
        return self.package.key

    @property
    def key(self) -> TestKey:
        """The key of the test: its name is that of Go's events."""
        return (*self.package.key, self.name)

    @property
    def fixtureinfo(self) -> private.FuncFixtureInfo:
        """The fixtures that the test runs under; known when it is asked for, not before."""
        if self._info is None:
            self._info = self._shared_info() or private.fixture_info(self)
        return self._info

    def _shared_info(self) -> private.FuncFixtureInfo | None:
        """What all items of the file have in common, unless this one asks for more."""
        if any(mark.name == "usefixtures" for mark in self.own_markers):
            return None
        file = self.parent
        assert isinstance(file, GoFile)
        if file.info is None:
            file.info = private.fixture_info(self)
        return file.info

    @property
    def _fixtureinfo(self) -> private.FuncFixtureInfo:
        """The name by which pytest asks for it (``--fixtures-per-test``, the request)."""
        return self.fixtureinfo

    @property
    def fixturenames(self) -> list[str]:
        """The names of all fixtures that the test runs under."""
        return self.fixtureinfo.names_closure

    def _initrequest(self) -> None:
        """Make a new fixture request; pytest calls this before each attempt."""
        self.funcargs = {}
        self._request = private.new_request(self)

    def reportinfo(self) -> tuple[PathLike[str] | str, int, str]:
        """The file, the 0-based line and the heading of reports."""
        return self.path, self.test.line - 1, self.name

    def setup(self) -> None:
        """Set the fixtures up; then see to it that the test has been executed under them."""
        __tracebackhide__ = True
        self.attempt += 1
        if self.attempt == 1:
            self._given_properties = [*self.user_properties]
        self.outcome = None
        self._refuse_unknown()
        self._refuse_parametrized()
        private.fill_fixtures(self._request)
        if self.config.option.setuponly:
            return
        session = go_session(self.config)
        obey_under_fixtures(self, self.package.place.toolchain, session.environ)
        left_out = session.left_out(self)
        if left_out:
            self.outcome = Outcome(State.DID_NOT_RUN, reason=left_out)
            raise GoFailure(self.name, self.outcome)
        self.outcome = session.execute(self)
        self._note_properties(cached=session.was_cached(self), race_off=session.race_off(self))
        if self.outcome.state in (State.ERRORED, State.DID_NOT_RUN):
            raise GoFailure(self.name, self.outcome)

    def _note_properties(self, *, cached: bool, race_off: str) -> None:
        """Put what was noted of the test where JUnit and other reporters look for it."""
        assert self.outcome is not None
        self.user_properties[:] = self._given_properties
        self.user_properties += properties(self.outcome, cached=cached, race_off=race_off)

    def _refuse_unknown(self) -> None:
        for name in private.missing_fixtures(self.fixtureinfo):
            where = f"{self.path}:{self.test.line}"
            raise private.Failed(f"{where}: fixture '{name}' not found", pytrace=False)

    def _traceback_filter(self, excinfo: pytest.ExceptionInfo[BaseException]) -> Any:
        """Leave pytest's own frames out, as for Python tests: a failed fixture's are left."""
        return private.short_traceback(excinfo)

    def _refuse_parametrized(self) -> None:
        for definition in private.fixture_definitions(self.fixtureinfo):
            if definition.params is not None:
                raise private.Failed(
                    f"the fixture '{definition.argname}' is parametrized, and a Go test runs once, "
                    "without a parameter: override the fixture for Go tests by one without params",
                    pytrace=False,
                )

    def runtest(self) -> None:
        """Report what Go said; the test itself has run already."""
        assert self.outcome is not None
        if self.outcome.state is State.SKIPPED:
            raise pytest.skip.Exception(self.outcome.reason)
        if self.outcome.state is not State.PASSED:
            raise GoFailure(self.name, self.outcome)

    def teardown(self) -> None:
        """After the last test of a package, report what went wrong outside of its tests."""
        fault = go_session(self.config).package_fault(self)
        if fault is not None:
            raise fault


def owns_directory(path: Path, index: Index) -> bool:
    """Whether a directory becomes a GoDir: it holds a Go package, and no Python one.

    One whose packages could not be listed does in any case, as that is what says so.
    """
    if index.error(path) is not None:
        return True
    return index.package(path) is not None and not (path / "__init__.py").is_file()
