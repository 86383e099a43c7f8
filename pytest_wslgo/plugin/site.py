"""Where a session keeps its journals, and whose end ends its runs."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs
import psutil
import pytest

from pytest_wslgo.execution import Journal
from pytest_wslgo.execution.journal import cannot_write
from pytest_wslgo.plugin.goenviron import VOLATILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_wslgo.plugin.options import Settings

_KEPT = 3
"""Journals of this many earlier sessions stay on disk."""


@dataclass(frozen=True, slots=True)
class Site:
    """``directory`` is this session's; a run's journal is a directory in it."""

    directory: Path
    watched_pid: int
    is_worker: bool = False
    worker_id: str = "main"
    mode: str = "no"
    """How pytest-xdist distributes tests (``--dist``)."""

    @property
    def session(self) -> Path:
        """The session's directory, which all workers of a machine have in common."""
        return self.directory.parent if self.is_worker else self.directory

    def journals(self) -> list[Path]:
        """The directories of all runs, also those that pytest-xdist's workers started."""
        return sorted(file.parent for file in self.directory.glob("**/plan.json"))

    def unit(self, file: Path) -> str:
        """What the tests of a file stay together with on one worker, which has their fixtures."""
        if not self.is_worker:
            return ""
        return str(file if self.mode in ("loadfile", "loadscope") else file.parent)


def site_for(config: pytest.Config, settings: Settings) -> Site:
    """The site of a session or, in a worker of pytest-xdist, of its controller.

    Raises:
        pytest.UsageError: No directory can be written.
    """
    shared: dict[str, Any] | None = getattr(config, "workerinput", {}).get("wslgo")
    if shared is None:
        # To the nanosecond: one process may run several sessions in a second (`pytest.main`), and
        # a second session in the first one's directory would take its outcomes for its own.
        nanoseconds = time.time_ns() % 1_000_000_000
        name = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.{nanoseconds:09d}-{os.getpid()}"
        root = _writable_root(config, settings)
        _forget_old(root)
        return Site(root / name, os.getpid())
    directory = Path(shared["directory"])
    here = shared["host"] == socket.gethostname() and _is_process(shared["pid"], shared["created"])
    if not here:
        # A worker on another machine: its own disk, and its own life to watch.
        directory = _writable_root(config, settings) / directory.name
    return Site(
        directory / _likeness(config),
        shared["pid"] if here else os.getpid(),
        is_worker=True,
        worker_id=config.workerinput["workerid"],  # type: ignore[attr-defined]  # by xdist
        mode=shared["mode"],
    )


def for_workers(site: Site, mode: str) -> dict[str, Any]:
    """What the controller tells its workers; ``mode`` is that of ``--dist``."""
    return {
        "mode": mode,
        "directory": str(site.directory),
        "pid": os.getpid(),
        "created": psutil.Process().create_time(),
        "host": socket.gethostname(),
    }


def _likeness(config: pytest.Config) -> str:
    """Equal for workers that would run Go in the same way: they share a run."""
    environ = sorted(each for each in os.environ.items() if not each[0].startswith(VOLATILE))
    text = repr((environ, str(config.rootpath), sys.executable))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _is_process(pid: int, created: float) -> bool:
    try:
        return psutil.Process(pid).create_time() == created
    except psutil.Error:
        return False


def _writable_root(config: pytest.Config, settings: Settings) -> Path:
    if settings.journal is not None:
        error = _try(settings.journal)
        if error is not None:
            raise pytest.UsageError(cannot_write(settings.journal, error))
        return settings.journal
    last: tuple[Path, OSError] | None = None
    for root in _roots(config):
        error = _try(root)
        if error is None:
            return root
        last = root, error
    assert last is not None
    raise pytest.UsageError(cannot_write(*last))


def _roots(config: pytest.Config) -> Iterator[Path]:
    if config.pluginmanager.hasplugin("cacheprovider") and hasattr(config, "cache"):
        assert config.cache is not None
        with suppress(OSError):
            yield config.cache.mkdir("wslgo")
    yield Path(platformdirs.user_cache_dir("pytest-wslgo")) / "journals"


def _try(root: Path) -> OSError | None:
    probe = root / f".probe-{os.getpid()}"
    try:
        root.mkdir(parents=True, exist_ok=True)
        # A page, as a full disk may still take an empty file.
        probe.write_bytes(b"\0" * 4096)
        probe.unlink()
    except OSError as error:
        with suppress(OSError):
            probe.unlink()
        return error
    return None


def _forget_old(root: Path) -> None:
    """Remove all but the newest journals; one that is not at its end may belong to a live run."""
    sessions = sorted(
        path for path in root.iterdir() if path.is_dir() and path.name[:8].isdecimal()
    )
    for session in sessions[:-_KEPT]:
        runs = [Journal(file.parent) for file in session.glob("**/plan.json")]
        if all(run.is_done() for run in runs):
            shutil.rmtree(session, ignore_errors=True)
