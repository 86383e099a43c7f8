"""One Go run inside a pytest session: plan it, start it, wait for it, hand outcomes to items.

The one place that ties the steps together. Everything here happens in pytest's main thread: while
pytest runs Python tests the journal grows on disk, and it is read when an item needs an outcome.
"""

from __future__ import annotations

import hashlib
import os
import select
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_wslgo.errors import WslgoError
from pytest_wslgo.execution import Journal
from pytest_wslgo.execution.offline import why_impossible
from pytest_wslgo.plugin import deadline, groups, private
from pytest_wslgo.plugin.failures import PackageFault, describe_package
from pytest_wslgo.plugin.gorun import GoRun
from pytest_wslgo.plugin.markers.settling import settle, taken
from pytest_wslgo.plugin.nodes import GoItem
from pytest_wslgo.plugin.planning import Planner
from pytest_wslgo.plugin.racing import race_is_on
from pytest_wslgo.plugin.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from pytest_wslgo.outcomes import Outcome, PackageOutcome
    from pytest_wslgo.plugin.collection import Index
    from pytest_wslgo.plugin.goenviron import GoEnv
    from pytest_wslgo.plugin.gorun import PackageKey, TestKey
    from pytest_wslgo.plugin.options import Settings
    from pytest_wslgo.plugin.site import Site
    from pytest_wslgo.toolchain import Toolchain

_FIRST_PAUSE = 0.002
_LONGEST_PAUSE = 0.05
_BURST = 0.1
"""Seconds within which `go` has written all of a cached result."""


