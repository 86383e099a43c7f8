"""The hooks of a session with Go tests. Each hands over to the module whose business it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_wslgo.errors import WslgoError
from pytest_wslgo.plugin import collection, console, coverage, private, reporting, xdist
from pytest_wslgo.plugin.adapting import Machine
from pytest_wslgo.plugin.goenviron import go_env_of
from pytest_wslgo.plugin.keys import RULES, SESSION
from pytest_wslgo.plugin.markers import rules
from pytest_wslgo.plugin.nodes import GoDir, GoFile, GoItem, owns_directory
from pytest_wslgo.plugin.options import read_settings
from pytest_wslgo.plugin.session import GoSession
from pytest_wslgo.plugin.signals import end_politely
from pytest_wslgo.plugin.site import site_for
from pytest_wslgo.plugin.timers import Timers
from pytest_wslgo.reports import benchmarks
from pytest_wslgo.toolchain import check_places, locate

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from pytest_wslgo.plugin.options import Settings
    from pytest_wslgo.toolchain import Toolchain


def switch_on(config: pytest.Config) -> None:
    """Register the hooks of this module."""
    hooks = GoHooks(config, read_settings(config))
    config.stash[RULES] = rules.read_rules(config)
    config.pluginmanager.register(hooks, "wslgo-active")
    if config.pluginmanager.hasplugin("xdist") or config.pluginmanager.hasplugin("dsession"):
        config.pluginmanager.register(xdist.XdistHooks(hooks), "wslgo-xdist")


class GoHooks:
    """One object for each session, so that no state is global."""

    def __init__(self, config: pytest.Config, settings: Settings) -> None:
        self.config = config
        self.settings = settings
        self.go: GoSession
        self.timers = Timers()
        self.machine: Machine
        self._console: console.Console | None = None
        self._coverage = ""
        self._paths: list[Path] = []
        self._benchmarks: list[benchmarks.Told] = []
        self._summarized = False

    # The session.

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Find Go; without it there is nothing to do but to say so."""
        environ = go_env_of(self.config)
        self.machine = Machine(self.config)
        try:
            # With the Windows directories: why a Go there is not taken shall be said.
            toolchain = locate(self.settings.go or None, environ=environ.with_windows())
            if not self.config.option.collectonly:
                toolchain, self.settings = self.machine.adapt(toolchain, self.settings)
                check_places(toolchain.variables, environ)
        except WslgoError as error:
            raise pytest.UsageError(str(error)) from error
        self._refuse_impossible_race(toolchain)
        self.go = GoSession(
            session,
            settings=self.settings,
            toolchain=toolchain,
            index=collection.Index(toolchain, self.settings, environ),
            site=site_for(self.config, self.settings),
            environ=environ,
        )
        self.go.around_wait = self.timers.stopped
        self.config.stash[SESSION] = self.go
        reporter = self.config.pluginmanager.getplugin("terminalreporter")
        if reporter is not None:
            self._console = console.Console(self.go, reporter)
            self.go.tick = self._console.tick
            self.go.rest = self._console.clear

    def _refuse_impossible_race(self, toolchain: Toolchain) -> None:
        if self.settings.race == "on" and not toolchain.race.ok:
            cure = f": {toolchain.race.cure}" if toolchain.race.cure else ""
            raise pytest.UsageError(
                f"--wslgo-race=on: the race detector does not work here: "
                f"{toolchain.race.reason}{cure}; --wslgo-race=auto runs without it"
            )

    def pytest_report_header(self) -> list[str]:
        """Say which Go, which C compiler, and what that means."""
        verbose = self.config.get_verbosity() > 0
        return [
            *console.header(self.go),
            *(f"wslgo: {line}" for line in self.machine.header(verbose=verbose)),
        ]

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Run Go beside pytest's loop; afterwards nothing of it is left."""
        option = session.config.option
        if not option.collectonly and not self.go.site.is_worker:
            self.machine.stay_awake()
        failed = session.testsfailed and not option.continue_on_collection_errors
        # A worker of pytest-xdist runs what it could collect all the same.
        failed = failed and not self.go.site.is_worker
        if failed or option.collectonly or option.setuponly or xdist.is_controller(session.config):
            return (yield)
        with end_politely(session.config):
            try:
                self.go.begin()
                result = yield
                self.go.complete()
                self._close()
            except BaseException as error:
                self._abandon(error)
                raise
            return result

    def _close(self) -> None:
        """What is left to say when all runs have ended; by the controller, if there is one."""
        if not self.go.site.is_worker:
            for node_id, text in self.go.faults():
                reporting.report_fault(self.config, node_id, text)
            self._coverage = coverage.conclude(self.go)
            for problem in self.go.problems:
                reporting.report_fault(self.config, "coverage", problem)

    def _abandon(self, error: BaseException) -> None:
        """Stop Go, and report what it had finished by then."""
        if self._console is not None:
            self._console.leave_closed()
        self.go.stop(str(error) or type(error).__name__)
        if not self.go.site.is_worker:
            self._report_finished()
            self._coverage = coverage.conclude(self.go)

    def end_of_workers(self, stopped: str) -> None:
        """In pytest-xdist's controller: the end of the runs that the workers have started."""
        self.go.join_all()
        if stopped:
            self.go.stop(stopped)
            self._coverage = coverage.conclude(self.go)
        else:
            self.go.complete()
            if self.go.stopped and not self.go.session.testsfailed:
                # It was because of failures, and their reports must have come.
                reporting.report_fault(self.config, "go test", f"stopped: {self.go.stopped}")
            self._close()

    def _report_finished(self) -> None:
        if self.config.getoption("stepwise", default=False):
            # It goes on after the last failure that it hears of: the first one must be that.
            return
        session = self.go.session
        left = [item for item in session.items if self.go.finished(item)]
        if not left:
            return
        private.teardown_to(session, left[0])
        left = [item for item in left if self.go.finished(item)]
        for item, nextitem in zip(left, [*left[1:], None], strict=True):
            item.ihook.pytest_runtest_protocol(item=item, nextitem=nextitem)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """After a signal other than Ctrl-C pytest writes no summary: say what was stopped."""
        terminal = session.config.pluginmanager.getplugin("terminalreporter")
        if terminal is not None and exitstatus not in set(pytest.ExitCode):
            terminal.ensure_newline()
            console.stopped(self.go, terminal)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say what concerns the run as a whole."""
        self._summarized = True
        self.machine.end()
        console.summary(
            self.go, terminalreporter, self._coverage, benchmarks.render(self._benchmarks)
        )
        if not self.config.option.collectonly:
            console.findings(self.machine.findings(), terminalreporter)

    def pytest_unconfigure(self) -> None:
        """Leave nothing running, also where there was no summary."""
        if hasattr(self, "machine"):
            self.machine.end()

    # Collection.

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        """List the Go packages below the arguments; nothing is compiled."""
        targets = collection.targets(session.config)
        self._paths = [path for path, _ in targets]
        if xdist.is_controller(session.config):
            # It collects nothing, but is the one who can refuse an argument with a clean exit.
            targets = [(path, as_go) for path, as_go in targets if collection.is_test_file(path)]
        self.go.index.add(targets)
        for path, _ in targets:
            if collection.is_test_file(path) and not self.go.index.knows(path):
                raise pytest.UsageError(self.go.index.why_not(path))

    @pytest.hookimpl(specname="pytest_ignore_collect", tryfirst=True)
    def pytest_wslgo_ignore_source(self, collection_path: Path) -> bool | None:
        """Pass Go sources by that hold no tests, before all plugins look at each of thousands."""
        name = collection_path.name
        return True if name.endswith(".go") and not name.endswith("_test.go") else None

    @pytest.hookimpl(wrapper=True)
    def pytest_ignore_collect(
        self, collection_path: Path, config: pytest.Config
    ) -> Generator[None, bool | None, bool | None]:
        """Let pytest into folders that it leaves out by name, and Go does not: ``build``."""
        ignored = yield
        session = self.go.session
        return collection.ignored(self.go.index, session, collection_path, config, said=ignored)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collect_directory(self, path: Path, parent: pytest.Collector) -> GoDir | None:
        """Claim the directories of Go packages."""
        index = self.go.index
        index.visit(path, named=parent.session.isinitpath(path, with_parents=True))
        if owns_directory(path, index):
            return GoDir.from_parent(parent, path=path)
        return None

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> GoFile | None:
        """Claim the test files that `go list` names."""
        if not file_path.name.endswith("_test.go"):
            return None
        if self.go.index.package_of(file_path) is None:
            return None
        return GoFile.from_parent(parent, path=file_path)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Bring items under the same fixtures together."""
        self.go.order(items)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note which entries of wslgo_marks match nothing; a worker tells the controller."""
        if xdist.is_controller(self.config) or session.testsfailed:
            return
        found = rules.stale(
            self.config.stash[RULES], self.go.index, self.config.rootpath, self._paths
        )
        if self.go.site.is_worker:
            xdist.tell_stale(self.config, list(found))
        else:
            self.go.index.notes += found

    # Running.

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Wait outside of the item's clock, so that no plugin takes the wait for a slow test."""
        self.go.await_turn(item)
        return (yield)

    @pytest.hookimpl(specname="pytest_runtest_protocol", tryfirst=True)
    def pytest_wslgo_pass_over(
        self, item: pytest.Item, nextitem: pytest.Item | None
    ) -> bool | None:
        """In a stopped session leave out what has no outcome."""
        if self.go.stopped and not self.go.finished(item):
            private.teardown_to(item.session, nextitem)
            return True
        return None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Give a Go item's report Go's own time, places and subtests."""
        report = yield
        report.duration = max(report.duration - self.go.take_waited(), 0.0)
        if isinstance(item, GoItem):
            failure = call.excinfo.value if call.excinfo is not None else None
            reporting.complete(report, item, failure, self.go.texts)
        return report

    @pytest.hookimpl(trylast=True, wrapper=True)
    def pytest_report_teststatus(
        self, report: pytest.TestReport | pytest.CollectReport
    ) -> Generator[None, Any, Any]:
        """With -v say which results came from Go's test cache, and which failures are races."""
        status = yield
        # The short summary at the end keeps pytest's own words, which programs look for.
        return status if self._summarized else reporting.with_remark(report, status)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Send the subtests' reports before their parent's."""
        package = reporting.told_fault(report)
        if package is not None:
            self.go.told.add(package)
        if not self.go.site.is_worker:
            reporting.send_subtests(self.config, report)
            benchmark = reporting.told_benchmark(report)
            if benchmark is not None:
                self._benchmarks.append(benchmark)

    @pytest.hookimpl(optionalhook=True, tryfirst=True)
    def pytest_timeout_set_timer(self, item: pytest.Item, settings: Any) -> None:
        """Remember pytest-timeout's settings, to stop its clock while an item waits."""
        self.timers.remember(item, settings)

    @pytest.hookimpl(optionalhook=True, tryfirst=True)
    def pytest_timeout_cancel_timer(self) -> None:
        """Forget them when the item has ended."""
        self.timers.forget()
