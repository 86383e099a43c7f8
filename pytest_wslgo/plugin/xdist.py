"""pytest-xdist: one Go run for all workers of a host, and each Go package on one worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_wslgo.plugin import site
from pytest_wslgo.plugin.signals import end_politely

if TYPE_CHECKING:
    from pytest_wslgo.plugin.active import GoHooks


def is_controller(config: pytest.Config) -> bool:
    """Whether this process hands out tests to workers and runs none itself."""
    return config.pluginmanager.hasplugin("dsession")


class XdistHooks:
    """The hooks that exist with pytest-xdist only."""

    def __init__(self, active: GoHooks) -> None:
        self._active = active

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell each worker where the session's journals are, and whose end ends its runs."""
        mode = self._active.config.getoption("dist")
        node.workerinput["wslgo"] = site.for_workers(self._active.go.site, mode)

    @pytest.hookimpl(optionalhook=True, tryfirst=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Keep the Go tests of a directory on one worker, which has their fixtures.

        Python tests stay single, as with ``--dist load``. Other modes are the user's choice.
        """
        if config.getoption("dist") != "load":
            return None
        from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 - an optional plugin

        class ByPackage(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
            """Go tests by the directory of their package, everything else one by one."""

            def _split_scope(self, nodeid: str) -> str:
                file = nodeid.partition("::")[0]
                return file.rpartition("/")[0] if file.endswith("_test.go") else nodeid

            def schedule(self) -> None:
                """Hand out work, also to the worker that replaces a dead one.

                A worker holds its last test back until it hears of the next or that none follows;
                the latter LoadScopeScheduling tells to the first workers only.
                """
                super().schedule()
                if not self.workqueue:
                    for node in self.nodes:
                        node.shutdown()

            def remove_node(self, node: Any) -> str | None:
                """Give the tests of a dead worker to others, but for the one it died in.

                LoadScopeScheduling (pytest-xdist 3.8) runs that one again, and so kills worker
                after worker; LoadScheduling does not.
                """
                units = self.assigned_work.pop(node)
                open_units = {
                    scope: unit for scope, unit in units.items() if not all(unit.values())
                }
                if not open_units:
                    return None
                first = next(iter(open_units.values()))
                crashed: str = next(test for test, ended in first.items() if not ended)
                first[crashed] = True
                self.workqueue.update(
                    {scope: unit for scope, unit in open_units.items() if not all(unit.values())}
                )
                for other in self.assigned_work:
                    self._reschedule(other)
                return crashed

        return ByPackage(config, log)

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self) -> None:
        """In the controller: when enough tests have failed, end what the workers wait for."""
        go = self._active.go
        if is_controller(go.session.config) and go.session.shouldfail and not go.stopped:
            go.join_all()
            go.stop(str(go.session.shouldfail))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Any:
        """In the controller: when the workers are done, see to the end of their runs."""
        if not is_controller(session.config) or session.config.option.collectonly:
            return (yield)
        with end_politely(session.config):
            try:
                result = yield
            except BaseException as error:
                self._active.end_of_workers(str(error) or type(error).__name__)
                raise
            self._active.end_of_workers("")
            return result