class GoSession:
    """The Go side of one pytest session; with pytest-xdist, of one worker or the controller."""

    def __init__(
        self,
        session: pytest.Session,
        *,
        settings: Settings,
        toolchain: Toolchain,
        index: Index,
        site: Site,
        environ: GoEnv,
    ) -> None:
        self.session = session
        self.settings = settings
        self.toolchain = toolchain
        self.index = index
        self.site = site
        self.environ = environ
        self.texts = Texts(session.config.invocation_params.dir)
        self.runs: list[GoRun] = []
        self.stopped = ""
        """Why the session was stopped before its end; empty if it was not."""
        self.told: set[PackageKey] = set()
        """The packages whose fault stands in a report that has been sent."""
        self.problems: list[str] = []
        """What went wrong at the end, for the summary; the session fails with it."""
        self.tick: Callable[[], None] = lambda: None
        """Called while waiting, a few times a second."""
        self.rest: Callable[[], None] = lambda: None
        """Called after waiting."""
        self.around_wait: Callable[[], AbstractContextManager[None]] = nullcontext
        """Entered while waiting."""
        self.network = why_impossible() if settings.offline else ""
        """Why Go cannot run without a network, though the session wants that."""
        self._planner = Planner(session.config, settings, index, toolchain, environ)
        self._planner.isolation = settings.offline and not self.network
        self._items: list[GoItem] = []
        self._keys: dict[GoItem, groups.Key] = {}
        self._last: dict[tuple[groups.Key, PackageKey], GoItem] = {}
        self._shared: GoRun | None = None
        self._group_runs: dict[groups.Key, tuple[GoRun, list[object]]] = {}
        self._ran: dict[TestKey, GoRun] = {}
        self._reported: set[TestKey] = set()
        self._forgiven: set[TestKey] = set()
        self._waited = 0.0

    @property
    def race(self) -> bool:
        """Whether the race detector is used."""
        return race_is_on(self.settings, self.toolchain)

    # Before anything runs.

    def order(self, items: list[pytest.Item]) -> None:
        """Bring items that share a run together; called when all other plugins have sorted."""
        for item in items:
            if isinstance(item, GoItem):
                self._key(item)
        items[:] = groups.adjacent(items, self._keys)

    def begin(self) -> None:
        """Start the run of all items without fixtures; called when collection is over."""
        items = [item for item in self.session.items if isinstance(item, GoItem)]
        self._items = [
            item for item in items if settle(item) is None and not private.will_be_skipped(item)
        ]
        for item in self._items:
            self._last[self._key(item), item.home] = item
            if private.may_be_forgiven(item):
                self._forgiven.add(item.key)
        shared = [item for item in self._items if self._key(item) == groups.SHARED]
        try:
            untested = self._planner.untested(items)
        except WslgoError as error:
            raise pytest.UsageError(str(error)) from error
        if shared or untested:
            self._shared = self._start(
                "shared", shared, untested=untested, watched_pid=self.site.watched_pid
            )

    # What items ask for.

    def await_turn(self, item: pytest.Item) -> None:
        """Wait until an item of the shared run can be reported; outside of the item's clock."""
        self._heed_failures(fresh=True)
        if isinstance(item, GoItem) and self._shared is not None and self._shared.has(item.key):
            self._wait_for(item, self._shared)
        self.take_waited()

    def take_waited(self) -> float:
        """Seconds that were spent waiting for Go since this was asked last."""
        waited, self._waited = self._waited, 0.0
        return waited

    def execute(self, item: GoItem) -> Outcome:
        """The outcome of an item whose fixtures are up; executes it now if nothing has yet."""
        run = self._run_for(item)
        self._wait_for(item, run)
        outcome = run.outcome(item.key)
        if outcome is None:
            raise PackageFault(f"did not run: {self.stopped}", item.home)
        self._reported.add(item.key)
        self._ran[item.key] = run
        return outcome

    def left_out(self, item: GoItem) -> str:
        """Why an item whose fixtures are up cannot be executed under them; empty if it can."""
        try:
            return self._planner.left_out(item)
        except WslgoError as error:
            return f"did not run: {error}"

    def package_fault(self, item: GoItem) -> PackageFault | None:
        """What went wrong in the item's package outside of tests, if the item is its last."""
        if self.stopped or item.attempt > 1 or not self._is_last(item):
            return None
        run = self._known_run(item)
        ends = run.ends(item.home) if run is not None else None
        texts = [
            describe_package(end, self.texts, item.package.place.root.dir)
            for end in ends or ()
            # What is known to be another test's fault is reported under that one, at the end.
            if end.fault and end.blamed in ("", item.name)
        ]
        # Several processes may tell the same: an exit status of TestMain, say.
        return PackageFault("\n".join(dict.fromkeys(texts)), item.home) if texts else None

    def was_cached(self, item: GoItem) -> bool:
        """Whether Go's test cache has answered for an item."""
        run = self._known_run(item) if item.attempt == 1 else None
        ends = run.ends(item.home) if run is not None else None
        return bool(ends and all(end.cached for end in ends))

    def race_off(self, item: GoItem) -> str:
        """Why the race detector was off for an item that was executed, and on elsewhere."""
        run = self._ran.get(item.key)
        return run.race_off(item.key) if run is not None else ""

    def finished(self, item: pytest.Item) -> bool:
        """Whether an item has an outcome that counts and that nobody has reported."""
        if not isinstance(item, GoItem) or item.key in self._reported:
            return False
        run = self._known_run(item)
        outcome = run.outcome(item.key) if run is not None else None
        return outcome is not None and not outcome.interrupted

    # The end.

    def complete(self) -> None:
        """Wait until every run has ended: the last outcomes come before the profiles do."""
        self._wait(lambda: all(run.done for run in self.runs), heed=False)

    def stop(self, why: str) -> None:
        """End all runs, with every process of theirs; returns when they are gone."""
        self.stopped = self.stopped or why
        for run in self.runs:
            run.stop(why)
        self.complete()

    def faults(self) -> Iterator[tuple[str, str]]:
        """What went wrong and no item has shown: a node ID and a text for each.

        A package without tests; or one whose last item was skipped by a hook, or run again.
        """
        if self.stopped:
            return
        for run in self.runs:
            tests = {tuple(key): node_id for node_id, *key, _, _ in run.about["items"]}
            for cwd, path, node_id in run.about["packages"]:
                for end in run.ends((cwd, path)) or ():
                    if end.fault and (cwd, path) not in self.told:
                        self.told.add((cwd, path))
                        subject = tests.get((cwd, path, end.blamed), node_id)
                        yield subject, describe_package(end, self.texts, Path(cwd))
            if run.struck and not run.failures():
                yield "go test", f"the deadline of {run.struck} struck, and no test shows it"
            for detail in run.disagreements():
                yield "go test", self.texts.shorten(f"{detail.key}: {detail.text}")

    def outcomes(self) -> Iterator[tuple[str, Outcome]]:
        """What became of tests so far, each with its name as ``import/path.TestX``."""
        for run in self.runs:
            for ledger in run.ledgers:
                for (path, name), outcome in ledger.outcomes.items():
                    yield f"{path}.{name}", outcome

    def ends(self) -> Iterator[PackageOutcome]:
        """How packages have ended so far, an entry for each process that a package was in."""
        for run in self.runs:
            for cwd, path, _ in run.about["packages"]:
                yield from run.ends((cwd, path)) or ()

    def join_all(self) -> None:
        """Follow the runs that workers have started; for the controller of pytest-xdist."""
        self.runs = [
            GoRun(Journal(directory), self.settings.output_limit)
            for directory in self.site.journals()
        ]
        self._poll()

    def journals(self) -> list[tuple[Journal, int]]:
        """The journals of all runs, each with its number of processes."""
        return [(run.journal, len(run.invocations)) for run in self.runs]

    # Inside.

    def _key(self, item: GoItem) -> groups.Key:
        """What the item's run depends on; also of an item that a hook has added late."""
        key = self._keys.get(item)
        if key is None:
            key = self._keys[item] = groups.group_key(item, self.site.unit(item.path))
        return key

    def _known_run(self, item: GoItem) -> GoRun | None:
        """The run in which the item was executed, as long as its fixtures are still those."""
        key = self._key(item)
        if key == groups.SHARED:
            return self._shared
        run, values = self._group_runs.get(key, (None, []))
        return run if groups.same_values(values, groups.fixture_values(item)) else None

    def _is_last(self, item: GoItem) -> bool:
        return self._last.get((self._key(item), item.home)) is item

    def _run_for(self, item: GoItem) -> GoRun:
        known = self._known_run(item) if item.attempt == 1 else None
        if known is not None and known.has(item.key):
            return known
        if self.stopped:
            raise PackageFault(f"did not run: {self.stopped}", item.home)
        return self._start_under_fixtures(item)

    def _start_under_fixtures(self, item: GoItem) -> GoRun:
        key = self._key(item)
        members = [item]
        if item.attempt == 1 and key != groups.SHARED:
            ahead = self._items[self._items.index(item) :] if item in self._items else [item]
            members = [other for other in ahead if self._key(other) == key]
            members = [each for each in members if each is item or not self._lacks(each)]
        digest = hashlib.sha256("\0".join(key).encode()).hexdigest()[:8]
        name = f"{self.site.worker_id}-{len(self.runs)}-{digest}"
        # Watched is this process, be it a worker of pytest-xdist: its fixtures die with it.
        run = self._start(name, members, again=item.attempt > 1, watched_pid=os.getpid())
        if item.attempt == 1:
            self._group_runs[key] = (run, groups.fixture_values(item))
        groups.deepest_node(item).addfinalizer(lambda: self._finish(run))
        return run

    def _lacks(self, item: GoItem) -> bool:
        """Whether fixtures have taken what an item asks for: it will not be executed."""
        lacking = taken(item, item.package.place.toolchain, self.environ) is not None
        return lacking or bool(self.left_out(item))

    def _finish(self, run: GoRun) -> None:
        """Before fixtures go down, wait for the run under them, or stop it."""
        if self.stopped:
            run.stop(self.stopped)
        self._wait(lambda: run.done, heed=False)

    def _start(
        self,
        name: str,
        items: Sequence[GoItem],
        *,
        watched_pid: int,
        untested: Sequence[PackageKey] = (),
        again: bool = False,
    ) -> GoRun:
        try:
            about = self._planner.about(items, untested, self._later(items))
            run = GoRun.open(
                self.site.directory / name,
                lambda journal: self._planner.invocations(journal, items, untested, again=again),
                environ=self._planner.environ(),
                about={**about, **deadline.agreed(self.site.session, self.settings.deadline)},
                watched_pid=watched_pid,
                output_limit=self.settings.output_limit,
            )
        except WslgoError as error:
            raise pytest.UsageError(str(error)) from error
        self.runs.append(run)
        return run

    def _later(self, items: Sequence[GoItem]) -> list[GoItem]:
        """What the first run's journal has to say of the runs to come."""
        if self.runs:
            return []
        now = set(items)
        return [item for item in self._items if item not in now]

    def _wait_for(self, item: GoItem, run: GoRun) -> None:
        last = self._is_last(item) and item.attempt <= 1

        def ready() -> bool:
            if run.outcome(item.key) is None:
                return False
            if run.ends(item.home) is not None:
                return True
            # A cached result comes all at once; that it was one is the last that comes.
            return not last and time.time() - run.began(item.home) > _BURST

        self._wait(ready)

    def _wait(self, ready: Callable[[], bool], *, heed: bool = True) -> None:
        if ready():
            return
        began = time.perf_counter()
        try:
            with self.around_wait():
                self._poll_until(ready, heed=heed)
        finally:
            self.rest()
            self._waited += time.perf_counter() - began

    def _poll_until(self, ready: Callable[[], bool], *, heed: bool) -> None:
        pause = _FIRST_PAUSE
        while not ready():
            if self._poll():
                pause = _FIRST_PAUSE
                if heed:
                    self._heed_failures()
            elif heed and self.stopped:
                return
            else:
                # No file system tells everywhere that a file has grown: look, ever less often.
                select.select([], [], [], pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            self.tick()

    def _poll(self) -> bool:
        # A list: each run is looked at, also after one that has news.
        news = any([run.poll() for run in self.runs if not run.done])  # noqa: C419
        # With pytest-xdist another worker may have stopped a run, because of failures.
        self.stopped = self.stopped or next(
            filter(None, (run.why_stopped for run in self.runs)), ""
        )
        return news

    def _heed_failures(self, *, fresh: bool = False) -> None:
        """Act on --maxfail when Go reports a failure, not when the item's turn comes."""
        maxfail = self.session.config.getoption("maxfail")
        # --stepwise goes on where it stopped: at the first failure in pytest's order.
        stepwise = self.session.config.getoption("stepwise", default=False)
        if not maxfail or self.stopped or stepwise:
            return
        if fresh:
            self._poll()
        waiting = {key for run in self.runs for key in run.failures()}
        waiting -= self._reported | self._forgiven
        if waiting and self.session.testsfailed + len(waiting) >= maxfail:
            why = f"stopping after {maxfail} failures"
            self.stop(why)
            if not self.site.is_worker:
                raise self.session.Failed(why)
