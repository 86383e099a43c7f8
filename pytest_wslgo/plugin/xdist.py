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


def tell_stale(config: pytest.Config, notes: list[str]) -> None:
    """In a worker: tell the controller which entries of wslgo_marks match nothing."""
    config.workeroutput["wslgo_stale"] = notes  # type: ignore[attr-defined]  # by xdist


class XdistHooks:
    """The hooks that exist with pytest-xdist only."""

    def __init__(self, active: GoHooks) -> None:
        self._active = active
        self._started: set[str] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Note which tests workers have begun with."""
        self._started.add(nodeid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell each worker where the session's journals are, and whose end ends its runs."""
        mode = self._active.config.getoption("dist")
        node.workerinput["wslgo"] = site.for_workers(self._active.go.site, mode)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Hear from each worker which entries of wslgo_marks match nothing; all say the same."""
        notes = self._active.go.index.notes
        said = getattr(node, "workeroutput", {}).get("wslgo_stale", [])
        notes += [note for note in said if note not in notes]

    @pytest.hookimpl(optionalhook=True, tryfirst=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        """Keep the Go tests of a directory on one worker, which has their fixtures.

        Python tests stay single, as with ``--dist load``. Other modes are the user's choice.
        """
        if config.getoption("dist") != "load":
            return None
        from pytest_wslgo.plugin.scheduler import ByPackage  # noqa: PLC0415 - xdist is optional

        return ByPackage(config, log, self._started)

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
